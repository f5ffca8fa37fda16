"""The conformance classes that are declared; each has tests of its behaviour."""

from __future__ import annotations

from typing import Final

SPEC: Final = "http://www.opengis.net/spec/"
CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "ogcapi-common-1/1.0": ("core", "landing-page", "json", "html", "oas30"),
    "ogcapi-common-2/1.0": ("collections",),
    "ogcapi-features-1/1.0": ("core", "geojson", "html", "oas30"),
    "ogcapi-features-2/1.0": ("crs",),
    "ogcapi-features-3/1.0": (
        *("queryables", "queryables-query-parameters", "filter", "features-filter"),
    ),
    "ogcapi-tiles-1/1.0": ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "png"),
    "cql2/1.0": (
        *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
        *("case-insensitive-comparison", "basic-spatial-functions"),
        *("basic-spatial-functions-plus", "spatial-functions", "property-property"),
    ),
}
CONFORMANCE: Final = tuple(
    f"{SPEC}{standard}/conf/{name}" for standard, names in CLASSES.items() for name in names
)
