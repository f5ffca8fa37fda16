"""A parcel file (界址点文件): its header and plots, and the rings of a plot put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo import geodesy
from tzkc_geo.errors import RingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

HECTARE_M2: Final = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One plot (地块)."""

    polygon: shapely.Polygon | shapely.MultiPolygon  # lon lat, EPSG:4490
    plot_id: str = ""  # 地块编号
    name: str = ""  # 地块名称
    stated_area_ha: str | None = None  # 地块面积 as printed, without 公顷; None: not stated
    stated_points: int | None = None  # 界址点数 as stated, right or wrong
    sheet: str = ""  # 图幅号
    use: str = ""  # 地块用途
    land_class: str = ""  # 地类编码
    others: tuple[str, ...] = ()  # what stands between 地类编码 and @, in order

    @property
    def parts(self) -> tuple[shapely.Polygon, ...]:
        """The polygons of the plot, in order."""
        return tuple(shapely.get_parts(self.polygon))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFile:
    """Header attributes and plots, in the order of the file."""

    plots: tuple[Plot, ...]
    attributes: tuple[tuple[str, str], ...] = ()  # [属性描述]: key and value
    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()  # other sections: name and lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What was detected in a file; None where the format has no such thing."""

    form: str  # the ending of the file, such as txt, geojson or csv
    encoding: str | None = None
    epsg: int | None = None
    zone: int | None = None  # 带号
    zone_from: str | None = None  # prefix, header, position or option
    prefixed: bool | None = None  # eastings carry the zone (大数)
    closure: str | None = None  # closed, open or mixed
    numbering: str | None = None  # runs on, restarts, other or mixed; None: one ring a plot
    variants: tuple[str, ...] = ()  # other deviations that were met and understood
    datum: str | None = None  # as declared; None: not declared
    separator: str | None = None  # of a CSV: comma, semicolon or tab
    columns: tuple[str, ...] = ()  # the position was read from these
    notes: tuple[str, ...] = ()  # sentences: what was taken for granted or does not agree


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotCheck:
    """One plot as it is, beside what its file states."""

    points: int  # point lines, the closing ones included
    area_m2: float  # statutory ellipsoid area (椭球面积)
    difference_m2: float | None  # area_m2 - stated; None: no area is stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as it was read: the plots, what was detected, what does not agree."""

    file: ParcelFile
    detected: Detected
    checks: tuple[PlotCheck, ...]  # one a plot
    notes: tuple[str, ...] = ()  # sentences ``file:row: …``
    lines: tuple[int, ...] = ()  # of the file, on which the plots begin


def assemble(rings: Sequence[ArrayLike]) -> shapely.Polygon | shapely.MultiPolygon:
    """Return the polygon of rings told apart by containment, not by number (岛与洞).

    A ring inside an odd number of others is a hole of the innermost of these, any other ring
    is the shell of a part. Start, direction and order of the rings are kept.

    Parameters
    ----------
    rings
        At least one; each of shape ``(n, 2)``, closed or open, at least 3 vertices.

    Returns
    -------
    shapely.Polygon or shapely.MultiPolygon
        In the coordinates of the rings; a multipolygon only if there are several parts.

    Raises
    ------
    RingError
        A ring crosses itself or another, or stands twice; the message begins ``ring K``.
    """
    faces = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    for number, face in enumerate(faces, start=1):
        if not face.is_valid:
            reason = shapely.is_valid_reason(face).lower()
            msg = f"ring {number}: is not simple, expected a simple ring, got {reason}"
            msg += "; check the order of its points"
            raise RingError(msg)
    inner, outer = shapely.STRtree(faces).query(faces, predicate="covered_by")
    inner, outer = inner[inner != outer], outer[inner != outer]
    pairs = set(zip(inner.tolist(), outer.tolist(), strict=True))
    twice = sorted(pair for pair in pairs if pair[::-1] in pairs)
    if twice:
        first, second = twice[0]
        msg = f"ring {second + 1}: stands twice, expected rings that differ, got ring {first + 1};"
        msg += " leave one of them out"
        raise RingError(msg)
    depth = np.bincount(inner, minlength=len(faces))
    holes: dict[int, list[shapely.LinearRing]] = {}
    for hole, shell in sorted(pairs):
        if depth[hole] % 2 == 1 and depth[shell] == depth[hole] - 1:
            holes.setdefault(shell, []).append(faces[hole].exterior)
    shells = np.flatnonzero(depth % 2 == 0).tolist()
    parts = [shapely.Polygon(faces[k].exterior, holes.get(k)) for k in shells]
    whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    if not whole.is_valid:
        reason = shapely.is_valid_reason(whole).lower()
        msg = f"ring 1: rings cross, expected rings inside or outside each other, got {reason}"
        msg += "; redraw one of them"
        raise RingError(msg)
    return whole


def rings_of(plot: Plot) -> list[shapely.LinearRing]:
    """Return the rings of a plot: of each part the shell, then its holes."""
    return [ring for part in plot.parts for ring in (part.exterior, *part.interiors)]


def check(plot: Plot, *, points: int | None = None) -> PlotCheck:
    """Return the plot beside what its file states.

    Parameters
    ----------
    plot
        Lon, lat; EPSG:4490.
    points
        Point lines of its file; None counts the vertices with the closing ones.

    Returns
    -------
    PlotCheck
        The computed area is the statutory one (国土调查办发〔2008〕32号); many files state the
        plane area of their zone, which is up to 0.06 % larger in Taizhou.
    """
    area_m2 = geodesy.polygon_area_m2(plot.polygon)
    counted = sum(len(ring.coords) for ring in rings_of(plot)) if points is None else points
    stated = plot.stated_area_ha
    difference = None if stated is None else area_m2 - float(stated) * HECTARE_M2
    return PlotCheck(points=counted, area_m2=area_m2, difference_m2=difference)
