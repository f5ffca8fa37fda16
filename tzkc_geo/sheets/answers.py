"""The figures of answers: what is reached from a site, and the audit of areas as a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.errors import DataError
from tzkc_geo.model import UnitKind
from tzkc_geo.network.reach import accuracy_words
from tzkc_geo.reports.picture import COLOURS
from tzkc_geo.sheets import ground
from tzkc_geo.sheets.labels import Name, place
from tzkc_geo.sheets.page import MAP, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tzkc_geo.audit import UnitAudit
    from tzkc_geo.network.reach import Reach
    from tzkc_geo.sheets.page import Page, World

# From near to far, dark to light: told apart in print without colour too.
BANDS: Final = ("#0b4f6c", "#2a8fa8", "#7cc3c4", "#c5e4d8", "#e6f2e4")
OUTLINE: Final[dict[str, Any]] = {"color": "#444444", "lw": 0.7, "ls": ground.DASH}
SITE: Final[dict[str, Any]] = {"marker": "*", "ms": 13, "mfc": "#d55e00", "mec": "black"}
INTERVAL: Final = "#bbbbbb"
NAME_EM: Final = 21.0  # of a line of a name beside the chart, in sizes of its letters


def reach(page: Page, world: World) -> None:
    """Draw the ground that is reached from a site within each of some times (可达范围)."""
    found = world.reach
    if found is None:
        msg = "figure 'reach': the site is missing, expected --at-lon and --at-lat, got none"
        raise DataError(msg)
    if len(found.bands) > len(BANDS):
        msg = f"--minutes: too many for one map, expected at most {len(BANDS)} times"
        msg += f", got {len(found.bands)}"
        raise DataError(msg)
    ground.frame(page, [world.catalog.polygons["corridor"]])
    _bands(page, found)
    names = [*_site(page, found), *_cluster_numbers(page, world)]
    _question(page, found)
    place(page, names, ground.furniture(page))


def _bands(page: Page, found: Reach) -> None:
    """Draw the bands, the nearest on top, and their legend."""
    page.heading(page.pick(("可达范围", "Reach")))
    ramp = BANDS[:: len(BANDS) // max(len(found.bands), 1)]
    bands = list(zip(found.bands, ramp, strict=False))
    for band, colour in reversed(bands):
        ground.area(page, band.polygon, gid=f"map:{band.minutes:g}", facecolor=colour)
    for band, colour in bands:
        words = f"{band.minutes:g} {page.pick(('分钟', 'min'))}: {band.area_km2:.1f} km²"
        gid = f"legend:{band.minutes:g}"
        page.entry(words, gid=gid, facecolor=colour)


def _cluster_numbers(page: Page, world: World) -> Iterator[Name]:
    """Draw the clusters as lines; yield their numbers."""
    polygons = world.catalog.polygons
    page.sign(page.pick(("功能组团（示意）", "Clusters (schematic)")), **OUTLINE)
    for row in world.catalog.units:
        if row.kind is UnitKind.CLUSTER:
            ground.outline(page, polygons[row.unit_id], color="white", lw=1.8)
            ground.outline(page, polygons[row.unit_id], **OUTLINE)
            x, y = ground.drawn(polygons[row.unit_id]).representative_point().coords[0]
            yield Name(x=x, y=y, text=row.unit_id, size=8.0, on=True)


def _site(page: Page, found: Reach) -> Iterator[Name]:
    """Draw the site; yield its name."""
    x, y = ground.km(np.array([[found.lon, found.lat]]))[0].tolist()
    page.axes.plot(x, y, **SITE, ls="none", zorder=12)
    words = page.pick(("场址", "Site"))
    where = f"{words} {found.lon:.5f}, {found.lat:.5f} (EPSG:4490)"
    page.sign(where, **{**SITE, "ms": 8}, ls="none")
    yield Name(x=x, y=y, text=words, size=9.0)


def _question(page: Page, found: Reach) -> None:
    """Write what was asked, and how well it is known."""
    page.heading(page.pick(("条件", "Question")))
    page.write(f"{page.pick(('情景', 'scenario'))} {found.scenario} · {', '.join(found.modes)}")
    peak, free = ("高峰车速", "peak-hour speeds"), ("畅通车速", "free-flow speeds")
    page.write(page.pick(peak if found.peak else free))
    wait = page.pick(("候车取半个发车间隔", "wait of half a headway"))
    page.write(wait if found.at is None else f"{page.pick(('出发', 'departure'))} {found.at}")
    if found.reason is not None:
        page.write(f"{page.pick(('不可达', 'unreachable'))}: {found.reason}")
    page.write(accuracy_words(found.accuracy, ("zh", "en")[page.look.lang]), 7.0)


def audit(page: Page, world: World) -> None:
    """Draw by how much measured areas differ from printed ones, with their doubts (数据审计)."""
    if world.report is None:
        msg = "figure 'audit': the audit is missing, expected World.report, got None"
        raise DataError(msg)
    units = world.report.units
    page.axes.set_position((MAP[0] + 0.19, MAP[1] + 0.05, MAP[2] - 0.2, MAP[3] - 0.06))
    for y, unit in enumerate(units):
        _bar(page, unit, float(y))
    page.axes.axvline(0.0, color="black", lw=0.8)
    page.axes.grid(visible=True, axis="x", color="#dddddd", lw=0.6)
    page.axes.set(ylim=(len(units) - 0.4, -0.6), axisbelow=True)
    names = ["\n".join(wrapped(_title(page, unit), NAME_EM)) for unit in units]
    page.axes.set_yticks(range(len(units)), names, fontproperties=page.letters(7.0))
    for tick in page.axes.get_xticklabels():
        tick.set_fontproperties(page.letters(8.0))
    label = page.pick(("量算面积与规划面积之差（%）", "measured minus reported area (%)"))
    page.axes.set_xlabel(label, fontproperties=page.letters(8.5))
    page.axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}")
    _audit_panel(page, units)


def _audit_panel(page: Page, units: Sequence[UnitAudit]) -> None:
    """Write the legend of the chart, and the areas as figures."""
    page.heading(page.pick(("图例", "Legend")))
    words = ("公布面积的舍入区间", "what rounds to the reported area")
    page.entry(page.pick(words), facecolor=INTERVAL)
    page.sign(
        page.pick(("量算面积的 95% 区间", "95 % interval of the measured area")),
        color="black",
        lw=2,
    )
    grades = {
        "located": ("已定位", "located"),
        "closed": ("面积闭合", "closed"),
        "schematic": ("示意", "schematic"),
    }
    for grade in dict.fromkeys(str(unit.grade) for unit in units):
        mark: dict[str, Any] = {
            "marker": "o",
            "ls": "none",
            "mfc": COLOURS[grade],
            "mec": COLOURS[grade],
        }
        page.sign(f"{page.pick(('量算值', 'measured'))}: {page.pick(grades[grade])}", ms=5, **mark)
    page.heading(page.pick(("规划面积 km²", "Reported area, km²")))
    for unit in units:
        page.write(f"{unit.unit_id}: {unit.reported} → {unit.measured_km2:.2f}", 7.5)


def _title(page: Page, unit: UnitAudit) -> str:
    return f"{unit.unit_id} {page.pick((unit.name_zh, unit.name_en))}"


def _bar(page: Page, unit: UnitAudit, y: float) -> None:
    """Draw one unit: the rounding of its printed area, its measured one with its interval."""
    printed = float(unit.reported)

    def per_cent(km2: float) -> float:
        return 100.0 * (km2 / printed - 1.0)

    first, last = (per_cent(float(end)) for end in unit.interval_km2)
    page.axes.barh(y, last - first, left=first, height=0.55, color=INTERVAL)
    colour = COLOURS[str(unit.grade)]
    if unit.interval95_km2 is not None:
        ends = [per_cent(end) for end in unit.interval95_km2]
        page.axes.plot(ends, [y, y], color=colour, lw=2.0 * page.scale)
    page.axes.plot(per_cent(unit.measured_km2), y, "o", color=colour, ms=4.5 * page.scale)
