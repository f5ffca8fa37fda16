"""Add a surveyed line or outline to a user's data folder (`tzkc boundaries add`)."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError, UnknownIdError
from tzkc_geo.io import parsers
from tzkc_geo.io.folder import DataFolder, user_folder
from tzkc_geo.io.rows import read_rows
from tzkc_geo.io.shapes import features
from tzkc_geo.io.tables import read_tables
from tzkc_geo.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.model import ReferenceLine

CONTROL_POINTS = 7  # points of a surveyed line that enter the adjustment
PRIOR_WIDTH = 100.0  # the prior is this much wider than the survey, so that its points decide
PRIOR_ROTATION_M_PER_KM = 100.0
FAR_M = 20_000.0  # a survey further from what it replaces has the wrong CRS
FORMATS = (".geojson", ".json", ".gpkg", ".shp")


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFile:
    """What a GIS office brings: a file and what it says."""

    path: Path
    epsg: int | None  # None: the file's own
    source: str
    sigma_m: float
    date: str


def line_texts(folder: DataFolder, survey: SurveyFile, line_id: str) -> dict[str, str]:
    """Return the user's tables with a surveyed line in place of the approximate one.

    Older control points of the line are set aside: the survey supersedes them. Nothing is
    written; see `tzkc_geo.io.load.rebuild`.

    Raises
    ------
    DataError
        There is no user's folder, no such line, or the file does not hold one line near it.
    CrsError
        The file does not say its CRS, or its coordinates do not fit it.
    """
    user = user_folder(folder)
    tables = read_tables(folder)
    old = next((line for line in tables.lines if line.line_id == line_id), None)
    if old is None:
        msg = f"--line: {line_id!r} points at nothing, expected a line_id of lines.csv"
        raise UnknownIdError(msg)
    points = _line_points(survey)
    _check_near(survey, shapely.LineString(points), shapely.LineString(old.points), line_id)
    if float(points[-1] @ _chord(old.points)) < float(points[0] @ _chord(old.points)):
        points = points[::-1]
    source_id = _source_id(survey, line_id)
    prior = {
        "line_id": line_id,
        "sigma_offset_m": PRIOR_WIDTH * survey.sigma_m,
        "sigma_rotation_m_per_km": PRIOR_ROTATION_M_PER_KM,
        "source_id": source_id,
        "reason": "wide, so that the points of the survey decide",
    }
    older = _superseded(folder, line_id, source_id)
    rows = {
        "sources": [_source_row(survey, source_id)],
        "lines": [_line_row(old, source_id, f"surveyed {survey.date}; {survey.source}")],
        "priors": [prior],
        "observations": [*older, *_control(points, survey, line_id, source_id)],
    }
    feature = {
        "type": "Feature",
        "properties": {"line_id": line_id},
        "geometry": {"type": "LineString", "coordinates": points.tolist()},
    }
    shapes = _with_feature(user / "lines.geojson", feature, "line_id")
    return {**_overlay(user, rows), "lines.geojson": shapes}


def unit_texts(folder: DataFolder, survey: SurveyFile, unit_id: str) -> dict[str, str]:
    """Return the user's tables with a surveyed outline in place of the derived one.

    Nothing is written; see `tzkc_geo.io.load.rebuild`.

    Raises
    ------
    DataError
        There is no user's folder, no such cluster, or the file does not hold one valid outline
        without holes near the cluster.
    CrsError
        The file does not say its CRS, or its coordinates do not fit it.
    """
    user = user_folder(folder)
    tables = read_tables(folder)
    clusters = [u.unit_id for u in tables.units if u.kind is UnitKind.CLUSTER]
    if unit_id not in clusters:
        msg = f"--unit: {unit_id!r} is not a cluster, expected one of {', '.join(clusters)}"
        raise UnknownIdError(msg)
    shape = _one_shape(survey, ("Polygon", "MultiPolygon"))
    parts = shapely.get_parts(shape)
    if not shape.is_valid or any(part.interiors for part in parts):
        got = "holes" if shape.is_valid else shapely.is_valid_reason(shape).lower()
        msg = f"{survey.path.name}: outline is not usable, expected simple rings, got {got}"
        raise DataError(msg)
    seeds = [seed for r in tables.readings if r.unit_id == unit_id for seed in r.seeds]
    _check_near(survey, shape, shapely.MultiPoint(seeds), unit_id)
    source_id = _source_id(survey, unit_id)
    feature = {
        "type": "Feature",
        "properties": {
            "unit_id": unit_id,
            "source_id": source_id,
            "sigma_m": survey.sigma_m,
            "date": survey.date,
        },
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": [[shapely.get_coordinates(p.exterior).tolist()] for p in parts],
        },
    }
    shapes = _with_feature(user / "surveys.geojson", feature, "unit_id")
    sources = _overlay(user, {"sources": [_source_row(survey, source_id)]})
    return {**sources, "surveys.geojson": shapes}


def _one_shape(survey: SurveyFile, kinds: Sequence[str]) -> BaseGeometry:
    """Return the one geometry of a vector file in lon lat, EPSG:4490."""
    shapes, stated = _read_shapes(survey.path)
    name = survey.path.name
    if len(shapes) != 1 or shapes[0].geom_type not in kinds:
        got = ", ".join(shape.geom_type for shape in shapes) or "nothing"
        msg = f"{name}: expected one {' or '.join(kinds)}, got {got:.80}"
        raise DataError(msg)
    epsg = survey.epsg or stated
    if epsg is None:
        msg = f"{name}: CRS has no known EPSG code, expected one such as 4549; give --epsg CODE"
        raise CrsError(msg)
    flat = shapely.force_2d(shapes[0])
    try:
        moved: BaseGeometry = shapely.transform(flat, lambda xy: crs.unproject(xy, epsg))
    except CrsError as exc:
        msg = f"{name}: {exc}"
        raise CrsError(msg) from exc
    return moved


def _read_shapes(path: Path) -> tuple[list[BaseGeometry], int | None]:
    """Return the geometries of a vector file of one layer, and the EPSG code that it states."""
    if path.suffix.lower() not in FORMATS:
        msg = f"{path.name}: format is not known, expected one of {', '.join(FORMATS)}"
        raise DataError(msg)
    if not path.is_file():
        msg = f"{path.name}: file does not exist, expected a line or polygon file"
        raise DataError(msg)
    import pyogrio
    from pyproj import CRS

    try:
        layers = [str(layer) for layer, _ in pyogrio.list_layers(path)]
        if len(layers) != 1:
            msg = f"{path.name}: expected one layer, got {', '.join(layers) or 'none'}"
            raise DataError(msg)
        meta, _, wkb, _ = pyogrio.raw.read(path, columns=[])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as exc:
        msg = f"{path.name}: cannot be read, expected a vector file, got {exc}"
        raise DataError(msg) from exc
    found = shapely.from_wkb(wkb) if wkb is not None else []
    shapes = [shape for shape in found if shape is not None and not shape.is_empty]
    stated = CRS.from_user_input(meta["crs"]).to_epsg() if meta["crs"] else None
    return shapes, stated


def _line_points(survey: SurveyFile) -> NDArray[np.float64]:
    """Return the vertices of the one continuous line of a file, shape ``(n, 2)``, lon lat."""
    merged = shapely.line_merge(_one_shape(survey, ("LineString", "MultiLineString")))
    if merged.geom_type != "LineString" or merged.is_closed:
        got = "a closed ring" if merged.geom_type == "LineString" else "parts that do not join"
        msg = f"{survey.path.name}: line is not usable, expected one open line, got {got}"
        raise DataError(msg)
    return np.asarray(shapely.get_coordinates(merged))


def _check_near(survey: SurveyFile, new: BaseGeometry, old: BaseGeometry, name: str) -> None:
    """Raise `CrsError` where a survey lies far from what it replaces."""
    apart = shapely.transform(new, crs.to_metric).distance(shapely.transform(old, crs.to_metric))
    if apart > FAR_M:
        msg = (
            f"{survey.path.name}: lies {apart / 1000:.0f} km from {name!r}, expected at most"
            f" {FAR_M / 1000:g} km; say the right CRS with --epsg CODE"
        )
        raise CrsError(msg)


def _chord(points: NDArray[np.float64]) -> NDArray[np.float64]:
    chord: NDArray[np.float64] = points[-1] - points[0]
    return chord


def _source_id(survey: SurveyFile, target: str) -> str:
    return f"survey-{target}-{survey.date}"


def _source_row(survey: SurveyFile, source_id: str) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "title": survey.source,
        "publisher": "",
        "date": survey.date,
        "address": survey.path.name,
        "licence": "user data",
        "note": f"sigma {survey.sigma_m:g} m",
    }


def _line_row(old: ReferenceLine, source_id: str, note: str) -> dict[str, Any]:
    return {
        "line_id": old.line_id,
        "name_zh": old.name_zh,
        "aliases": ";".join(old.aliases),
        "kind": str(old.kind),
        "band_m": old.band_m,
        "source_id": source_id,
        "note": note,
    }


def _superseded(folder: DataFolder, line_id: str, source_id: str) -> list[dict[str, Any]]:
    """Return the older observations of a line, set aside with the reason."""
    found = {}
    for path in folder.files("observations.csv"):
        for row in read_rows(path, parsers.OBSERVATIONS):
            cells = {name: row.text(name) for name in parsers.OBSERVATIONS}
            found[row.text("observation_id")] = cells
    return [
        {**cells, "used": "no", "reason": f"superseded by {source_id}"}
        for cells in found.values()
        if cells["line_id"] == line_id
    ]


def _control(
    points: NDArray[np.float64], survey: SurveyFile, line_id: str, source_id: str
) -> list[dict[str, Any]]:
    """Return points along the survey as observations, away from its vertices where it bends."""
    shares = (np.arange(CONTROL_POINTS) + 0.5) / CONTROL_POINTS
    picks = shapely.get_coordinates(
        shapely.line_interpolate_point(shapely.LineString(points), shares, normalized=True)
    )
    blank = dict.fromkeys(parsers.OBSERVATIONS, "")
    return [
        {
            **blank,
            "observation_id": f"{source_id}-p{k:02d}",
            "kind": "on_line",
            "line_id": line_id,
            "lon": float(lon),
            "lat": float(lat),
            "value": 0,
            "sigma": survey.sigma_m * float(np.sqrt(len(picks))),
            "source_id": source_id,
            "used": "yes",
            "note": "points of one survey share its error: sigma widened by their square root",
        }
        for k, (lon, lat) in enumerate(picks, start=1)
    ]


def _overlay(user: Path, rows: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return the CSV texts of the user's folder with these rows added or replaced.

    Columns that the user's tables have beyond ours are kept.
    """
    columns = {
        "sources": parsers.SOURCES,
        "lines": parsers.LINES,
        "priors": parsers.PRIORS,
        "observations": parsers.OBSERVATIONS,
    }
    texts = {}
    for table, added in rows.items():
        path, known = user / f"{table}.csv", columns[table]
        kept = [dict(r.cells) for r in read_rows(path, known)] if path.is_file() else []
        own = [name for row in kept[:1] for name in row if name not in known]
        merged = {str(row[known[0]]): row for row in [*kept, *added]}
        out = io.StringIO()
        writer = csv.DictWriter(out, [*known, *own], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(merged[name] for name in sorted(merged))
        texts[path.name] = out.getvalue()
    return texts


def _with_feature(path: Path, feature: dict[str, Any], key: str) -> str:
    """Return a FeatureCollection text with one feature added or replaced."""
    name = feature["properties"][key]
    old = features(path) if path.is_file() else []
    kept = [f for f in old if f["properties"][key] != name]
    content = {"type": "FeatureCollection", "features": [*kept, feature]}
    return json.dumps(content, ensure_ascii=False) + "\n"
