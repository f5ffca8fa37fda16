"""What a GIS office brings: vector files of one line or one outline in a stated system."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from tzkc_geo import crs


def geojson(path: Path, shape: BaseGeometry, epsg: int | None) -> Path:
    """Write a shape given in EPSG:4490 as GeoJSON in another system, which the file states."""
    moved = shape if epsg is None else shapely.transform(shape, lambda xy: crs.project(xy, epsg))
    one = {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(moved))}
    content: dict[str, object] = {"type": "FeatureCollection", "features": [one]}
    if epsg is not None:
        content["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def vector(
    path: Path,
    shapes: Sequence[BaseGeometry],
    epsg: int | None,
    *,
    layer: str | None = None,
    append: bool = False,
) -> Path:
    """Write shapes given in EPSG:4490 as GeoPackage or Shapefile in another system."""
    moved = [
        shape if epsg is None else shapely.transform(shape, lambda xy: crs.project(xy, epsg))
        for shape in shapes
    ]
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(shape) for shape in moved], dtype=object),
        field_data=[],
        fields=[],
        geometry_type=moved[0].geom_type,
        crs=None if epsg is None else f"EPSG:{epsg}",
        layer=layer,
        append=append,
    )
    return path
