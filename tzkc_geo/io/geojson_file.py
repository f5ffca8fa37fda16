"""GeoJSON (RFC 7946): read with every property, written with every bit."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import shapely

from tzkc_geo.epsg import WGS84_EPSG
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.cell_values import plain_cell
from tzkc_geo.io.encoding import decode
from tzkc_geo.io.header_json import HEADER, header_json, header_of
from tzkc_geo.io.json_text import json_value
from tzkc_geo.io.vector_files import flat
from tzkc_geo.ring_faults import open_ring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tzkc_geo.features import Header

URN: Final = re.compile(r"(?:urn:ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d+)", re.IGNORECASE)
CRS84: Final = re.compile(r"(?:urn:ogc:def:crs:)?OGC:(?:[\d.]*:)?CRS84", re.IGNORECASE)


def parse_geojson(data: bytes, *, name: str) -> tuple[FeatureTable, str, tuple[str, ...]]:
    """Return the features of a GeoJSON file, its encoding, and notes.

    Parameters
    ----------
    data
        All bytes; a FeatureCollection, a Feature or a geometry.
    name
        Of the file, for messages.

    Returns
    -------
    tuple
        Properties are columns, in the order in which they are met; an object or a list is JSON
        text. The system is that of a member ``crs``, else None (RFC 7946: WGS84). A geometry
        that is none, such as a ring that is not closed, is None and its row has a fault.

    Raises
    ------
    DataError
        The file is not JSON (with the line), or is no GeoJSON.
    CrsError
        Its member ``crs`` is not understood.
    """
    text, encoding = decode(data, name=name)
    content: Any = json_value(text, name=name, expected="GeoJSON")
    features = _features(content, name)
    shapes, faults = [], []
    columns: dict[str, list[object]] = {}
    for row, feature in enumerate(features):
        shape, fault = _shape(feature.get("geometry"))
        shapes.append(shape)
        faults.append(fault and f"{name}:{row + 1}: {fault}")
        for key, value in (feature.get("properties") or {}).items():
            if key not in columns:
                columns[key] = [None] * len(features)
            columns[key][row] = _cell(value)
    plane, notes = flat(cells(shapes), name)
    table = FeatureTable(
        columns={key: cells(column) for key, column in columns.items()},
        shapes=plane,
        system=_system(content, name),
        faults=tuple(faults),
        name=name,
        header=header_of(content.get(HEADER), name),
    )
    return table, encoding, notes


def geojson_text(table: FeatureTable) -> str:
    """Return a FeatureCollection, one feature a line; coordinates keep all their bits.

    A number that is not finite becomes null; a date becomes text.
    """
    none = [None] * len(table)
    rows = zip(*table.columns.values(), strict=True) if table.columns else [()] * len(table)
    features = (
        {
            "type": "Feature",
            "properties": {k: plain_cell(v) for k, v in zip(table.columns, row, strict=True)},
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for row, shape in zip(rows, none if table.shapes is None else table.shapes, strict=True)
    )
    body = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in features)
    head = json.dumps({"type": "FeatureCollection", **_kept(table.header)}, ensure_ascii=False)
    return f'{head[:-1]}, "features": [\n{body}\n]}}\n'


def _kept(header: Header) -> dict[str, Any]:
    return {HEADER: header_json(header)} if header else {}


def _features(content: object, name: str) -> list[Mapping[str, Any]]:
    """Return the features of a file, or raise `DataError`."""
    kind = content.get("type") if isinstance(content, dict) else None
    found: Any = None
    if kind == "FeatureCollection":
        found = content["features"] if isinstance(content, dict) and "features" in content else None
    elif kind == "Feature":
        found = [content]
    elif isinstance(kind, str):
        found = [{"type": "Feature", "geometry": content}]
    if not isinstance(found, list):
        msg = f"{name}:1: is no GeoJSON, expected a FeatureCollection with features, got {kind!r}"
        raise DataError(msg)
    for number, feature in enumerate(found, start=1):
        sound = isinstance(feature, dict) and feature.get("type") == "Feature"
        if not sound or not isinstance(feature.get("properties"), dict | None):
            msg = f"{name}:{number}: is no feature, expected type, geometry and properties"
            raise DataError(msg)
    return found


def _shape(geometry: Any) -> tuple[shapely.Geometry | None, str]:  # noqa: ANN401  (JSON is anything)
    """Return a geometry, or none and what is wrong with it."""
    if geometry is None:
        return None, ""
    try:
        if fault := open_ring(_rings(geometry)):
            return None, fault
        return shapely.geometry.shape(geometry), ""
    except (shapely.errors.ShapelyError, ValueError, TypeError, LookupError, OverflowError) as exc:
        got = f"{type(exc).__name__}: {exc}"
        return None, f"geometry is not clear, expected type and coordinates, got {got}"
    except AttributeError as exc:
        return None, f"geometry is not clear, expected an object, got {exc}"


def _rings(geometry: Mapping[str, Any]) -> list[Any]:
    """Return the rings of a polygon or a multipolygon in order; of other geometry none."""
    kind = str(geometry.get("type"))
    rings = geometry["coordinates"] if kind in ("Polygon", "MultiPolygon") else []
    return [ring for part in rings for ring in part] if kind == "MultiPolygon" else list(rings)


def _system(content: Mapping[str, Any], name: str) -> int | None:
    """Return the code of a member ``crs``, which older files have."""
    said = content.get("crs")
    if said is None:
        return None
    properties = said.get("properties") if isinstance(said, dict) else None
    text = str(properties.get("name")) if isinstance(properties, dict) else ""
    if CRS84.fullmatch(text):
        return WGS84_EPSG
    if match := URN.fullmatch(text):
        return int(match[1])
    msg = f"{name}: member crs is not understood, expected a name such as EPSG:4490, got {said!r}"
    raise CrsError(msg)


def _cell(value: object) -> object:
    """Return a property as a cell."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
