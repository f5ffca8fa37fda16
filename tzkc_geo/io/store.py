"""Write the derived files and read them back; the values survive to the last bit."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tzkc_geo._version import __version__
from tzkc_geo.catalog import Catalog, Tables
from tzkc_geo.errors import StaleError
from tzkc_geo.io.folder import DataFolder, read_json, write_all
from tzkc_geo.model import AreaVerdict, Edge, Grade, UnitResult

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

UNITS = "units.geojson"
EDGES = "edges.geojson"
ADJUSTMENT = "adjustment.json"
MANIFEST = "manifest.json"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0; 示意图，非法定边界"
RESULT_FIELDS = (
    "area_km2",
    "area_sigma_km2",
    "leave_one_out_km2",
    "leave_one_out_sigma_km2",
    "redundancy",
    "w",
    "method",
)


def derived_texts(catalog: Catalog) -> dict[str, str]:
    """Return the derived files of a catalog, text by name; equal catalogs give equal bytes."""
    texts = {
        UNITS: collection_text(unit_features(catalog)),
        EDGES: collection_text([_edge_feature(edge) for edge in catalog.edges]),
        ADJUSTMENT: _lines_of(dict(catalog.adjustment)),
    }
    hashes = {name: _sha256(text.encode()) for name, text in texts.items()}
    manifest = {
        "digest": catalog.digest,
        "edition": catalog.edition_date,
        "version": __version__,
        "sha256": hashes,
    }
    texts[MANIFEST] = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    return texts


def write_derived(catalog: Catalog, folder: DataFolder) -> Path:
    """Write the derived files of a catalog, all of them or none; return their folder."""
    write_all(folder.derived, derived_texts(catalog), remedy="give another one with --data DIR")
    return folder.derived


def is_fresh(tables: Tables, folder: DataFolder) -> bool:
    """Say whether the derived files are whole and were made from these tables."""
    if not (folder.derived / MANIFEST).is_file():
        return False
    manifest = read_json(folder.derived / MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("digest") != tables.digest:
        return False
    found = {name: folder.derived / name for name in (UNITS, EDGES, ADJUSTMENT)}
    hashes = {name: _sha256(p.read_bytes()) for name, p in found.items() if p.is_file()}
    return bool(manifest.get("sha256") == hashes)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def read_derived(tables: Tables, folder: DataFolder) -> Catalog:
    """Return the catalog that was written.

    Raises
    ------
    StaleError
        The derived files do not belong to these tables.
    """
    if not is_fresh(tables, folder):
        where = f"{folder.derived.name}/{MANIFEST}"
        msg = f"{where}: is stale, expected digest {tables.digest[:12]}; run tzkc build"
        raise StaleError(msg)
    units = read_json(folder.derived / UNITS)["features"]
    edges = read_json(folder.derived / EDGES)["features"]
    return Catalog(
        units=tables.units,
        results={f["properties"]["unit_id"]: _result(f["properties"]) for f in units},
        polygons={
            f["properties"]["unit_id"]: shapely.from_geojson(json.dumps(f["geometry"]))
            for f in units
        },
        edges=tuple(_edge(f) for f in edges),
        places=tables.places,
        stations=tables.stations,
        adjustment=read_json(folder.derived / ADJUSTMENT),
        digest=tables.digest,
        exceptions=tables.exceptions,
        edition_date=tables.edition_date,
        transport=tables.transport,
    )


def unit_features(catalog: Catalog) -> list[dict[str, Any]]:
    """Return one GeoJSON feature a unit: EPSG:4490 lon lat, unrounded, with its edges' names."""
    features = []
    for row in catalog.units:
        result = catalog.results[row.unit_id]
        properties: dict[str, Any] = {
            "unit_id": row.unit_id,
            "kind": str(row.kind),
            "parent_id": row.parent_id,
            "name_zh": row.name_zh,
            "name_en": row.name_en,
            "reported_area_km2": row.reported_area_km2,
            **{field: getattr(result, field) for field in RESULT_FIELDS},
            "grade": str(result.grade),
            "verdict": str(result.verdict),
            "edges": [edge.name_zh for edge in catalog.edges_of(row.unit_id)],
        }
        features.append(
            {
                "type": "Feature",
                "id": row.unit_id,
                "properties": properties,
                "geometry": _geometry(catalog.polygons[row.unit_id]),
            }
        )
    return features


def exported_features(catalog: Catalog) -> list[dict[str, Any]]:
    """Return `unit_features`, each with the edition that it is of, so that it may go alone."""
    edition = {f"edition_{key}": value for key, value in catalog.edition.items()}
    return [{**f, "properties": {**f["properties"], **edition}} for f in unit_features(catalog)]


def _geometry(shape: shapely.Polygon | shapely.MultiPolygon) -> dict[str, Any]:
    """Return a GeoJSON geometry; coordinates keep all their bits."""
    geometry: dict[str, Any] = dict(shapely.geometry.mapping(shape))
    return geometry


def _edge_feature(edge: Edge) -> dict[str, Any]:
    properties = {
        "unit_id": edge.unit_id,
        "line_id": edge.line_id,
        "name_zh": edge.name_zh,
        "text_zh": edge.text_zh,
        "sigma_m": None if edge.sigma_m is None else edge.sigma_m.tolist(),
        "accuracy_m": edge.accuracy_m,
        "band_m": edge.band_m,
        "how": edge.how,
    }
    geometry = {"type": "LineString", "coordinates": edge.points.tolist()}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _edge(feature: dict[str, Any]) -> Edge:
    facts = feature["properties"]
    sigma = facts["sigma_m"]
    return Edge(
        unit_id=facts["unit_id"],
        line_id=facts["line_id"],
        name_zh=facts["name_zh"],
        text_zh=facts["text_zh"],
        points=np.array(feature["geometry"]["coordinates"], dtype=np.float64),
        sigma_m=None if sigma is None else np.array(sigma, dtype=np.float64),
        accuracy_m=facts["accuracy_m"],
        band_m=facts["band_m"],
        how=facts["how"],
    )


def _result(facts: dict[str, Any]) -> UnitResult:
    return UnitResult(
        unit_id=facts["unit_id"],
        **{field: facts[field] for field in RESULT_FIELDS},
        grade=Grade(facts["grade"]),
        verdict=AreaVerdict(facts["verdict"]),
    )


def collection_text(features: Iterable[dict[str, Any]], **members: object) -> str:
    """Return a FeatureCollection with one feature a line, so that a diff shows what moved.

    ``members`` are further members of the collection, such as a ledger.
    """
    body = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in features)
    head = {"type": "FeatureCollection", "attribution": ATTRIBUTION, **members}
    return json.dumps(head, ensure_ascii=False)[:-1] + f', "features": [\n{body}\n]}}\n'


def _lines_of(content: dict[str, Any]) -> str:
    """Return an object with one list item a line."""
    parts = []
    for key, value in content.items():
        if isinstance(value, list):
            items = ",\n".join(json.dumps(v, ensure_ascii=False, allow_nan=False) for v in value)
            parts.append(f"{json.dumps(key)}: [\n{items}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def geojson_text(catalog: Catalog) -> str:
    """Return the units as a GeoJSON text, EPSG:4490 lon lat; it says its edition (版本)."""
    return collection_text(exported_features(catalog), edition=catalog.edition)
