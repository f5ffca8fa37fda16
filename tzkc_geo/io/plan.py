"""Read the plan's own tables and the extents that other texts publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.claim_terms import PlanTable, PlanTables
from tzkc_geo.errors import DataError
from tzkc_geo.io.rows import TableRow, read_rows, records
from tzkc_geo.readings import Extent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tzkc_geo.io.folder import DataFolder

KEYS = {
    "units": "unit_id",
    "plan/boxes": "entry_id",
    "plan/claims": "claim_id",
    "plan/future_communities": "community_id",
    "plan/port_cities": "city_id",
    "plan/starter_areas": "area_id",
    "plan/table_2_1": "row",
    "plan/table_3_1": "row",
    "plan/table_3_2": "row",
    "plan/table_3_3": "row",
    "plan/table_3_4": "row",
}
EXTENTS_TABLE = "extents"
EXTENTS = (
    "extent_id",
    "unit_id",
    "name_zh",
    "sides_zh",
    "published_km2",
    "reading_id",
    "source_id",
    "note",
)


def read_plan(folder: DataFolder) -> PlanTables:
    """Return the tables that the plan's claims are checked by, verbatim, by name.

    Parameters
    ----------
    folder
        The data folder; rows of a higher layer replace those of the same key below.

    Raises
    ------
    DataError
        A table is missing or a row is wrong.
    """
    return {
        name: PlanTable(
            file=f"{name}.csv",
            rows={row.text(key): row.cells for row in _layered(folder, name, [key])},
        )
        for name, key in KEYS.items()
    }


def read_extents(folder: DataFolder) -> tuple[Extent, ...]:
    """Return the extents that other texts publish on the ground of a unit.

    Parameters
    ----------
    folder
        The data folder.

    Raises
    ------
    DataError
        The table is missing or a row is wrong.
    """
    return tuple(_extent(row) for row in _layered(folder, EXTENTS_TABLE, EXTENTS))


def _layered(folder: DataFolder, name: str, columns: Sequence[str]) -> list[TableRow]:
    """Return the rows of a table; the first column named is the key, which stands once a file."""
    paths = folder.files(f"{name}.csv")
    if not paths:
        msg = f"{name}.csv: table is missing, expected it in the data folder"
        raise DataError(msg)
    found: dict[object, TableRow] = {}
    for path in paths:
        rows = records(read_rows(path, columns), lambda row: row, key=_key(columns[0]))
        found.update({key: row for key, (row, _) in rows.items()})
    return list(found.values())


def _key(column: str) -> Callable[[TableRow], str]:
    return lambda row: row.required(column)


def _extent(row: TableRow) -> Extent:
    row.positive("published_km2")
    return Extent(
        extent_id=row.required("extent_id"),
        unit_id=row.required("unit_id"),
        name_zh=row.required("name_zh"),
        sides_zh=row.required("sides_zh"),
        published_km2=row.text("published_km2"),
        reading_id=row.optional("reading_id"),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )
