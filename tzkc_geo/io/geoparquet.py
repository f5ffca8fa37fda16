"""A collection as GeoParquet 1.1: typed columns, and the bounds of each shape (covering)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.collections import FLAG, NUMBER, TEXT, WHOLE
from tzkc_geo.io.arrow_files import GEOMETRY, geo_facts, wkb_cells

if TYPE_CHECKING:
    import pyarrow as pa

    from tzkc_geo.collections import Collection, Shapes

BBOX: Final = "bbox"
CORNERS: Final = ("xmin", "ymin", "xmax", "ymax")
TYPES: Final = {TEXT: "string", NUMBER: "float64", WHOLE: "int64", FLAG: "bool"}


def geoparquet(one: Collection, *, epsg: int) -> bytes:
    """Return a collection as GeoParquet 1.1.

    Parameters
    ----------
    one
        Its columns keep their type where no cell is known; what they are stands in the metadata
        of each field as ``about`` and ``unit``. Shapes have x = easting or longitude first.
    epsg
        System of the shapes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {name: pa.type_for_alias(alias) for name, alias in TYPES.items()}
    arrays = [pa.array(one.values[c.name], kinds[c.kind]) for c in one.columns]
    fields = [
        pa.field(c.name, kinds[c.kind], metadata={"about": c.about, "unit": c.unit})
        for c in one.columns
    ]
    boxes = _boxes(one.shapes)
    facts = geo_facts(one.shapes, epsg)
    facts["columns"][GEOMETRY]["covering"] = {BBOX: {name: [BBOX, name] for name in CORNERS}}
    schema = pa.schema(
        [*fields, pa.field(BBOX, boxes.type), pa.field(GEOMETRY, pa.binary())],
        metadata={"geo": json.dumps(facts)},
    )
    content = pa.Table.from_arrays(
        [*arrays, boxes, pa.array(wkb_cells(one.shapes), pa.binary())], schema=schema
    )
    sink = pa.BufferOutputStream()
    pq.write_table(content, sink, compression="zstd")
    return bytes(sink.getvalue())


def _boxes(shapes: Shapes) -> pa.StructArray:
    """Return the bounds of each shape; null where there is none."""
    import pyarrow as pa

    missing = shapely.is_missing(shapes)
    bounds = np.reshape(shapely.bounds(shapes), (-1, len(CORNERS)))
    return pa.StructArray.from_arrays(
        [pa.array(column) for column in bounds.T], list(CORNERS), mask=pa.array(missing)
    )
