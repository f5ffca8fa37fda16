"""``tzkc figure``: lists, writes, says what it wrote, and refuses in one sentence."""

import json
from pathlib import Path

import pytest

from tzkc_geo.cli import main


def test_the_list_names_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figure", "--list", "--json"]) == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)["figures"]]
    assert names[:6] == ["overview", "extent", "clusters", "carriers", "reach", "audit"]
    assert names[6:] == [f"c{number:02d}" for number in range(1, 15)]
    assert main(["figure", "--list"]) == 0
    assert "空间结构图" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["overview"],
        ["carriers", "--lang", "en", "--size", "A3"],
        ["audit", "--size", "16:9"],
        ["reach", "--at-lon", "121.45", "--at-lat", "28.645", "--minutes", "15"],
    ],
)
def test_the_answer_says_what_was_written(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "F.PNG"
    assert main(["figure", *words, "-o", str(file), "--dpi", "40", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["figure"] == words[0]
    assert told["file"] == str(file)
    assert told["bytes"] == file.stat().st_size
    assert told["format"] == "png"


def test_without_json_the_file_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figure", "c01", "-o", str(tmp_path / "c01.svg")]) == 0
    assert "c01.svg" in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["clustres", "-o", "f.png"], "did you mean 'clusters'"),
        (["c01"], "-o: the file is missing"),
        (["c01", "-o", "f.sgv"], "did you mean 'svg'"),
        (["c01", "-o", "f.png", "--size", "a44"], "did you mean 'a4'"),
        (["c01", "-o", "f.png", "--lang", "de"], "expected one of zh, en"),
        (["reach", "-o", "f.png", "--at-lon", "121.45"], "expected --at-lon and --at-lat"),
    ],
)
def test_a_wrong_word_is_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figure", *words]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
