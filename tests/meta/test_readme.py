"""The README says what is true today."""

import re
import shlex
from pathlib import Path

import pytest

from tzkc_geo.catalog import Catalog
from tzkc_geo.cli import main
from tzkc_geo.reports import known_markdown, spliced

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", TEXT, flags=re.DOTALL)
COMMANDS = [
    line
    for kind, block in BLOCKS
    if kind == "sh"
    for line in block.splitlines()
    if line.startswith("tzkc") and "boundaries add" not in line and "--data" not in line
]


def test_the_table_is_generated(real_catalog: Catalog) -> None:
    assert spliced(TEXT, known_markdown(real_catalog), where="README.md") == TEXT


def test_every_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(COMMANDS) > 3
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS:
        assert main(shlex.split(command)[1:]) == 0, command
    capsys.readouterr()


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = [block for kind, block in BLOCKS if kind == "python"]
    assert len(code) == 1
    exec(compile(code[0], "README.md", "exec"), {})  # noqa: S102  (our own example)
    assert capsys.readouterr().out == "in_cluster c01 core\n"


def test_every_target_and_link_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`?make ([a-z]+)`?", TEXT)) & {"run", "test", "check", "data"}:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / link).exists(), link


def test_the_sections_stand_in_order() -> None:
    heads = re.findall(r"^## (.*)$", TEXT, flags=re.MULTILINE)
    assert heads[:5] == [
        "Run it",
        "Test it",
        "Three examples",
        "What the grades mean",
        "What is known and what is not",
    ]
    assert TEXT.index("notebooks/img/overview.png") < TEXT.index("## Run it")
