"""KML: placemarks with their data; always lon, lat in WGS84."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from tzkc_geo.epsg import WGS84_EPSG
from tzkc_geo.errors import DataError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.cell_values import as_text
from tzkc_geo.io.encoding import decode
from tzkc_geo.io.vector_files import flat
from tzkc_geo.ring_faults import open_ring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
DECLARED: Final = re.compile(r"\s*<\?xml[^>]*\?>")
FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # not in XML 1.0
NAME, DESCRIPTION = "name", "description"  # elements of a placemark
SHAPES: Final = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def parse_kml(data: bytes, *, name: str) -> tuple[FeatureTable, str, tuple[str, ...]]:
    """Return the placemarks of a KML file in order, its encoding, and notes.

    Parameters
    ----------
    data
        All bytes.
    name
        Of the file, for messages.

    Returns
    -------
    tuple
        Cells are text; columns are ``name`` and ``description``, where they stand, and the
        extended data. A ring that is not closed is no shape and its row has a fault.

    Raises
    ------
    DataError
        The file is not XML (with the line), is no KML, or has a DOCTYPE.
    """
    text, encoding = decode(data, name=name)
    if "<!DOCTYPE" in text:
        line = text.count("\n", 0, text.index("<!DOCTYPE")) + 1
        msg = f"{name}:{line}: has a DOCTYPE, expected KML without; remove it"
        raise DataError(msg)
    try:
        root = ET.fromstring(DECLARED.sub("", text, count=1))  # noqa: S314  (no DOCTYPE)
    except ET.ParseError as exc:
        msg = f"{name}:{exc.position[0]}: is not XML, expected KML, got {exc}"
        raise DataError(msg) from exc
    if _tag(root) != "kml":
        msg = f"{name}:1: is no KML, expected an element kml, got {_tag(root)}"
        raise DataError(msg)
    marks = [element for element in root.iter() if _tag(element) == "Placemark"]
    columns: dict[str, list[str | None]] = {}
    shapes, faults = [], []
    for row, mark in enumerate(marks):
        for key, value in _facts(mark):
            if key not in columns:
                columns[key] = [None] * len(marks)
            columns[key][row] = value
        try:
            shapes.append(_shape(mark))
            faults.append("")
        except (ValueError, shapely.errors.ShapelyError) as exc:
            shapes.append(None)
            faults.append(f"{name}:{row + 1}: {exc}")
    plane, notes = flat(cells(shapes), name)
    table = FeatureTable(
        columns={key: cells(column) for key, column in columns.items()},
        shapes=plane,
        system=WGS84_EPSG,
        faults=tuple(faults),
        name=name,
    )
    return table, encoding, notes


def kml_text(table: FeatureTable) -> str:
    """Return a KML document of placemarks; coordinates keep all their bits.

    The column ``name`` (else ``Name``) is shown by viewers. Cells are kept as text; an empty one
    is not told from a missing one.

    Raises
    ------
    DataError
        A text has a character that XML has not; the message names row and column.
    """
    marks = []
    for row in range(len(table)):
        facts = {key: as_text(column[row]) for key, column in table.columns.items()}
        for key, value in facts.items():
            if FORBIDDEN.search(key + value):
                msg = f"{table.where(row)}: {key} cannot be written, expected text without control"
                msg += f" characters, got {value!r}"
                raise DataError(msg)
        plain = "".join(
            f"<{tag}>{escape(facts.pop(tag))}</{tag}>"
            for tag in (NAME, DESCRIPTION)
            if facts.get(tag)
        )
        data = "".join(
            f"<Data name={quoteattr(k)}><value>{escape(v)}</value></Data>"
            for k, v in facts.items()
            if v
        )
        extended = f"<ExtendedData>{data}</ExtendedData>" if data else ""
        shape = None if table.shapes is None else table.shapes[row]
        marks.append(f"<Placemark>{plain}{extended}{_element(shape)}</Placemark>")
    body = "\n".join(marks)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{NAMESPACE}"><Document>'
    return f"{head}\n{body}\n</Document></kml>\n"


def _tag(element: ET.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _text(element: ET.Element | None) -> str | None:
    return None if element is None else element.text or ""


def _children(element: ET.Element, *tags: str) -> list[ET.Element]:
    return [child for child in element if _tag(child) in tags]


def _facts(mark: ET.Element) -> Iterator[tuple[str, str | None]]:
    """Yield name and value of what a placemark says about itself."""
    for child in _children(mark, NAME, DESCRIPTION):
        yield _tag(child), _text(child)
    for extended in _children(mark, "ExtendedData"):
        for item in extended.iter():
            if _tag(item) == "Data":
                values = _children(item, "value")
                yield item.get("name", ""), _text(values[0]) if values else None
            elif _tag(item) == "SimpleData":
                yield item.get("name", ""), _text(item)


def _shape(element: ET.Element) -> shapely.Geometry | None:
    """Return the geometry below an element; several become one of many parts."""
    parts = [_part(child) for child in _children(element, *SHAPES)]
    if len(parts) <= 1:
        return parts[0] if parts else None
    kinds = {part.geom_type for part in parts}
    many = {"Polygon": shapely.multipolygons, "Point": shapely.multipoints}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return many.get(kind, shapely.geometrycollections)(parts)


def _part(element: ET.Element) -> shapely.Geometry:
    match _tag(element):
        case "MultiGeometry":
            return _shape(element) or shapely.GeometryCollection()
        case "Polygon":
            shells = [_positions(e) for b in _children(element, "outerBoundaryIs") for e in b]
            holes = [_positions(e) for b in _children(element, "innerBoundaryIs") for e in b]
            if len(shells) != 1:
                msg = f"polygon is not clear, expected one outer ring, got {len(shells)}"
                raise ValueError(msg)
            if fault := open_ring([xy.tolist() for xy in (*shells, *holes)]):
                raise ValueError(fault)
            return shapely.Polygon(shells[0], holes)
        case "Point":
            return shapely.Point(_coordinates(element)[0])
        case _:
            return shapely.LineString(_coordinates(element))


def _coordinates(element: ET.Element) -> NDArray[np.float64]:
    """Return the positions of an element that has at least one."""
    found = _positions(element)
    if not len(found):
        msg = "geometry is not clear, expected coordinates, got none"
        raise ValueError(msg)
    return found


def _positions(element: ET.Element) -> NDArray[np.float64]:
    """Return lon, lat of the coordinates of an element, shape (n, 2) or (n, 3)."""
    found = _children(element, "coordinates")
    tuples = (_text(found[0]) or "").split() if found else []
    if not tuples:
        return np.empty((0, 2))
    width = tuples[0].count(",") + 1
    if width == 1 or any(item.count(",") + 1 != width for item in tuples):
        msg = f"coordinates are not clear, expected lon,lat without blanks, got {tuples[0]!r}"
        raise ValueError(msg)
    return np.array([item.split(",") for item in tuples], dtype=np.float64)


def _element(shape: shapely.Geometry | None) -> str:
    """Return a geometry as an element."""
    if shape is None or shape.is_empty:
        return ""
    if len(parts := shapely.get_parts(shape)) > 1 or shape.geom_type.startswith("Multi"):
        return f"<MultiGeometry>{''.join(_element(part) for part in parts)}</MultiGeometry>"
    if shape.geom_type != "Polygon":
        return f"<{shape.geom_type}>{_written(shape)}</{shape.geom_type}>"
    outer = (
        f"<outerBoundaryIs><LinearRing>{_written(shape.exterior)}</LinearRing></outerBoundaryIs>"
    )
    inner = "".join(
        f"<innerBoundaryIs><LinearRing>{_written(ring)}</LinearRing></innerBoundaryIs>"
        for ring in shape.interiors
    )
    return f"<Polygon>{outer}{inner}</Polygon>"


def _written(line: shapely.Geometry) -> str:
    xy = shapely.get_coordinates(line).tolist()
    return f"<coordinates>{' '.join(f'{x!r},{y!r}' for x, y in xy)}</coordinates>"
