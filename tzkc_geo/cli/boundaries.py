"""``tzkc boundaries``: bring your own surveyed lines and outlines."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show
from tzkc_geo.cli.state import catalog_of, folder_of
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.catalog import Catalog

app = typer.Typer(
    no_args_is_help=True,
    help="Add surveyed boundaries to your data folder. 加入实测边界",
)


@app.callback()
def group() -> None:
    """Add surveyed boundaries to your data folder. 加入实测边界."""


@app.command(
    epilog="Example: tzkc --data mine boundaries add road.gpkg --line jiaojin-line"
    " --source 'city survey 2026' --sigma-m 0.5"
)
def add(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage or Shapefile. 文件")],
    source: Annotated[str, typer.Option("--source", help="Who surveyed it. 来源")],
    sigma_m: Annotated[float, typer.Option("--sigma-m", help="One sigma, metres. 中误差")],
    line: Annotated[str | None, typer.Option("--line", help="Line id. 参照线")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Cluster id. 组团")] = None,
    epsg: Annotated[
        int | None, typer.Option("--epsg", help="EPSG code, if the file does not say. 坐标系")
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", help="YYYY-MM-DD; today if not said. 日期")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Add a surveyed line or outline, rebuild, and print the change per unit in m2. 加入并重算."""
    from tzkc_geo.io.load import rebuild
    from tzkc_geo.io.surveys import SurveyFile, line_texts, unit_texts

    if not 0 < sigma_m < float("inf"):
        msg = f"--sigma-m: is not usable, expected a number of metres above 0, got {sigma_m}"
        raise DataError(msg)
    if not source.strip():
        msg = "--source: is empty, expected who surveyed it"
        raise DataError(msg)
    folder = folder_of(context)
    survey = SurveyFile(
        path=file, epsg=epsg, source=source.strip(), sigma_m=sigma_m, date=_day(date)
    )
    if line is not None and unit is None:
        texts = line_texts(folder, survey, line)
    elif unit is not None and line is None:
        texts = unit_texts(folder, survey, unit)
    else:
        got = "none" if line is None else "both"
        msg = f"boundaries add: target is not clear, expected either --line or --unit, got {got}"
        raise DataError(msg)
    before = catalog_of(context)
    with show.stages() as progress:
        after, _ = rebuild(folder, texts=texts, progress=progress)
    changes = _changes(before, after)
    if json:
        show.as_json({"added": line or unit, "changes": changes, "digest": after.digest})
    else:
        show.changes_table(changes)


def _day(text: str | None) -> str:
    """Return a day as YYYY-MM-DD; today if none is said."""
    if text is None:
        return datetime.now(UTC).date().isoformat()
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError as exc:
        msg = f"--date: is not a day, expected YYYY-MM-DD, got {text!r}"
        raise DataError(msg) from exc


def _changes(before: Catalog, after: Catalog) -> list[dict[str, object]]:
    """Return for every unit how its area changed and how much ground changed hands."""
    rows: list[dict[str, object]] = []
    for unit in after.units:
        old, new = (c.polygons[unit.unit_id] for c in (before, after))
        result = after.results[unit.unit_id]
        rows.append(
            {
                "unit_id": unit.unit_id,
                "name_zh": unit.name_zh,
                "change_m2": (result.area_km2 - before.results[unit.unit_id].area_km2) * 1e6,
                "gained_m2": _area_m2(new.difference(old)),
                "lost_m2": _area_m2(old.difference(new)),
                "grade": str(result.grade),
                "verdict": str(result.verdict),
            }
        )
    return rows


def _area_m2(shape: BaseGeometry) -> float:
    """Return the statutory area of the areal parts of a geometry, EPSG:4490."""
    import shapely

    from tzkc_geo import geodesy

    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return float(geodesy.polygon_areas_m2(parts).sum())
