"""Coordinate systems of tables: a name or code to a system, and shapes from one to another."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.datum import Datum, parse_datum
from tzkc_geo.epsg import GEOGRAPHIC_EPSG, WGS84_EPSG, crs_of, is_geographic
from tzkc_geo.errors import CrsError
from tzkc_geo.faults import faults, faulty
from tzkc_geo.features import cells, with_faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tzkc_geo.features import Cells, FeatureTable

    Floats = NDArray[np.float64]

# An EPSG code, or one of the two datums that have none: GCJ-02 and BD-09.
System: TypeAlias = int | Datum
GEOGRAPHIC: Final = (GEOGRAPHIC_EPSG, WGS84_EPSG)  # taken as equal, see `crs.project`
CODE: Final = re.compile(r"(?:epsg:)?(\d{4,6})", re.ASCII | re.IGNORECASE)
DATUMS: Final = {datum.epsg: datum for datum in Datum if datum.epsg is not None}
EAST, NORTH, LON, LAT = "east", "north", "lon", "lat"
PAIR: Final = 2
ONE_POSITION: Final = "; call with LON LAT = "
EXCHANGE: Final = "; exchange the axes in the program that wrote the file"


def parse_system(text: str) -> System:
    """Return the system that a name or code means (坐标系).

    Parameters
    ----------
    text
        ``wgs84``, ``cgcs2000``, ``gcj02``, ``bd09``, ``gk40`` (EPSG:4528), ``gk41`` (4529),
        ``gk120`` (4549), ``gk123`` (4550), an alias of `parse_datum`, or ``EPSG:n``.

    Raises
    ------
    CrsError
        There is no such system.

    Examples
    --------
    >>> parse_system("GK40"), parse_system("EPSG:4549"), parse_system("wgs84")
    (4528, 4549, 4326)
    """
    if match := CODE.fullmatch(text.strip()):
        code = int(match[1])
        crs_of(code)  # raises for a code that does not exist
        return code
    try:
        datum = parse_datum(text)
    except CrsError as exc:
        msg = f"{exc} (or EPSG:n)"
        raise CrsError(msg) from exc
    return datum.epsg or datum


def datum_of(system: System) -> Datum | None:
    """Return the datum of a system; None for other codes."""
    return system if isinstance(system, Datum) else DATUMS.get(system)


def name_of(system: System) -> str:
    """Return a system in words, such as ``EPSG:4549`` or ``gcj02``."""
    return f"{system}" if isinstance(system, Datum) else f"EPSG:{system}"


def is_degrees(system: System) -> bool:
    """Say whether a system is in degrees."""
    return isinstance(system, Datum) or system in GEOGRAPHIC or is_geographic(system)


def to_stored(xy: Floats, system: System) -> Floats:
    """Return coordinates of a system, shape ``(n, 2)``, as degrees of EPSG:4490.

    Raises
    ------
    CrsError
        As in `crs.unproject`.
    """
    if not isinstance(system, Datum):
        return crs.unproject(xy, system)
    crs.check_position(xy[:, 0], xy[:, 1], where=f"{system}")
    return np.column_stack(crs.to_cgcs2000(xy[:, 0], xy[:, 1], system))


def from_stored(lonlat: Floats, system: System) -> Floats:
    """Return degrees of EPSG:4490, shape ``(n, 2)``, in a system; the inverse of `to_stored`."""
    if not isinstance(system, Datum):
        return crs.project(lonlat, system)
    return np.column_stack(crs.from_cgcs2000(lonlat[:, 0], lonlat[:, 1], system))


def for_file(sentence: str, remedy: str) -> str:
    """Return a sentence about one position with a remedy for a file of them."""
    what, mark, _ = sentence.partition(ONE_POSITION)
    return what + remedy if mark else sentence


def checked(table: FeatureTable) -> FeatureTable:
    """Return the table with a fault at each row that its system cannot place on the ground."""
    if table.shapes is None or table.system is None:
        return table
    system, datum = table.system, datum_of(table.system)
    sound = np.array([not fault for fault in table.faults], dtype=bool)
    shapes = table.shapes.copy()
    shapes[~sound] = None
    if datum is None:
        _, reasons = _each(shapes, lambda xy: to_stored(xy, system))
        return with_faults(table, reasons)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    wrong = np.flatnonzero(faulty(xy[:, 0], xy[:, 1], datum))
    rows, first = np.unique(owner[wrong], return_index=True)
    bad = xy[wrong[first]]
    sentences = [for_file(s, EXCHANGE) for s in faults(bad[:, 0], bad[:, 1], datum)]
    return with_faults(table, dict(zip(rows.tolist(), sentences, strict=True)))


def moved(table: FeatureTable, system: System) -> FeatureTable:
    """Return the table in another system (坐标转换); cells that held coordinates follow.

    Parameters
    ----------
    table
        In a known system, or without shapes.
    system
        Of the result. Between WGS84 and CGCS2000 nothing moves.

    Returns
    -------
    FeatureTable
        A row that has no place in one of the systems keeps its cells, loses its shape and gains
        a fault. If the pair of columns that the shapes were made of changes between degrees and
        metres, the columns become ``lon``, ``lat`` or ``east``, ``north``.

    Raises
    ------
    CrsError
        The system of the table is not known.
    """
    if table.shapes is None:
        return table
    own = table.system
    if own is None:
        msg = f"{table.name}: coordinate system is not known, expected one; say --datum NAME"
        raise CrsError(msg)
    if own == system or (own in GEOGRAPHIC and system in GEOGRAPHIC):
        return replace(table, system=system)
    shapes, reasons = _each(table.shapes, lambda xy: from_stored(to_stored(xy, own), system))
    done = with_faults(replace(table, shapes=shapes, system=system), reasons)
    return _relocated(done, own) if len(table.located) == PAIR else done


def pair_names(system: System | None) -> tuple[str, str]:
    """Return what the two columns of a position are called, easting or longitude first."""
    return (LON, LAT) if system is None or is_degrees(system) else (EAST, NORTH)


def _relocated(table: FeatureTable, before: System) -> FeatureTable:
    """Return the table with the cells of its position columns saying what the shapes say."""
    shapes = cells([]) if table.shapes is None else table.shapes
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    names: tuple[str, ...] = pair_names(table.system)
    taken = set(names) & (table.columns.keys() - set(table.located))
    if taken or names == pair_names(before):
        names = table.located
    fresh = {}
    for name, new, get in zip(table.located, names, (shapely.get_x, shapely.get_y), strict=True):
        column = table.columns[name].copy()
        column[known] = get(shapes[known]).tolist()
        fresh[name] = (new, column)
    columns = dict(fresh.get(name, (name, column)) for name, column in table.columns.items())
    return replace(table, columns=columns, located=names)


def _each(shapes: Cells, convert: Callable[[Floats], Floats]) -> tuple[Cells, dict[int, str]]:
    """Return the shapes converted, all at once; where that fails, by halves down to the row."""
    result, reasons = shapes.copy(), dict[int, str]()
    waiting = [np.arange(len(shapes))] if len(shapes) else []
    while waiting:
        rows = waiting.pop()
        try:
            result[rows] = shapely.transform(shapes[rows], convert)
        except CrsError as exc:
            if len(rows) > 1:
                waiting += np.array_split(rows, 2)
            else:
                result[rows] = None
                reasons[int(rows[0])] = f"{exc}"
    return result, reasons
