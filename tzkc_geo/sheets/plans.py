"""The figures of the plan: overview, extent, clusters, carriers and linkage, one cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.errors import DataError
from tzkc_geo.maps.words import GRADES, WORDS, short_accuracy, unit_name
from tzkc_geo.model import UnitKind
from tzkc_geo.palette import colours
from tzkc_geo.sheets import ground
from tzkc_geo.sheets.labels import Name, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitRow
    from tzkc_geo.sheets.page import Page, World

LEGEND: Final = ("图例", "Legend")
REPORTED: Final = ("规划面积", "reported area")
MEASURED: Final = ("椭球面积", "measured area")
CORRIDOR_LINE: Final[dict[str, Any]] = {"color": "#333333", "lw": 1.6, "zorder": 7}
STATIONS: Final[dict[str, dict[str, Any]]] = {
    "S1": {"marker": "o", "mfc": "#111111", "mec": "#111111", "ms": 3.5, "ls": "none"},
    "S2": {"marker": "o", "mfc": "white", "mec": "#111111", "ms": 3.5, "ls": "none"},
}
STATION_WORDS: Final = {
    "S1": ("S1 车站（运营）", "S1 station (operating)"),
    "S2": ("S2 车站（规划，位置为近似）", "S2 station (planned, position approximate)"),
}
SIDES: Final = ("边线与 95% 精度", "Sides and 95 % accuracy")
SHOWN: Final = (
    "图上注记：四至所提之线，与有 95% 精度（±）之边",
    "Labelled: lines that the four sides name, and sides with a 95 % accuracy (±)",
)
NO_POSITION: Final = (
    "上列平台规划未给出位置，故只列名、不上图",
    "The plan states no position for these: listed, not drawn",
)


def overview(page: Page, world: World) -> None:
    """Draw corridor, core and zones, clusters by number, stations (as figure 3-1)."""
    catalog = world.catalog
    ground.frame(page, [catalog.polygons["corridor"]])
    zones, clusters = _zones(catalog), _clusters(catalog)
    for row in zones:
        style = zone_style(row)
        ground.area(page, catalog.polygons[row.unit_id], gid=f"map:{row.unit_id}", **style)
    for row in clusters:
        outline = catalog.polygons[row.unit_id]
        ground.outline(page, outline, color=colours(row)[1], lw=0.8, ls=ground.DASH)
    ground.outline(page, catalog.polygons["corridor"], **CORRIDOR_LINE)
    names = [_named(page, catalog, row, size=11.0) for row in zones]
    names += [_named(page, catalog, row, text=row.unit_id, size=7.5) for row in clusters]
    page.heading(page.pick(LEGEND))
    page.sign(page.pick(WORDS["corridor"]), **_line(CORRIDOR_LINE))
    for row in zones:
        gid = f"legend:{row.unit_id}"
        page.entry(_with_area(page, row), gid=gid, **zone_style(row))
    dashes: dict[str, Any] = {"color": "#444444", "lw": 0.8, "ls": ground.DASH}
    page.sign(page.pick(("功能组团（编号见下）", "Clusters (numbers below)")), **dashes)
    names += _stations(page, catalog)
    _finish(page, names)
    page.heading(page.pick(WORDS["clusters"]))
    for row in clusters:
        page.write(f"{row.unit_id} {unit_name(row, page.look.lang)}", 7.5)


def extent(page: Page, world: World) -> None:
    """Draw the corridor's outline with the lines that make it (as figure 3-2)."""
    catalog = world.catalog
    row = catalog.unit("corridor")
    ground.frame(page, [catalog.polygons["corridor"]], 0.1)
    style: dict[str, Any] = {"facecolor": "#dde6ee", "edgecolor": "none"}
    ground.area(page, catalog.polygons["corridor"], gid="map:corridor", **style)
    for zone in _zones(catalog):
        ground.outline(page, catalog.polygons[zone.unit_id], color="#8899aa", lw=0.8)
    ground.outline(page, catalog.polygons["corridor"], **CORRIDOR_LINE)
    names = [_named(page, catalog, zone, size=9.0) for zone in _zones(catalog)]
    names += _edge_names(catalog, "corridor", known=True)
    page.heading(page.pick(LEGEND))
    page.entry(_with_area(page, row), gid="legend:corridor", **style)
    page.sign(
        page.pick(("走廊界线（示意）", "Corridor outline (schematic)")), **_line(CORRIDOR_LINE)
    )
    page.sign(page.pick(("核与片区界线", "Core and zone outlines")), color="#8899aa", lw=0.8)
    page.heading(page.pick(("四至（规划原文）", "Four sides (the plan's words)")))
    page.write(row.description_zh)
    page.write(page.pick(SHOWN), 7.0)
    _finish(page, names)


