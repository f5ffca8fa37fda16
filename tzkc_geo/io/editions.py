"""Two editions of the boundaries, from data folders or exported files, beside each other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.io.folder import find_folder, read_json, shipped_folder
from tzkc_geo.io.store import is_fresh, read_derived
from tzkc_geo.io.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tzkc_geo.catalog import Tables
    from tzkc_geo.edition_diff import EditionDiff, Shape
    from tzkc_geo.io.folder import DataFolder

SHIPPED = frozenset({".", "shipped"})  # words for the shipped data
EXPORTED = ".geojson"
AREAL = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFile:
    """One of the two things to compare."""

    name: str  # as given
    date: str | None  # of the edition, YYYY-MM-DD; None: not said
    digest: str | None
    tables: Tables | None  # None: outlines alone, from a file
    outlines: Callable[[], Mapping[str, Shape]]  # by unit id, lon lat, EPSG:4490

    def to_json(self) -> dict[str, str | None]:
        """Return ``a`` or ``b`` of ``tzkc diff --json``."""
        return {"name": self.name, "date": self.date, "digest": self.digest}


def read_edition(given: str) -> EditionFile:
    """Return what a word of ``tzkc diff`` stands for (版本读取).

    Parameters
    ----------
    given
        ``shipped`` or ``.``: the shipped data; a folder: laid over the shipped data, as with
        ``--data``; a file that ends in .geojson: units as `tzkc export` writes them.

    Raises
    ------
    DataError
        There is no such folder or file, or a row or feature of it is wrong.
    CrsError
        Coordinates of the file are not degrees near Taizhou.
    """
    if given not in SHIPPED and given.lower().endswith(EXPORTED):
        return _exported(given)
    folder = shipped_folder() if given in SHIPPED else find_folder(given)
    tables = read_tables(folder)
    return EditionFile(
        name=given,
        date=tables.edition_date,
        digest=tables.digest,
        tables=tables,
        outlines=lambda: _outlines(folder, tables),
    )


def diff_of(
    a: EditionFile,
    b: EditionFile,
    *,
    limit: int,
    progress: Callable[[str], None] = lambda _: None,
) -> EditionDiff:
    """Return what moved from the first to the second; facts only where both have tables.

    Parameters
    ----------
    a, b
        What `read_edition` gives.
    limit
        With more facts than this they are put together by table.
    progress
        Called with a short text before each stage.
    """
    from tzkc_geo.edition_diff import diff_outlines, diff_tables

    if a.tables is not None and b.tables is not None:
        return diff_tables(a.tables, b.tables, limit=limit, progress=progress)
    progress("reading outlines")
    return diff_outlines(a.outlines(), b.outlines())


def _outlines(folder: DataFolder, tables: Tables) -> Mapping[str, Shape]:
    """Return the outlines of a folder: its derived files where they are fresh."""
    if is_fresh(tables, folder):
        return read_derived(tables, folder).polygons
    from tzkc_geo.build import outlines

    return outlines(tables)


def _exported(given: str) -> EditionFile:
    """Return the units of a file that ``tzkc export`` wrote."""
    path = Path(given)
    if not path.is_file():
        msg = f"{given}: file does not exist, expected units as tzkc export writes them"
        raise DataError(msg)
    content = read_json(path)
    found = content.get("features") if isinstance(content, dict) else None
    if not isinstance(found, list) or not found:
        msg = f"{path.name}: holds no units, expected a FeatureCollection of tzkc export"
        raise DataError(msg)
    shapes: dict[str, Shape] = {}
    for number, feature in enumerate(found, start=1):
        where = f"{path.name}: feature {number}"
        unit_id, shape = _unit(feature, where)
        if unit_id in shapes:
            msg = f"{where}: unit_id {unit_id!r} stands twice, expected one feature a unit"
            raise DataError(msg)
        shapes[unit_id] = shape
    edition = content.get("edition")
    said = edition if isinstance(edition, dict) else {}
    return EditionFile(
        name=given,
        date=said.get("date"),
        digest=said.get("digest"),
        tables=None,
        outlines=lambda: shapes,
    )


def _unit(feature: Any, where: str) -> tuple[str, Shape]:  # noqa: ANN401  (JSON is anything)
    """Return the id and the outline of one feature, lon lat, EPSG:4490."""
    try:
        unit_id = str(feature["properties"]["unit_id"])
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    except (KeyError, TypeError, shapely.errors.GEOSException) as exc:
        msg = f"{where}: is no unit, expected unit_id and a closed polygon, got {exc}"
        raise DataError(msg) from exc
    if shape is None or shape.is_empty or shape.geom_type not in AREAL or not shape.is_valid:
        got = "nothing" if shape is None or shape.is_empty else shapely.is_valid_reason(shape)
        msg = f"{where} ({unit_id}): has no sound outline, expected a polygon, got {got.lower()}"
        raise DataError(msg)
    xy = shapely.get_coordinates(shape)
    try:
        crs.check_position(xy[:, 0], xy[:, 1], where=f"{where} ({unit_id}): vertex")
    except CrsError as exc:
        msg = f"{exc}; write the file with tzkc export"
        raise CrsError(msg) from exc
    return unit_id, shape
