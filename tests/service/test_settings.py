"""Settings come from a file and the environment; a wrong word is never passed over."""

from pathlib import Path

import pytest

from services.settings import Limits, Settings
from tzkc_geo.errors import DataError

FILE = """
title = "走廊"
undo_shift = false
data_dir = "mine"
ancestors = ["https://portal.example"]
[limits]
page = 50
"""


def written(folder: Path, text: str) -> Settings:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return Settings.from_file(path)


def test_a_file_sets_what_it_names(tmp_path: Path) -> None:
    found = written(tmp_path, FILE)
    assert (found.title, found.undo_shift, found.ancestors) == (
        *("走廊", False),
        ("https://portal.example",),
    )
    assert found.data_dir == tmp_path / "mine"
    assert found.limits == Limits(page=50)


def test_the_environment_counts_for_more(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(FILE, encoding="utf-8")
    found = Settings.from_environment(
        {
            "TZKC_SETTINGS": str(path),
            "TZKC_DATA": "other",
            "TZKC_TOKEN": "t",
            "TZKC_UNDO_SHIFT": "1",
        }
    )
    assert (found.title, found.data_dir, found.undo_shift) == ("走廊", Path("other"), True)
    assert (found.token, found.rate) == ("t", "")
    assert not Settings.from_environment({"TZKC_SETTINGS": str(path)}).undo_shift


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tokn = 'x'", "'tokn' is no setting, expected one of .*; did you mean token"),
        ("zzz = 1", "'zzz' is no setting, expected one of"),
        ("undo_shift = 'no'", "undo_shift is wrong, expected true or false, got 'no'"),
        ("origins = [1]", "origins is wrong, expected a list of texts"),
        ("title = 3", "title is wrong, expected text"),
        ("limits = 3", "limits is not a table"),
        ("[limits]\npage = true", "page is wrong, expected a whole number"),
        ("[limits]\npage = 0", "page is too small, expected 1 or more"),
        ("[limits]\npages = 3", "did you mean page"),
        ("title =", "settings.toml: is not TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        written(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="settings cannot be read"):
        Settings.from_file(tmp_path / "none.toml")