def clusters(page: Page, world: World) -> None:
    """Draw the clusters: colour by zone, hatch by grade (as figure 3-3)."""
    catalog = world.catalog
    rows = _clusters(catalog)
    ground.frame(page, [catalog.polygons[row.unit_id] for row in rows])
    for row in rows:
        ground.unit(page, catalog, row)
    names = [_named(page, catalog, row, size=8.5) for row in rows]
    page.heading(page.pick(WORDS["grades"]))
    ground.grades(page, (catalog.results[row.unit_id].grade for row in rows))
    page.heading(page.pick(WORDS["list"]))
    for zone in _zones(catalog):
        page.write(unit_name(zone, page.look.lang), 8.0)
        for row in rows:
            if row.parent_id == zone.unit_id:
                _cluster_entry(page, catalog, row)
    _finish(page, names)


def carriers(page: Page, world: World) -> None:
    """Draw clusters with first-phase areas and hubs; list the platforms (as figure 3-4)."""
    if world.plan is None:
        msg = "figure 'carriers': the plan's tables are missing, expected World.plan, got None"
        raise DataError(msg)
    catalog = world.catalog
    rows = _clusters(catalog)
    ground.frame(page, [catalog.polygons[row.unit_id] for row in rows])
    names = []
    for row in rows:
        fill = zone_style(catalog.unit(row.parent_id or row.unit_id))["facecolor"]
        ground.unit(page, catalog, row, facecolor=fill)
        held = [f"{page.pick(pair)} {words}" for pair, words in _held(row)]
        text = "\n".join([row.unit_id, *held])
        names.append(_named(page, catalog, row, text=text, size=8.0 if held else 7.5))
    names.sort(key=lambda name: -len(name.text))
    page.heading(page.pick(("首建区、首聚地（标于所在组团）", "First-phase areas and hubs")))
    for zone in _zones(catalog):
        fill = zone_style(zone)["facecolor"]
        gid = f"legend:{zone.unit_id}"
        page.entry(unit_name(zone, page.look.lang), 7.5, gid=gid, facecolor=fill)
    ground.grades(page, (catalog.results[row.unit_id].grade for row in rows))
    for table, heading, column in (
        ("plan/table_3_3", ("产业承载平台（表3-3）", "Carriers (table 3-3)"), "area_zh"),
        ("plan/table_3_4", ("联动区（表3-4）", "Linkage areas (table 3-4)"), "district_zh"),
    ):
        page.heading(page.pick(heading))
        for cells in world.plan[table].rows.values():
            page.write(f"· {cells['platform_zh']}（{cells[column]}）", 6.8)
    page.write(page.pick(NO_POSITION), 6.8)
    _finish(page, names)


