"""``tzkc area``: the areas of polygons, several ways side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import polygons, show, tables
from tzkc_geo.cli.polygons import Datum, Json, Repair
from tzkc_geo.cli.state import catalog_of
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.area_table import AreaRow, Subject
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.parcel_file import Plot

EXAMPLE = "Examples: tzkc area 界址点.txt; tzkc area plots.gpkg --json; tzkc area --unit c01,c04"


def area(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help=polygons.KINDS),
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Units of the catalog, such as c01,c04. 单元")
    ] = None,
    datum: Datum = None,
    repair: Repair = False,
    json: Json = False,
) -> None:
    """Measure areas in every way, statutory first, and what a stated area fits. 面积对比.

    Rows that are no sound polygons are told and left out: exit code 1.
    """
    from tzkc_geo.area_table import area_rows

    if (file is None) == (unit is None):
        msg = "area: expected either FILE or --unit, such as --unit c04"
        raise DataError(msg)
    faults: tuple[str, ...] = ()
    subjects: list[Subject] = []
    if unit is not None:
        subjects = _units(catalog_of(context), unit.split(","))
    if file is not None:
        found = polygons.read(context, file, datum, repair=repair)
        subjects, faults = [_subject(plot) for plot in found.plots], found.faults
    rows = area_rows(subjects)
    if json:
        show.as_json({"rings": [row.to_json() for row in rows], "faults": list(faults)})
    else:
        print_rows(rows)
    polygons.done(faults)


def _units(catalog: Catalog, names: Sequence[str]) -> list[Subject]:
    """Return units of the catalog with the areas that the plan prints."""
    from tzkc_geo.area_table import Subject

    rows = [catalog.unit(name.strip()) for name in names]
    return [
        Subject(
            ring_id=row.unit_id,
            name=row.name_zh,
            polygon=catalog.polygons[row.unit_id],
            stated=row.reported_area_km2 or None,
            unit="km2",
        )
        for row in rows
    ]


def _subject(plot: Plot) -> Subject:
    """Return a plot of a file with the area that it states."""
    from tzkc_geo.area_table import Subject

    return Subject(
        ring_id=plot.plot_id,
        name=plot.name,
        polygon=plot.polygon,
        stated=plot.stated_area_ha,
    )


def print_rows(rows: Sequence[AreaRow]) -> None:
    """Print a table for people: the statutory area, then how far the other ways are off."""
    from tzkc_geo.areas import WARNINGS

    ways = list(rows[0].differences)
    marks = {way: f"{'⚠ ' * (way in WARNINGS)}{way} Δm² (ppm)" for way in ways}
    table = tables.table(
        "地块 ring", "椭球面积 statutory m²", "公顷 ha", "亩 mu", *marks.values(), "标称 stated Δm²"
    )
    for row in rows:
        table.add_row(
            f"{row.ring_id} {row.name}".rstrip(),
            f"{row.areas_m2['statutory']:,.2f}",
            f"{row.hectare:.4f}",
            f"{row.mu:,.3f}",
            *(f"{d.m2:+,.2f} ({_ppm(d.ppm)})" for d in row.differences.values()),
            show.NONE if row.stated is None else f"{row.stated.differences_m2['statutory']:+,.1f}",
        )
    tables.render(table)
    for note in dict.fromkeys(f"{_of(row, note)}{note}" for row in rows for note in row.notes):
        tables.render(note)


def _of(row: AreaRow, note: str) -> str:
    """Return what stands before a note: nothing where it holds for all rows."""
    return "" if note == row.notes[0] else f"{row.ring_id}: "


def _ppm(value: float | None) -> str:
    return show.NONE if value is None else f"{value:+,.1f}"
