"""``tzkc commitments``: a table, an object, a page; wrong words are refused in one sentence."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tzkc_geo.cli import main
from tzkc_geo.cli.app import app


def test_the_promises_are_told_and_written(tmp_path: Path) -> None:
    """One call each, as the whole network is searched."""
    page, file = tmp_path / "promises.html", tmp_path / "mine.toml"
    file.write_text('base = "2028"\nclosed = ["内环路"]\n', encoding="utf-8")
    words = ["commitments", "--scenario", str(file), "--html", str(page), "--lang", "en", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    assert list(said["scenario"]) == ["mine"]
    text = page.read_text(encoding="utf-8")
    assert '<html lang="en">' in text
    for row in said["scenario"]["mine"]:
        assert f'<section id="{row["id"]}">' in text
    told = CliRunner().invoke(app, ["commitments", "--scenario", str(file), "--peak"])
    assert told.exit_code == 0, told.stderr
    for expected in (
        "情景 scenario mine",
        "fast-roads",
        "不符合 not_met",
        "另一读法 rival",
        "没有坐标",
    ):
        assert expected in told.stdout
    quiet = CliRunner().invoke(app, ["commitments", "--scenario", "2022", "--html", str(page)])
    assert quiet.stdout == ""
    assert f"written: {page}" in quiet.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--lang", "de"), "--lang: 'de' is not known, expected zh or en"),
        (("--scenario", "2050"), "scenario: '2050' is not known"),
    ],
)
def test_wrong_words_are_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    assert main(["commitments", *words]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert sentence in said.err