def cluster(page: Page, world: World, unit_id: str) -> None:
    """Draw one cluster with the names and accuracies of its sides, its neighbours in grey."""
    catalog = world.catalog
    row = catalog.unit(unit_id)
    ground.frame(page, [catalog.polygons[unit_id]], 0.22)
    names = [_named(page, catalog, row, size=12.0), *_edge_names(catalog, unit_id)]
    limits = shapely.box(*np.array([page.axes.get_xlim(), page.axes.get_ylim()]).T.ravel())
    for other in _clusters(catalog):
        seen = ground.drawn(catalog.polygons[other.unit_id]).intersection(limits)
        if other.unit_id != unit_id and not seen.is_empty:
            grey = {"facecolor": "#e6e6e6", "edgecolor": "#aaaaaa", "linewidth": 0.6}
            ground.area(page, catalog.polygons[other.unit_id], **grey)
            x, y = shapely.point_on_surface(seen).coords[0]
            names.append(Name(x=x, y=y, text=other.unit_id, size=7.5, colour="#555555", on=True))
    ground.unit(page, catalog, row)
    _cluster_panel(page, catalog, row)
    _finish(page, names)


def _cluster_panel(page: Page, catalog: Catalog, row: UnitRow) -> None:
    """Write the legend of one cluster, its figures, and the words that its sides come from."""
    result, unit_id = catalog.results[row.unit_id], row.unit_id
    page.heading(page.pick(LEGEND))
    _cluster_entry(page, catalog, row)
    neighbours = page.pick(("相邻组团", "other clusters"))
    page.entry(neighbours, facecolor="#e6e6e6", edgecolor="#aaaaaa", linewidth=0.6)
    ground.grades(page, [result.grade])
    page.heading(page.pick(("数据", "Figures")))
    spread = "" if result.area_sigma_km2 is None else f" ± {1.96 * result.area_sigma_km2:.2f}"
    page.write(f"{page.pick(REPORTED)} {row.reported_area_km2} km²")
    page.write(f"{page.pick(MEASURED)} {result.area_km2:.2f}{spread} km²")
    for pair, words in _held(row):
        page.write(f"{page.pick(pair)}: {words}")
    page.heading(page.pick(("四至（规划原文）", "Four sides (the plan's words)")))
    page.write(row.description_zh)
    page.heading(page.pick(SIDES))
    page.write(
        page.pick(("± 95% 精度；[ ] 无精度时的示意带", "± accuracy; [ ] band if there is none")),
        7.0,
    )
    for text in dict.fromkeys(
        f"{e.name_zh} {short_accuracy(e)}" for e in _lines_of(catalog, unit_id)
    ):
        page.write(f"· {text}", 7.5)


def _held(row: UnitRow) -> list[tuple[tuple[str, str], str]]:
    """Return the first-phase area and the first hub in a cluster, as far as it has them."""
    area, hub = ("首建区", "First-phase area"), ("首聚地", "First hub")
    pairs = ((area, row.starter_area_zh), (hub, row.first_hub_zh))
    return [(pair, words) for pair, words in pairs if words]


def zone_style(row: UnitRow) -> dict[str, Any]:
    """Return how a zone is filled on the overview, on the map as in the legend."""
    from matplotlib.colors import to_rgba

    fill, line = colours(row)
    return {"facecolor": to_rgba(fill, 0.35), "edgecolor": line, "linewidth": 0.8}


def _cluster_entry(page: Page, catalog: Catalog, row: UnitRow) -> None:
    grade = catalog.results[row.unit_id].grade
    words = f"{row.unit_id} {_with_area(page, row)} · {page.pick(GRADES[grade][0])}"
    style = ground.unit_style(row, grade) | {"edgecolor": colours(row)[1], "linewidth": 0.8}
    page.entry(words, 7.5, gid=f"legend:{row.unit_id}", **style)


def _with_area(page: Page, row: UnitRow) -> str:
    return f"{unit_name(row, page.look.lang)} {row.reported_area_km2} km²"


def _finish(page: Page, names: list[Name]) -> None:
    """Draw the scale bar and the arrow, write the names, and say how many found no room."""
    if left_out := place(page, names, ground.furniture(page)):
        texts = page.pick(("、", ", ")).join(name.text.split("\n")[0] for name in left_out)
        page.write(f"{page.pick(('图上未注记', 'no room on the map'))}: {texts}", 6.5)


