"""A user's data folder over the shipped one, made of single rows."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from tzkc_geo.cli import main

SHIPPED = Path(__file__).resolve().parents[2] / "boundaries"

Row = dict[str, str]


def rows(table: str, folder: Path = SHIPPED) -> list[Row]:
    """Return the rows of one table in file order."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def row(table: str, name: str, **changes: str) -> Row:
    """Return the first shipped row with this value in one of its first two columns, changed."""
    found = next(r for r in rows(table) if name in list(r.values())[:2])
    return {**found, **changes}


def put(folder: Path, table: str, *lines: Mapping[str, str]) -> Path:
    """Write a table of the user's folder and return its path."""
    path = folder / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows(table)[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    return path


def listing(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, and every folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"folder"
        for path in sorted(folder.rglob("*"))
    }


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command that must be refused with code 2 and return its one sentence."""
    assert main(list(words)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err.removeprefix("error: ").removesuffix("\n")
