"""界址点 files written by hand: figures near Taizhou, one plot of 200 m by 100 m = 2 hectares."""

from collections.abc import Sequence

N0, E0 = 3171300.0, 640700.0  # EPSG:4549; 121.439 E 28.650 N
HEADER = {
    "格式版本号": "1.01",
    "数据产生单位": "台州市测绘院",
    "坐标系": "2000国家大地坐标系",
    "几度分带": "3",
    "投影类型": "高斯克吕格",
    "计量单位": "米",
    "带号": "40",
    "精度": "0.001",
    "转换参数": ",,,,,,",
}
SHELL = ((100.0, 0.0), (100.0, 200.0), (0.0, 200.0), (0.0, 0.0))  # north, east from N0, E0
HOLE = ((80.0, 20.0), (80.0, 60.0), (20.0, 60.0), (20.0, 20.0))
ISLAND = ((60.0, 30.0), (60.0, 50.0), (40.0, 50.0), (40.0, 30.0))
PART = ((100.0, 300.0), (100.0, 400.0), (0.0, 400.0), (0.0, 300.0))

Corners = Sequence[tuple[float, float]]


def points(
    corners: Corners,
    *,
    ring: str = "1",
    first: int = 1,
    closed: bool = True,
    prefix: int | None = 40,
) -> list[str]:
    """Return the point lines of one ring."""
    add = 0.0 if prefix is None else prefix * 1e6
    rows = [(f"J{first + k}", n, e) for k, (n, e) in enumerate(corners)]
    if closed:
        rows.append(rows[0])
    return [f"{label},{ring},{N0 + n:.3f},{E0 + add + e:.3f}" for label, n, e in rows]


def text(
    *lines: str,
    head: str = "5,2.0000,331002001,台州湾科创地块,面,H51G001,工业用地,0601,@",
    **header: str | None,
) -> str:
    """Return a file of one plot; a keyword changes a header line, None leaves it out."""
    facts = {**HEADER, **header}
    attributes = [f"{key}={value}" for key, value in facts.items() if value is not None]
    return "\n".join(["[属性描述]", *attributes, "[地块坐标]", head, *lines]) + "\n"


PLAIN = text(*points(SHELL))