def _stations(page: Page, catalog: Catalog) -> Iterator[Name]:
    """Draw the stations of S1 and S2 that lie on the map; name those where both meet."""
    (west, east), (south, north) = page.axes.get_xlim(), page.axes.get_ylim()
    for line, style in STATIONS.items():
        page.sign(page.pick(STATION_WORDS[line]), **style)
        for row in catalog.stations:
            if row.line != line or row.lon is None or row.lat is None:
                continue
            x, y = ground.km(np.array([[row.lon, row.lat]]))[0].tolist()
            if west < x < east and south < y < north:
                page.axes.plot(x, y, **style, zorder=10)
                text = (row.name_zh, row.name_en)[page.look.lang]
                yield Name(x=x, y=y, text=text, size=6.0, colour="#333333")


def _edge_names(catalog: Catalog, unit_id: str, *, known: bool = False) -> Iterator[Name]:
    """Yield the name and accuracy of each side, or of those ``known``, by its longest edge."""
    whole = ground.drawn(catalog.polygons[unit_id])
    longest: dict[str, tuple[float, Any, str]] = {}
    said = catalog.unit(unit_id).description_zh
    for edge in _lines_of(catalog, unit_id):
        if known and edge.accuracy_m is None and edge.name_zh not in said:
            continue
        line = shapely.LineString(ground.km(edge.points))
        if line.length > longest.get(edge.name_zh, (0.0, None, ""))[0]:
            longest[edge.name_zh] = (line.length, line, f"{edge.name_zh} {short_accuracy(edge)}")
    for _, line, text in longest.values():
        x, y = line.interpolate(0.5, normalized=True).coords[0]
        turn = _outward(line, whole)
        yield Name(x=x, y=y, text=text, size=7.5, colour="#222222", turn=turn)


def _outward(line: Any, whole: Any) -> float:  # noqa: ANN401 - untyped shapely
    """Return the direction, radians from the east, that leads away from a unit at a line."""
    before, middle, after = (
        np.array(line.interpolate(share, normalized=True).coords[0]) for share in (0.45, 0.5, 0.55)
    )
    east, north = after - before
    turn = float(np.arctan2(east, -north))
    step = line.length / 50.0 * np.array([np.cos(turn), np.sin(turn)])
    return turn + np.pi if whole.contains(shapely.Point(middle + step)) else turn


def _lines_of(catalog: Catalog, unit_id: str) -> Iterator[Any]:
    return (edge for edge in catalog.edges_of(unit_id) if edge.line_id)


def _named(
    page: Page, catalog: Catalog, row: UnitRow, *, size: float, text: str | None = None
) -> Name:
    """Return the name of a unit, in the middle of its largest part."""
    largest = max(shapely.get_parts(catalog.polygons[row.unit_id]), key=shapely.area)
    inner = shapely.maximum_inscribed_circle(ground.drawn(largest), tolerance=0.02)
    x, y = inner.coords[0]
    if text is None:
        text = unit_name(row, page.look.lang)
        text = f"{row.unit_id} {text}" if row.kind is UnitKind.CLUSTER else text
    return Name(x=x, y=y, text=text, size=size, colour=colours(row)[1], on=True)


def _line(style: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in style.items() if key != "zorder"}


def _zones(catalog: Catalog) -> list[UnitRow]:
    return _of_kind(catalog, (UnitKind.CORE, UnitKind.ZONE))


def _clusters(catalog: Catalog) -> list[UnitRow]:
    return _of_kind(catalog, (UnitKind.CLUSTER,))


def _of_kind(catalog: Catalog, kinds: Iterable[UnitKind]) -> list[UnitRow]:
    return [row for row in catalog.units if row.kind in kinds]
