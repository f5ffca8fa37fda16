"""The lines of a 界址点 file: sections, header, plot lines and point lines; no geometry."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import DataError
from tzkc_geo.io.txt_system import PointRow

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER: Final = "属性描述"
PLOTS: Final = "地块坐标"
SECTION: Final = re.compile(r"([\[【［])\s*(.*?)\s*[\]】］]")
NUMBER: Final = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
AREA: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(公顷|hm2|ha)?", re.ASCII)
PLAIN_AREA: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)
COUNT: Final = re.compile(r"\d+", re.ASCII)
POINT_ITEMS: Final = 4
LEAST_FIELDS: Final = 8  # 界址点数 … 地类编码, without @

Line = tuple[int, str]


@dataclass(slots=True)
class RawPlot:
    """One plot line and its point lines, as text that has been looked at."""

    row: int
    area_ha: str | None
    count: int | None
    fields: tuple[str, ...]  # from 地块编号 on, without @
    points: list[PointRow] = field(default_factory=list)


@dataclass(slots=True)
class RawFile:
    """A file in lines."""

    header: dict[str, tuple[int, str]]
    plots: list[RawPlot]
    others: list[tuple[str, list[str]]]
    variants: set[str]


def split_lines(text: str, *, name: str) -> RawFile:
    """Return the parts of a file.

    Raises
    ------
    DataError
        A section is missing or stands twice, or a line is none of those expected there.
    """
    variants: set[str] = set()
    sections = _sections(text, variants, name=name)
    for wanted in (HEADER, PLOTS):
        found = [lines for title, lines in sections if title[1] == wanted]
        if len(found) != 1:
            got = "none" if not found else f"{len(found)}"
            row = 1 if not found else [t[0] for t, _ in sections if t[1] == wanted][1]
            msg = f"{name}:{row}: section is not clear, expected one [{wanted}], got {got}"
            raise DataError(msg)
    bodies = {title[1]: lines for title, lines in sections}
    others = [
        (title[1], [line for _, line in lines])
        for title, lines in sections
        if title[1] not in (HEADER, PLOTS)
    ]
    if others:
        variants.add("extra sections")
    plots = _plots(bodies[PLOTS], variants, name=name)
    return RawFile(_header(bodies[HEADER], name=name), plots, others, variants)


def _sections(text: str, variants: set[str], *, name: str) -> list[tuple[Line, list[Line]]]:
    """Return row and title of each section with its lines; blank lines are left out."""
    sections: list[tuple[Line, list[Line]]] = []
    for row, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        line = raw.strip()
        if not line:
            continue
        if match := SECTION.fullmatch(line):
            if raw[0] != line[0]:
                variants.add("blank before a bracket")
            if match[1] != "[":
                variants.add("full-width brackets")
            sections.append(((row, match[2]), []))
        elif sections:
            sections[-1][1].append((row, line))
        else:
            msg = f"{name}:{row}: stands before any section, expected [{HEADER}], got {line[:40]!r}"
            raise DataError(msg)
    return sections


def _header(lines: Sequence[Line], *, name: str) -> dict[str, tuple[int, str]]:
    """Return row and value by key."""
    header: dict[str, tuple[int, str]] = {}
    for row, line in lines:
        key, mark, value = line.replace("＝", "=", 1).partition("=")
        key = key.strip()
        if not mark or not key:
            msg = f"{name}:{row}: is no attribute, expected key=value, got {line[:40]!r}"
            raise DataError(msg)
        if key in header:
            first = header[key][0]
            msg = f"{name}:{row}: {key} stands twice, expected it once, got it in row {first} too"
            raise DataError(msg)
        header[key] = row, value.strip()
    return header


def _plots(lines: Sequence[Line], variants: set[str], *, name: str) -> list[RawPlot]:
    plots: list[RawPlot] = []
    for row, line in lines:
        items = [item.strip() for item in line.split(",")]
        if items[-1] == "@":
            plots.append(_plot(row, items[:-1], variants, name=name))
        elif len(items) != POINT_ITEMS:
            msg = (
                f"{name}:{row}: is no point and no plot, expected 点号,地块圈号,X,Y"
                f" or a last item @, got {line[:60]!r}"
            )
            raise DataError(msg)
        elif not plots:
            msg = f"{name}:{row}: point belongs to no plot, expected a plot line that ends in @"
            raise DataError(msg)
        else:
            plots[-1].points.append(_point(row, items, variants, line, name=name))
    for plot in plots:
        if not plot.points:
            msg = f"{name}:{plot.row}: plot has no points, expected at least 3, got 0"
            raise DataError(msg)
    if not plots:
        msg = f"{name}:1: holds no plot, expected a plot line below [{PLOTS}]"
        raise DataError(msg)
    return plots


def _point(row: int, items: list[str], variants: set[str], line: str, *, name: str) -> PointRow:
    if ", " in line or " ," in line:
        variants.add("blanks in point lines")
    number, ring, *xy = items
    for axis, value in zip("XY", xy, strict=True):
        if not NUMBER.fullmatch(value) or not math.isfinite(float(value)):
            msg = f"{name}:{row}: {axis} is not a number, expected metres, got {value!r}"
            raise DataError(msg)
    return PointRow(row, number, ring, float(xy[0]), float(xy[1]))


def _plot(row: int, fields: list[str], variants: set[str], *, name: str) -> RawPlot:
    """Return a plot line; the point count may be left out or blank."""
    match = AREA.fullmatch(fields[0])
    if match and (match[2] or "." in match[1]):
        variants.add("界址点数 left out")
        fields = ["", *fields]
    if len(fields) < LEAST_FIELDS:
        msg = (
            f"{name}:{row}: plot line is too short, expected 9 to 13 items with @,"
            f" got {len(fields) + 1}"
        )
        raise DataError(msg)
    count, area, *rest = fields
    if count and not COUNT.fullmatch(count):
        msg = f"{name}:{row}: 界址点数 is not a whole number, expected a count, got {count!r}"
        raise DataError(msg)
    match = AREA.fullmatch(area)
    if area and not match:
        msg = f"{name}:{row}: 地块面积 is not clear, expected hectares (公顷), got {area!r}"
        raise DataError(msg)
    if match and match[2]:
        variants.add("unit inside 地块面积")
    if (kind := rest[2]) not in ("面", ""):
        msg = f"{name}:{row}: 记录图形属性 is not supported, expected 面, got {kind!r}"
        raise DataError(msg)
    number = int(count) if count else None
    return RawPlot(row, match[1] if match else None, number, tuple(rest))
