"""A hand-made catalog: 19 units of squares of about 1 km, with answers known by hand.

Four rows of squares, 0.01 degree wide and 0.009 degree high, north of one another; the row of
the core is the southernmost. Column 0 begins at 121.40 E, row 0 at 28.65 N; a row stands
0.02 degree north of the one before it. A zone is its squares and one square of infill east of them.

    z3    c11 c12 c13 c14 infill
    z2    c08 c09 c10 infill
    z1    c04 c05 c06 c07 infill
    core  c01 c02 c03 infill

Every side of a cluster has a standard deviation of 10 m, but for
the north side of c01: 5 m in its north-west corner, 25 m in its north-east corner;
the south side of c03: none, a band of 300 m;
all sides of c07: none, made by no clause, a band of 1000 m.
The outline of a zone has a band of 200 m, that of the corridor one of 100 m.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from tzkc_geo.catalog import Catalog
from tzkc_geo.model import (
    AreaVerdict,
    Edge,
    Grade,
    Place,
    Station,
    UnitKind,
    UnitResult,
    UnitRow,
)

WEST, SOUTH, WIDE, HIGH, RISE = 121.40, 28.65, 0.01, 0.009, 0.02
ROWS = {
    "core": ("c01", "c02", "c03"),
    "z1": ("c04", "c05", "c06", "c07"),
    "z2": ("c08", "c09", "c10"),
    "z3": ("c11", "c12", "c13", "c14"),
}
NAMES = {
    "corridor": ("台州湾科创走廊", "Taizhou Bay Sci-Tech Corridor"),
    "core": ("中央创新核", "Central Innovation Core"),
    "z1": ("椒江科创谷", "Jiaojiang Sci-Tech Valley"),
    "z2": ("永宁江科创带", "Yongning River Sci-Tech Belt"),
    "z3": ("环飞龙湖科创生态圈", "Feilong Lake Sci-Tech Ring"),
}
SIDES = (("东", "east"), ("南", "south"), ("西", "west"), ("北", "north"))


def corner(column: float, row: float) -> tuple[float, float]:
    """Return lon, lat of the south-west corner of a square."""
    return round(WEST + column * WIDE, 6), round(SOUTH + row * RISE, 6)


def middle(unit_id: str) -> tuple[float, float]:
    """Return lon, lat of the centre of a cluster."""
    for row, members in enumerate(ROWS.values()):
        if unit_id in members:
            lon, lat = corner(members.index(unit_id), row)
            return lon + WIDE / 2, lat + HIGH / 2
    raise KeyError(unit_id)


def box(west: float, south: float, columns: int = 1) -> shapely.Polygon:
    """Return some squares in a row as one polygon."""
    east = round(west + columns * WIDE, 6)
    return shapely.box(west, south, east, round(south + HIGH, 6))


def sides(polygon: shapely.Polygon) -> list[NDArray[np.float64]]:
    """Return the east, south, west and north side of a box, clockwise."""
    west, south, east, north = polygon.bounds
    ring = [(east, north), (east, south), (west, south), (west, north), (east, north)]
    return [np.array(ring[i : i + 2]) for i in range(4)]


def edge(unit_id: str, points: NDArray[np.float64], *, side: int, sigma: list[float]) -> Edge:
    """Return one side of a cluster that a named road makes."""
    zh, en = SIDES[side]
    name = f"{unit_id}{zh}路"
    return Edge(
        unit_id=unit_id,
        line_id=f"{unit_id}-{en}",
        name_zh=name,
        text_zh=f"{zh}至{name}",
        points=points,
        sigma_m=np.array(sigma),
        accuracy_m=1.96 * max(sigma),
        band_m=1000.0,
        how="area" if unit_id == "c02" and en == "east" else "observed",
    )


def loose(unit_id: str, points: NDArray[np.float64], *, band_m: float, line: str = "") -> Edge:
    """Return an edge without an accuracy."""
    return Edge(
        unit_id=unit_id,
        line_id=f"{unit_id}-{line}" if line else None,
        name_zh=f"{unit_id}{line or '示意边线'}",
        text_zh=f"南至{line}" if line else "",
        points=points,
        sigma_m=None,
        accuracy_m=None,
        band_m=band_m,
        how="prior" if line else "infill",
    )


def cluster_edges(unit_id: str, polygon: shapely.Polygon) -> list[Edge]:
    """Return the four sides of a cluster."""
    walk = sides(polygon)
    if unit_id == "c07":
        return [loose(unit_id, points, band_m=1000.0) for points in walk]
    sigma = [[10.0, 10.0]] * 4
    if unit_id == "c01":
        sigma[3] = [5.0, 25.0]
    edges = [edge(unit_id, points, side=i, sigma=sigma[i]) for i, points in enumerate(walk)]
    if unit_id == "c03":
        edges[1] = loose(unit_id, walk[1], band_m=300.0, line="规划路")
    return edges


def unit(unit_id: str, kind: UnitKind, parent_id: str | None) -> UnitRow:
    """Return the row of one unit."""
    zh, en = NAMES.get(unit_id, (f"组团{unit_id[1:]}", f"Cluster {unit_id[1:]}"))
    return UnitRow(
        unit_id=unit_id,
        kind=kind,
        parent_id=parent_id,
        name_zh=zh,
        name_en=en,
        aliases=(),
        reported_area_km2="0.98",
        description_zh="",
        build_out_zh="规划 2025 年建成。",
        build_out_year=2025,
        direction_zh="聚焦创新研发。",
        starter_area_zh="梦想园区" if unit_id == "c01" else "",
        first_hub_zh="",
        districts=(),
        source_id="toy",
    )


def result(unit_id: str) -> UnitResult:
    """Return the figures of one unit; only c01 has a checked area."""
    grade = Grade.SCHEMATIC
    if unit_id.startswith("c") and unit_id[1:].isdigit():
        named = {"c02": Grade.CLOSED, "c03": Grade.SCHEMATIC, "c07": Grade.SCHEMATIC}
        grade = named.get(unit_id, Grade.LOCATED)
    checked = unit_id == "c01"
    return UnitResult(
        unit_id=unit_id,
        area_km2=0.975,
        area_sigma_km2=0.02 if checked else None,
        leave_one_out_km2=0.97 if checked else None,
        leave_one_out_sigma_km2=0.03 if checked else None,
        redundancy=0.4 if checked else None,
        w=0.3 if checked else None,
        grade=grade,
        verdict=AreaVerdict.CONSISTENT if checked else AreaVerdict.NOT_CHECKABLE,
        method="toy",
    )


def station(station_id: str, line: str, lon: float | None, lat: float | None) -> Station:
    """Return one station."""
    return Station(
        station_id=station_id,
        line=line,
        seq=1,
        name_zh=f"{station_id}站",
        name_en=station_id.upper(),
        lon=lon,
        lat=lat,
        sigma_m=20.0,
        status="operating" if line == "S1" else "planned",
        opening="",
        structure="elevated",
        source_id="toy",
        note="",
    )


def place() -> Place:
    """Return a place in the middle of c02."""
    lon, lat = middle("c02")
    return Place(
        place_id="college",
        name_zh="台州学院",
        name_en="Taizhou University",
        kind="university",
        lon=lon,
        lat=lat,
        sigma_m=50.0,
        unit_id="c02",
        source_id="toy",
        note="",
    )


def catalog() -> Catalog:
    """Return the toy world."""
    polygons: dict[str, shapely.Polygon] = {}
    rows, loose_edges, edges = [], [], []
    for row, (zone, members) in enumerate(ROWS.items()):
        polygons[zone] = box(*corner(0, row), columns=len(members) + 1)
        loose_edges += [loose(zone, points, band_m=200.0) for points in sides(polygons[zone])]
        for column, cluster in enumerate(members):
            polygons[cluster] = box(*corner(column, row))
            rows.append(unit(cluster, UnitKind.CLUSTER, zone))
            edges += cluster_edges(cluster, polygons[cluster])
    zones = [polygons[zone] for zone in ROWS]
    frame = [loose("corridor", p, band_m=100.0) for zone in zones for p in sides(zone)]
    kinds = {zone: UnitKind.CORE if zone == "core" else UnitKind.ZONE for zone in ROWS}
    units = (
        unit("corridor", UnitKind.CORRIDOR, None),
        *(unit(zone, kind, "corridor") for zone, kind in kinds.items()),
        *rows,
    )
    return Catalog(
        units=units,
        results={row.unit_id: result(row.unit_id) for row in units},
        polygons={"corridor": shapely.MultiPolygon(zones), **polygons},
        edges=(*frame, *loose_edges, *edges),
        places=(place(),),
        stations=(
            station("s1a", "S1", *middle("c01")),
            station("s1b", "S1", *middle("c03")),
            station("s2a", "S2", *middle("c14")),
            station("s2b", "S2", None, None),
        ),
        adjustment={},
        digest="0" * 64,
    )
