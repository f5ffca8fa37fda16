"""Write a table as a DXF drawing (R2018, UTF-8, metres) that reads back the same."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.errors import CrsError, DataError, LimitError
from tzkc_geo.io.cell_values import as_text
from tzkc_geo.io.dxf_read import APP, EPSG, LAYER
from tzkc_geo.systems import is_degrees

if TYPE_CHECKING:
    from ezdxf.entities.lwpolyline import LWPolyline
    from ezdxf.layouts.layout import Modelspace

    from tzkc_geo.features import FeatureTable

VERSION: Final = "R2018"
METRES: Final = 6
PLOTS, SITES, LINES = "PLOTS", "SITES", "OPEN_LINES"  # one layer a kind
CHUNK: Final = 60  # characters of one string of extended data: at most 255 bytes
MAX_CELLS: Final = 3_500  # characters: the extended data of an entity holds 16 KiB
POINT_ITEMS: Final = 5  # x, y, start width, end width, bulge
SHORT: Final = (str, int, float, bool)


def dxf_bytes(table: FeatureTable) -> bytes:
    """Return a table as DXF: polygons as closed LWPOLYLINE, points as POINT, cells as XDATA.

    Parameters
    ----------
    table
        Metres of a projected system, x = easting. A line, which is a row with a fault, is drawn
        as an open polyline.

    Raises
    ------
    CrsError
        The table is not in metres.
    DataError
        A row has no shape that can be drawn.
    LimitError
        The cells of a row are more than an entity holds.
    """
    from ezdxf.filemanagement import new

    if table.system is None or is_degrees(table.system):
        msg = f"{table.name}: a drawing is in metres, expected a projected system; say --to gk40"
        raise CrsError(msg)
    drawing = new(VERSION, units=METRES)
    drawing.appids.add(APP)
    drawing.header.custom_vars.append(EPSG, f"{table.epsg}")
    for layer in (PLOTS, SITES, LINES):
        drawing.layers.add(layer)
    space = drawing.modelspace()
    for row in range(len(table)):
        _draw(space, table, row)
    sink = io.StringIO()
    drawing.write(sink)
    return sink.getvalue().encode("utf-8")


def _draw(space: Modelspace, table: FeatureTable, row: int) -> None:
    """Draw one row."""
    shape = None if table.shapes is None else table.shapes[row]
    kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
    facts = {name: _plain(column[row]) for name, column in table.columns.items()}
    text = json.dumps(facts, ensure_ascii=False)
    if len(text) > MAX_CELLS:
        msg = f"{table.where(row)}: cells are too long for a drawing, expected at most {MAX_CELLS}"
        msg += f" characters, got {len(text)}; write .gpkg"
        raise LimitError(msg)
    if kind in ("Polygon", "MultiPolygon"):
        layer = _layer(facts, PLOTS)
        for part, polygon in enumerate(shapely.get_parts(shape)):
            number = part + 1 if kind == "MultiPolygon" else 0
            for ring, edge in enumerate([polygon.exterior, *polygon.interiors]):
                entity = _polyline(space, edge, layer, closed=True)
                cells = facts if number <= 1 and ring == 0 else {}
                _mark(entity, row, number, ring, cells)
    elif kind == "Point":
        place = shapely.get_coordinates(shape)[0].tolist()
        point = space.add_point(place, dxfattribs={"layer": _layer(facts, SITES)})
        _mark(point, row, 0, 0, facts)
    elif kind == "LineString":
        line = _polyline(space, shape, _layer(facts, LINES), closed=False)
        _mark(line, row, 0, 0, facts)
    else:
        msg = f"{table.where(row)}: cannot be drawn, expected a point or a polygon, got {kind};"
        msg += " write .geojson or .gpkg to keep the row"
        raise DataError(msg)


def _polyline(space: Modelspace, line: shapely.Geometry, layer: str, *, closed: bool) -> LWPolyline:
    """Draw a line; its points are set at once, because ezdxf copies all of them for each."""
    xy = shapely.get_coordinates(line)
    points = np.zeros((len(xy) - closed, POINT_ITEMS))
    points[:, :2] = xy[: len(points)]
    entity = space.add_lwpolyline([], close=closed, dxfattribs={"layer": layer})
    entity.lwpoints.extend(points)
    return entity


def _layer(facts: dict[str, Any], otherwise: str) -> str:
    """Return the layer of a row: its own if it has one that a drawing can have."""
    own = facts.get(LAYER)
    sound = isinstance(own, str) and own.strip() and not set(own) & set('<>/\\":;?*=`|,')
    return str(own) if sound else otherwise


def _mark(entity: Any, row: int, part: int, ring: int, cells: dict[str, Any]) -> None:  # noqa: ANN401
    """Put row, part, ring and cells on an entity."""
    kept = {"row": row, "part": part, "ring": ring, "cells": cells}
    text = json.dumps(kept, ensure_ascii=False)
    chunks = [text[k : k + CHUNK] for k in range(0, len(text), CHUNK)]
    entity.set_xdata(APP, [(1000, chunk) for chunk in chunks])


def _plain(cell: object) -> object:
    """Return a cell as JSON has it; a date becomes text."""
    if hasattr(cell, "item"):
        cell = cell.item()
    return cell if cell is None or isinstance(cell, SHORT) else as_text(cell)
