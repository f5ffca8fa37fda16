"""The columns of a table that say where a row lies, and the shapes made of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.datum import Datum
from tzkc_geo.errors import DataError
from tzkc_geo.features import cells, shape_faults, with_faults
from tzkc_geo.io.cell_values import as_text
from tzkc_geo.positions import read_positions
from tzkc_geo.ring_faults import open_ring
from tzkc_geo.systems import EAST, LAT, LON, NORTH, datum_of, for_file, pair_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tzkc_geo.features import Cells, FeatureTable
    from tzkc_geo.systems import System

# In Chinese survey tables X and 纵坐标 are the northing, Y and 横坐标 the easting; plain x and y
# are those of mathematics.
EASTS: Final = frozenset(
    {
        *(LON, "lng", "long", "longitude", "经度", "东经", EAST, "easting", "x", "横坐标"),
        *("东坐标", "y坐标", "横坐标y", "东坐标y", "y东", "东"),
    }
)
NORTHS: Final = frozenset(
    {
        *(LAT, "latitude", "纬度", "北纬", NORTH, "northing", "y", "纵坐标", "北坐标"),
        *("x坐标", "纵坐标x", "北坐标x", "x北", "北"),
    }
)
WKT: Final = ("wkt", "geometry", "geom", "thegeom")
POLYGON: Final = re.compile(r"\s*(MULTI)?POLYGON\b", re.IGNORECASE)
RING: Final = re.compile(r"\(([^()]*)\)")
UNIT: Final = re.compile(r"\(.*?\)|\[.*?\]")
REMEDY: Final = "say --lon COLUMN --lat COLUMN (longitude or easting, latitude or northing)"


def plain_name(name: str) -> str:
    """Return a column name without case, blanks, underscores and units in brackets."""
    text = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\s_\-]", "", UNIT.sub("", text))


def position_columns(table: FeatureTable, *, lon: str | None, lat: str | None) -> tuple[str, ...]:
    """Return the columns that say where a row lies: easting and northing, or one of WKT.

    Parameters
    ----------
    table
        With columns.
    lon, lat
        Names that the user says, longitude or easting and latitude or northing; both or none.

    Raises
    ------
    DataError
        A named column does not exist, or none or several fit; the message lists the columns.
    """
    names = list(table.columns)
    listed = ", ".join(map(repr, names))
    if lon is not None or lat is not None:
        for option, name in (("--lon", lon), ("--lat", lat)):
            if name is None or name not in names:
                msg = f"{table.name}: {option}: no such column, expected one of {listed}, got"
                msg += f" {name!r}"
                raise DataError(msg)
        return str(lon), str(lat)
    if wkt := [name for name in names if plain_name(name) in WKT]:
        if len(wkt) == 1:
            return (wkt[0],)
        msg = f"{table.name}: several columns of shapes, expected one, got {', '.join(wkt)}"
        msg += "; rename the others"
        raise DataError(msg)
    easts = [name for name in names if plain_name(name) in EASTS]
    norths = [name for name in names if plain_name(name) in NORTHS]
    if len(easts) == 1 == len(norths):
        return easts[0], norths[0]
    got = f"{', '.join(easts) or 'none'} and {', '.join(norths) or 'none'} of {listed}"
    msg = f"{table.name}: position is not clear, expected one column of longitude or easting and"
    msg += f" one of latitude or northing, got {got}; {REMEDY}"
    raise DataError(msg)


def located(table: FeatureTable, names: tuple[str, ...], system: System) -> FeatureTable:
    """Return a table with shapes made of its columns; a cell that is none gives a fault.

    Parameters
    ----------
    table
        Without shapes.
    names
        Of `position_columns`: easting or longitude and northing or latitude, numbers or text
        with degrees, minutes and seconds; or one column of WKT.
    system
        What the cells are in.
    """
    columns = [table.columns[name] for name in names]
    if len(columns) == 1:
        shapes, reasons = _from_wkt(columns[0])
    else:
        shapes, reasons = _points(columns, names, system)
    done = replace(table, shapes=shapes, system=system, located=names)
    return with_faults(done, reasons)


def with_positions(table: FeatureTable) -> FeatureTable:
    """Return a table whose columns say where its rows lie, for a format without shapes.

    Points stand in two columns: those they were read from, or ``lon``, ``lat`` or ``east``,
    ``north`` if these are free. Everything else is WKT in one column: that it was read from, or
    the first of `WKT` that is free.

    Raises
    ------
    DataError
        Every name is taken.
    """
    if table.shapes is None or table.located:
        return _refreshed(table)
    known = ~(shapely.is_missing(table.shapes) | shapely.is_empty(table.shapes))
    points = bool((shapely.get_type_id(table.shapes[known]) == 0).all())
    pair = pair_names(table.system)
    if points and not set(pair) & table.columns.keys():
        x, y = np.full((2, len(table)), None, dtype=object)
        x[known] = shapely.get_x(table.shapes[known]).tolist()
        y[known] = shapely.get_y(table.shapes[known]).tolist()
        return replace(table, columns={**table.columns, pair[0]: x, pair[1]: y}, located=pair)
    free = [name for name in WKT if name not in map(plain_name, table.columns)]
    if not free:
        msg = f"{table.name}: no name is left for the shapes, expected one of {', '.join(WKT)} to"
        msg += " be free; rename one"
        raise DataError(msg)
    text = wkt_cells(table.shapes)
    return replace(table, columns={**table.columns, free[0]: text}, located=(free[0],))


def wkt_cells(shapes: Cells) -> Cells:
    """Return shapes as WKT that keeps all bits; None for none."""
    return cells([None if s is None else shapely.to_wkt(s, rounding_precision=-1) for s in shapes])


def _refreshed(table: FeatureTable) -> FeatureTable:
    """Return the table with its column of WKT saying what the shapes say, where it does not."""
    if table.shapes is None or len(table.located) != 1:
        return table
    name = table.located[0]
    old, _ = _from_wkt(table.columns[name])
    fresh = ~shapely.equals_exact(old, table.shapes, 0.0) & ~shapely.is_missing(table.shapes)
    column = table.columns[name].copy()
    column[fresh] = wkt_cells(table.shapes[fresh])
    return replace(table, columns={**table.columns, name: column})


def _from_wkt(column: Iterable[object]) -> tuple[Cells, dict[int, str]]:
    """Return shapes of WKT, 2D; an empty cell is no shape."""
    texts = [as_text(cell).strip() for cell in column]
    shapes = shapely.force_2d(shapely.from_wkt([t or None for t in texts], on_invalid="ignore"))
    reasons = shape_faults(shapes)
    for row, text in enumerate(texts):
        if text and shapes[row] is None:
            reasons[row] = _open_wkt(text) or (
                f"is no WKT, expected POINT or POLYGON ((…)), got {text[:40]!r}"
            )
    return shapes, reasons


def _open_wkt(text: str) -> str:
    """Return what is wrong with the rings of a WKT polygon that is none, if they say it."""
    if not POLYGON.match(text) or text.count("(") != text.count(")"):
        return ""
    rings = [[" ".join(p.split()) for p in ring.split(",")] for ring in RING.findall(text)]
    return open_ring(rings)


def _points(
    columns: list[Cells], names: tuple[str, ...], system: System
) -> tuple[Cells, dict[int, str]]:
    """Return points of two columns in their own system, and what is wrong with the others."""
    first, second = columns
    datum = datum_of(system)
    if datum is not None and not datum.is_metric:  # the shift is not undone here
        found = read_positions(first, second, datum=Datum.WGS84)
        x, y = found.lon, found.lat
        remedy = f"; say --lon {names[1]!r} --lat {names[0]!r}"
        reasons = {row: for_file(r, remedy) for row, r in enumerate(found.reasons) if r}
    else:
        (x, one), (y, other) = _metres(first), _metres(second)
        reasons = other | one
    good = np.full(len(first), True)  # noqa: FBT003
    good[list(reasons)] = False
    shapes = np.full(len(first), None, dtype=object)
    shapes[good] = shapely.points(x[good], y[good])
    return shapes, reasons


def _metres(column: Cells) -> tuple[NDArray[np.float64], dict[int, str]]:
    """Return cells as numbers, and what is wrong with those that are none."""
    values, reasons = np.full(len(column), np.nan), {}
    for row, cell in enumerate(column):
        try:
            values[row] = float(cell)
        except (TypeError, ValueError, OverflowError):
            got = "an empty cell" if cell in (None, "") else repr(cell)
            reasons[row] = f"coordinate is not a number, expected metres, got {got}"
    for row in np.flatnonzero(~np.isfinite(values)).tolist():
        reasons.setdefault(row, f"coordinate is not a finite number, got {column[row]!r}")
    return values, reasons
