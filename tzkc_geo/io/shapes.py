"""Read the GeoJSON files of a data folder: shapes of lines, districts and surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError, DuplicateIdError
from tzkc_geo.io.folder import DataFolder, read_json
from tzkc_geo.model import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

MIN_LINE = 2
MIN_RING = 4


def line_shapes(folder: DataFolder) -> dict[str, Points]:
    """Return the approximate shape of every line by id: lon, lat, EPSG:4490, shape ``(n, 2)``."""
    found: dict[str, Points] = {}
    for path in folder.files("lines.geojson"):
        for where, facts, coordinates in each_feature(path, ("line_id",)):
            found[facts["line_id"]] = vertices(where, coordinates, least=MIN_LINE)
    return found


def district_outlines(folder: DataFolder) -> dict[str, shapely.Polygon]:
    """Return the coarse outline of every district by id, EPSG:4490."""
    found = {}
    for path in folder.files("districts.geojson"):
        for where, facts, coordinates in each_feature(path, ("district_id",)):
            outer = _first(where, coordinates)
            found[facts["district_id"]] = shapely.Polygon(_ring(where, outer))
    return found


def surveys(folder: DataFolder) -> dict[object, tuple[Survey, str]]:
    """Return the surveyed outlines by unit id, each with the place where it stands."""
    found: dict[object, tuple[Survey, str]] = {}
    wanted = ("unit_id", "source_id", "sigma_m", "date")
    for path in folder.files("surveys.geojson"):
        for where, facts, coordinates in each_feature(path, wanted):
            survey = Survey(
                unit_id=facts["unit_id"],
                source_id=facts["source_id"],
                sigma_m=_sigma(where, facts["sigma_m"]),
                date=facts["date"],
                rings=tuple(
                    _ring(where, _first(where, polygon)) for polygon in _items(coordinates)
                ),
            )
            if not survey.rings:
                msg = f"{where}: has no outline, expected a MultiPolygon"
                raise DataError(msg)
            found[survey.unit_id] = survey, where
    return found


def features(path: Path) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file, or raise `DataError`."""
    content = read_json(path)
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        msg = f"{path.name}: is not GeoJSON, expected a FeatureCollection"
        raise DataError(msg)
    return list(content["features"])


def each_feature(
    path: Path, wanted: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, str], object]]:
    """Yield the place, the wanted properties as text, and the coordinates of each feature."""
    seen: set[str] = set()
    for number, feature in enumerate(features(path), start=1):
        where = f"{path.name}: feature {number}"
        try:
            facts = {name: str(feature["properties"][name]) for name in wanted}
            coordinates = feature["geometry"]["coordinates"]
        except (KeyError, TypeError) as exc:
            expected = ", ".join(wanted)
            msg = f"{where}: is not complete, expected a geometry and {expected}, got no {exc}"
            raise DataError(msg) from exc
        key = facts[wanted[0]]
        if key in seen:
            msg = f"{where}: {wanted[0]} {key!r} stands twice, expected one feature"
            raise DuplicateIdError(msg)
        seen.add(key)
        yield f"{where} ({key})", facts, coordinates


def _sigma(where: str, text: str) -> float:
    try:
        sigma = float(text)
    except ValueError:
        sigma = np.nan
    if not 0 < sigma < np.inf:
        msg = f"{where}: sigma_m is wrong, expected a number above 0, got {text!r}"
        raise DataError(msg)
    return sigma


def _first(where: str, coordinates: object) -> object:
    """Return the outer ring of a polygon; its holes are not read."""
    rings = _items(coordinates)
    if not rings:
        msg = f"{where}: has no outer ring, expected [[[lon, lat], …], …]"
        raise DataError(msg)
    outer: object = rings[0]
    return outer


def _ring(where: str, coordinates: object) -> Points:
    points = vertices(where, coordinates, least=MIN_RING)
    if not shapely.Polygon(points).is_valid:
        reason = shapely.is_valid_reason(shapely.Polygon(points))
        msg = f"{where}: outline is not valid, expected a simple ring, got {reason.lower()}"
        raise DataError(msg)
    return points


def _items(coordinates: object) -> list[Any]:
    return coordinates if isinstance(coordinates, list) else []


def vertices(where: str, coordinates: object, *, least: int) -> Points:
    """Return the vertices of one line or ring, shape ``(n, 2)``, checked."""
    try:
        points = np.array([[lon, lat] for lon, lat, *_ in _items(coordinates)], dtype=np.float64)
    except (TypeError, ValueError) as exc:
        msg = f"{where}: has no usable coordinates, expected [[lon, lat], …], got {exc}"
        raise DataError(msg) from exc
    if len(points) < least:
        msg = f"{where}: has too few vertices, expected at least {least}, got {len(points)}"
        raise DataError(msg)
    try:
        crs.check_position(points[:, 0], points[:, 1], where=f"{where}: vertex")
    except CrsError as exc:
        raise DataError(str(exc)) from exc
    return points
