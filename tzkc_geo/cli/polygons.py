"""What the commands about polygon files share: the argument, the option, reading, the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show
from tzkc_geo.cli.state import undo_shift_of
from tzkc_geo.errors import CrsError, DataError, RingError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from tzkc_geo.io.polygons import PolygonFile
    from tzkc_geo.parcel_file import Plot

    Answer = TypeVar("Answer")

KINDS = "TXT (界址点), GeoJSON, GPKG, SHP, KML, DXF, Parquet, CSV with WKT …: polygons. 面文件"
SHOWN_FAULTS = 10
SOME_FAILED = 1

Datum = Annotated[
    str | None, typer.Option("--datum", help="What FILE is on, if it does not say. 坐标系")
]
Repair = Annotated[
    bool,
    typer.Option("--repair", help="Make rings valid, not in a TXT; the m2 are told. 修复环"),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object. 输出 JSON")]


def read(
    context: typer.Context, file: Path, datum: str | None, *, repair: bool = False
) -> PolygonFile:
    """Return the polygons of a file; notes and the first faults go to standard error."""
    from tzkc_geo.io.polygons import polygons_of

    found = polygons_of(file, datum=datum, undo_shift=undo_shift_of(context), repair=repair)
    for note in found.notes:
        show.note(note)
    for fault in found.faults[:SHOWN_FAULTS]:
        show.note(f"fault: {fault}")
    if len(found.faults) > SHOWN_FAULTS:
        show.note(f"{len(found.faults)} rows with a fault")
    return found


def each(
    found: PolygonFile, answer: Callable[[Plot], Answer]
) -> tuple[list[tuple[Plot, Answer]], tuple[str, ...]]:
    """Return the answer for every plot that has one, and the faults of all rows.

    A plot that cannot be answered for, such as one of several parts, is a fault of its row; its
    sentence goes to standard error. Where no plot can, the first sentence is the error.
    """
    answers: list[tuple[Plot, Answer]] = []
    faults = []
    for plot, place in zip(found.plots, found.places, strict=True):
        try:
            answers.append((plot, answer(plot)))
        except (CrsError, RingError) as exc:
            faults.append(f"{place}: {exc}")
    if not answers:
        raise DataError(faults[0])
    for fault in faults[:SHOWN_FAULTS]:
        show.note(f"fault: {fault}")
    return answers, (*found.faults, *faults)


def done(faults: Sequence[str]) -> None:
    """End with code 1 if rows had a fault."""
    if faults:
        raise typer.Exit(SOME_FAILED)
