"""Write the 界址点坐标交换格式 (勘测定界 TXT)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError, RingError
from tzkc_geo.io.txt_lines import HEADER, PLAIN_AREA, PLOTS, SECTION
from tzkc_geo.io.txt_system import MILLION, PointRow, Zone, check_axes, zone_of
from tzkc_geo.parcel_file import HECTARE_M2, ParcelFile, Plot, assemble, check, rings_of
from tzkc_geo.ring_faults import MIN_POINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

MAX_DECIMALS: Final = 6
ENCODINGS: Final = ("gbk", "gb18030", "utf-8", "utf-8-sig")
AREA_DECIMALS: Final = 4
NO_PARAMETERS: Final = ",,,,,,"
LEADING: Final = ("格式版本号", "数据产生单位", "数据产生日期")


@dataclass(frozen=True, slots=True, kw_only=True)
class TxtStyle:
    """Which of the conventions in use a file is written in."""

    epsg: int = 4528  # the zone, and whether Y carries it: 4528, 4529, 4549, 4550 …
    closed: bool = True  # the first point stands again at the end of its ring
    restart: bool = False  # 点号 begin again with each ring; else they run on through the plot
    decimals: int = 3
    encoding: str = "gbk"
    letter: str = "J"  # in front of 点号


def txt_bytes(file: ParcelFile, style: TxtStyle | None = None) -> bytes:
    """Return a parcel file as bytes; `parse_txt` gives back what was written.

    Every ring has its own 地块圈号, of each part the shell and then its holes, so that parts and
    holes are told apart by containment. Vertices that coincide once rounded are written once.

    Parameters
    ----------
    file
        Lon, lat; EPSG:4490. A plot without a stated area gets the computed one.
    style
        None takes the defaults: zone 40 in front of Y, closed, running numbers, GBK.

    Raises
    ------
    DataError
        There is no plot, a text cannot be written, or a shape does not survive the rounding.
    CrsError
        The code is no zone of CGCS2000, or a plot does not lie in it.
    """
    chosen = style or TxtStyle()
    zone = _zone(chosen)
    if not file.plots:
        msg = "plots: nothing to write, expected at least one, got 0"
        raise DataError(msg)
    lines = []
    for title, body in file.sections:
        lines += [f"[{_text(title, 'section')}]", *(_text(line, title) for line in body)]
    lines += [f"[{HEADER}]", *_header(file, chosen, zone), f"[{PLOTS}]"]
    for number, plot in enumerate(file.plots, start=1):
        lines += _plot_lines(plot, chosen, zone, where=f"plot {number}")
    text = "".join(f"{line}\r\n" for line in lines)
    try:
        return text.encode(chosen.encoding)
    except UnicodeEncodeError as exc:
        got = exc.object[exc.start]
        msg = (
            f"encoding: {chosen.encoding} lacks a character, expected gb18030 or utf-8, got {got!r}"
        )
        raise DataError(msg) from exc


def _zone(style: TxtStyle) -> Zone:
    """Return the zone of a style that is sound."""
    if style.encoding not in ENCODINGS:
        expected = ", ".join(ENCODINGS)
        msg = f"encoding: is not supported, expected one of {expected}, got {style.encoding!r}"
        raise DataError(msg)
    if not 0 <= style.decimals <= MAX_DECIMALS:
        msg = f"decimals: out of range, expected 0 to {MAX_DECIMALS}, got {style.decimals}"
        raise DataError(msg)
    if style.letter and not style.letter.isalpha():
        msg = f"letter: cannot stand in front of 点号, expected letters, got {style.letter!r}"
        raise DataError(msg)
    zone = zone_of(style.epsg)
    if zone is None:
        msg = (
            f"EPSG:{style.epsg}: no Gauss-Krueger zone of CGCS2000, expected one such as 4528,"
            " 4529, 4549 or 4550"
        )
        raise CrsError(msg)
    return zone


def _header(file: ParcelFile, style: TxtStyle, zone: Zone) -> list[str]:
    """Return the attribute lines: those of the file, and those that follow from the style."""
    given = dict(file.attributes)
    ours = {
        "坐标系": "2000国家大地坐标系",
        "几度分带": f"{zone.width_deg}",
        "投影类型": "高斯克吕格",
        "计量单位": "米",
        "带号": f"{zone.zone}",
        "精度": f"{10.0**-style.decimals:.{style.decimals}f}",
        "转换参数": given.get("转换参数", NO_PARAMETERS),
    }
    first = {key: given[key] for key in LEADING if key in given}
    rest = {key: value for key, value in given.items() if key not in first | ours}
    return [f"{key}={_text(value, key)}" for key, value in (first | ours | rest).items()]


def _plot_lines(plot: Plot, style: TxtStyle, zone: Zone, *, where: str) -> list[str]:
    """Return the plot line and its point lines."""
    rings = _rounded(plot, style, zone, where=where)
    area = plot.stated_area_ha
    if area is not None and not PLAIN_AREA.fullmatch(area):
        msg = f"{where}: 地块面积 is not clear, expected hectares, got {area!r}"
        raise DataError(msg)
    if area is None:
        area = f"{check(plot).area_m2 / HECTARE_M2:.{AREA_DECIMALS}f}"
    texts = (plot.plot_id, plot.name, "面", plot.sheet, plot.use, plot.land_class, *plot.others)
    fields = [_text(text, where, items=True) for text in texts]
    points: list[str] = []
    numbers = count(1)
    for ring_number, ring in enumerate(rings, start=1):
        if style.restart:
            numbers = count(1)
        labels = [f"{style.letter}{next(numbers)}" for _ in ring]
        rows = list(zip(labels, ring.tolist(), strict=True))
        for label, (x, y) in [*rows, rows[0]] if style.closed else rows:
            xy = f"{y:.{style.decimals}f},{x:.{style.decimals}f}"
            points.append(f"{label},{ring_number},{xy}")
    return [",".join([f"{len(points)}", area, *fields, "@"]), *points]


def _rounded(plot: Plot, style: TxtStyle, zone: Zone, *, where: str) -> list[Points]:
    """Return the open rings in rounded metres, if these are still the same shape."""
    try:
        rings = [
            _without_repeats(crs.project(shapely.get_coordinates(r), style.epsg), style.decimals)
            for r in rings_of(plot)
        ]
        rows = [PointRow(k, "", "", y, x) for k, ring in enumerate(rings) for x, y in ring]
        check_axes(rows, name=f"{where}, ring")
        _check_prefix(rows, zone)
    except CrsError as exc:
        msg = f"{where}: does not lie in EPSG:{style.epsg}, expected one zone, got {exc}"
        raise CrsError(msg) from exc
    parts, got = np.array([]), "a ring of fewer than three points"
    try:
        if min(len(ring) for ring in rings) >= MIN_POINTS:
            parts, got = shapely.get_parts(assemble(rings)), "other parts and holes"
    except RingError as exc:
        got = f"{exc}"
    holes = [len(part.interiors) for part in parts]
    if holes != [len(part.interiors) for part in plot.parts]:
        msg = (
            f"{where}: shape is not sound, expected it to survive {style.decimals} decimals,"
            f" got {got}"
        )
        raise DataError(msg)
    return rings


def _check_prefix(rows: list[PointRow], zone: Zone) -> None:
    """Raise `CrsError` where a point is so far off that Y would carry another zone."""
    prefix = zone.zone if zone.prefixed else 0
    for point in rows:
        if point.east // MILLION != prefix:
            msg = f"a point with Y {point.east:.3f}"
            raise CrsError(msg)


def _without_repeats(xy: Points, decimals: int) -> Points:
    """Return a closed ring rounded and opened, without vertices that repeat the one before."""
    ring = np.round(xy, decimals)
    moved = (np.diff(ring, axis=0) != 0.0).any(axis=1)
    kept: Points = ring[:-1][moved]
    return kept


def _text(value: str, where: str, *, items: bool = False) -> str:
    """Return a text that stays on its line and in its item."""
    bad = any(mark in value for mark in ("\r", "\n", *([","] if items else [])))
    if bad or value != value.strip() or SECTION.fullmatch(value):
        expected = "no line break, outer blank" + (" or comma" if items else "")
        msg = f"{where}: text cannot be written, expected {expected}, got {value!r}"
        raise DataError(msg)
    return value
