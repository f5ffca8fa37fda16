"""Overlaps, gaps, slivers and invalid rings of units or of any polygons (面域覆盖检查)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.adjacency import LEVELS, NEAR_M, Relation, adjacency
from tzkc_geo.contiguity import EDGE_MIN_M, TOUCH_M, contacts, free_sides, sides_of_shapes
from tzkc_geo.errors import DataError
from tzkc_geo.facing import facing
from tzkc_geo.geodesy import polygon_areas_m2
from tzkc_geo.model import ExceptionKind
from tzkc_geo.pieces import width_m

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import DeclaredException

    Shape: TypeAlias = Polygon | MultiPolygon

NOISE_M2: Final = 0.01  # the last digit of a statutory area in m2
NOISE_M: Final = 0.001  # ten cells of the grid of 0.1 mm that outlines are kept on
SLIVER_M: Final = 0.1  # our choice: two surveys of one boundary may differ by so much
OPEN_GAP_M: Final = 1.0  # polygons farther apart than this have land between, not a gap
THRESHOLDS: Final[Mapping[str, float]] = {
    "noise_m2": NOISE_M2,
    "noise_m": NOISE_M,
    "sliver_m": SLIVER_M,
    "open_gap_m": OPEN_GAP_M,
    "near_m": NEAR_M,
}


class FaultKind(StrEnum):
    """What is wrong (问题类型)."""

    INVALID = "invalid"  # a ring crosses itself, or there is none
    OVERLAP = "overlap"  # ground of two polygons
    GAP = "gap"  # ground of none between them, or of a parent and none of its parts
    OUTSIDE = "outside"  # ground of a part outside its parent


class FaultSize(StrEnum):
    """How much it is, by `THRESHOLDS` (问题等级), the least first."""

    NOISE = "noise"
    SLIVER = "sliver"
    REAL = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One connected piece of ground that belongs to two or to none, or a ring that is no ring."""

    kind: FaultKind
    size: FaultSize
    level: str  # cluster | zone | part (a parent and its parts) | list
    a: str  # the earlier polygon; of a gap the parent, if there is one
    b: str | None  # the other one
    area_m2: float  # statutory; of an open gap mean width times length
    width_m: float  # mean width
    shape: BaseGeometry  # lon lat, EPSG:4490; of an open gap links across it
    line: str | None = None  # the road or water that the gap is: allowed
    declared: str | None = None  # id of the exception that allows it
    note: str = ""

    @property
    def counts(self) -> bool:
        """Say whether it is real and nothing allows it."""
        return self.size is FaultSize.REAL and self.line is None and self.declared is None

    def to_json(self) -> dict[str, Any]:
        """Return it as `tzkc coverage --json` prints it, with a place inside it."""
        keys = ("kind", "size", "level", "a", "b", "area_m2", "width_m", "line", "declared", "note")
        place = self.shape.representative_point()
        at = None if place.is_empty else [place.x, place.y]
        return {**{key: getattr(self, key) for key in keys}, "counts": self.counts, "at": at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All faults of a catalog, those that count first within their level."""

    faults: tuple[Fault, ...]
    digest: str

    @property
    def counting(self) -> tuple[Fault, ...]:
        """Return the faults that are real and undeclared."""
        return tuple(fault for fault in self.faults if fault.counts)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `tzkc coverage --json` prints."""
        return {
            "thresholds": dict(THRESHOLDS),
            "faults": [fault.to_json() for fault in self.faults],
            "counting": len(self.counting),
            "digest": self.digest,
        }


def size_of(area_m2: float, width: float) -> FaultSize:
    """Return how much a piece of this area and mean width is.

    Float noise below `NOISE_M2` or `NOISE_M`, a sliver (狭长碎屑) below `SLIVER_M`, else real.
    """
    if area_m2 < NOISE_M2 or width < NOISE_M:
        return FaultSize.NOISE
    return FaultSize.SLIVER if width < SLIVER_M else FaultSize.REAL


def coverage(catalog: Catalog) -> Coverage:
    """Return every overlap, gap and invalid ring of a catalog (面域覆盖检查).

    Parameters
    ----------
    catalog
        Where units, lines and declared exceptions come from. Nothing of it is changed.

    Returns
    -------
    Coverage
        Within clusters and within core and zones: overlaps, and gaps between neighbours: where
        the gap is a road or water (`adjacency.WIDEST_M`) its ``line`` allows it. Between a unit
        and its parts: what sticks out, and what no part covers. A declared exception allows all
        pieces of its unit or pair together up to its limit and is named; beyond it none. With an
        invalid ring nothing more is looked for: GEOS cannot tell what lies in it.

    Notes
    -----
    Areas follow the statutory formula. `THRESHOLDS` sorts pieces into noise, slivers and faults.
    """
    found: list[Fault] = []
    for level in LEVELS:
        ids = [row.unit_id for row in catalog.units if row.kind in LEVELS[level]]
        shapes = [catalog.polygons[unit_id] for unit_id in ids]
        found += [*invalid(ids, shapes, level=level)]
        if not any(fault.kind is FaultKind.INVALID for fault in found):
            found += [*overlaps(ids, shapes, level=level)]
    if not any(fault.kind is FaultKind.INVALID for fault in found):
        found += [*_between(catalog), *_parts(catalog)]
    return Coverage(faults=_declared(found, catalog.exceptions), digest=catalog.digest)


def faults(
    ids: Sequence[str], shapes: Sequence[Shape], *, near_m: float = OPEN_GAP_M
) -> tuple[Fault, ...]:
    """Return every overlap, gap and invalid ring of any polygons (面域覆盖检查).

    Parameters
    ----------
    ids
        Their names, as many.
    shapes
        Lon lat, degrees, EPSG:4490. Invalid ones are named and left out of the rest.
    near_m
        Outlines that face each other within this leave an open gap between them.

    Returns
    -------
    tuple of Fault
        Invalid rings, overlaps, enclosed gaps, open gaps.

    Raises
    ------
    DataError
        Not as many ids as polygons.
    CrsError
        Coordinates that are not degrees.
    """
    if len(ids) != len(shapes):
        msg = f"polygons: ids do not fit, expected {len(shapes)}, got {len(ids)}"
        raise DataError(msg)
    broken = tuple(invalid(ids, shapes, level="list"))
    bad = {fault.a for fault in broken}
    sound = [(name, shape) for name, shape in zip(ids, shapes, strict=True) if name not in bad]
    names, kept = [name for name, _ in sound], [shape for _, shape in sound]
    enclosed = tuple(enclosed_gaps(names, kept))
    return (
        *broken,
        *overlaps(names, kept, level="list"),
        *enclosed,
        *_open_gaps(names, kept, near_m, [fault.shape for fault in enclosed]),
    )


def invalid(ids: Sequence[str], shapes: Sequence[Shape], *, level: str) -> Iterator[Fault]:
    """Yield the polygons that are none, each with what GEOS says of it and where."""
    for name, shape in zip(ids, shapes, strict=True):
        if shape.is_empty or not shape.is_valid:
            reason = "empty" if shape.is_empty else shapely.is_valid_reason(shape)
            yield Fault(
                kind=FaultKind.INVALID,
                size=FaultSize.REAL,
                level=level,
                a=name,
                b=None,
                area_m2=0.0,
                width_m=0.0,
                shape=shapely.MultiPoint(shapely.get_coordinates(shape)),
                note=reason,
            )


def overlaps(ids: Sequence[str], shapes: Sequence[Shape], *, level: str) -> Iterator[Fault]:
    """Yield each piece of ground that two valid polygons share, pair by pair."""
    if not shapes:
        return
    array = _array(shapes)
    one, other = shapely.STRtree(array).query(array, predicate="intersects")
    one, other = one[one < other], other[one < other]
    inside = shapely.relate_pattern(array[one], array[other], "T********")
    for a, b in sorted(zip(one[inside], other[inside], strict=True)):
        shared = shapely.intersection(array[a], array[b])
        for piece, area, width in measured(shared):
            yield Fault(
                kind=FaultKind.OVERLAP,
                size=size_of(area, width),
                level=level,
                a=ids[a],
                b=ids[b],
                area_m2=area,
                width_m=width,
                shape=piece,
            )


def enclosed_gaps(ids: Sequence[str], shapes: Sequence[Shape]) -> Iterator[Fault]:
    """Yield each hole of the union of valid polygons that is not the hole of one of them."""
    if not shapes:
        return
    array = _array(shapes)
    union = shapely.union_all(array)
    holes = [hole for part in shapely.get_parts(union) for hole in part.interiors]
    for piece, area, width in measured(shapely.MultiPolygon([shapely.Polygon(h) for h in holes])):
        around = neighbours(piece, array)
        if len(around) > 1:
            a, b = sorted(around[:2])
            yield Fault(
                kind=FaultKind.GAP,
                size=size_of(area, width),
                level="list",
                a=ids[a],
                b=ids[b],
                area_m2=area,
                width_m=width,
                shape=piece,
            )


def neighbours(piece: BaseGeometry, shapes: NDArray[np.object_]) -> list[int]:
    """Return the polygons along a piece of ground, the one with the longest common side first."""
    near = np.flatnonzero(shapely.intersects(shapes, shapely.box(*piece.bounds)))
    found = contacts(sides_of_shapes([piece, *shapes[near]]))
    long = (found.pairs[:, 0] == 0) & found.is_edge
    order = np.argsort(-found.shared_m[long], kind="stable")
    return [int(near[k - 1]) for k in found.pairs[long][order, 1]]


def measured(ground: BaseGeometry) -> Iterator[tuple[Polygon, float, float]]:
    """Yield the polygons of some ground with statutory area, m2, and mean width, m."""
    parts = shapely.get_parts(shapely.get_parts(ground))
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    pieces = parts[areal & ~shapely.is_empty(parts)]
    areas = polygon_areas_m2(list(pieces))
    if len(pieces):
        for piece, area, width in zip(pieces, areas, width_m(pieces, areas), strict=True):
            yield piece, float(area), float(width)


def _open_gaps(
    ids: Sequence[str], shapes: Sequence[Shape], near_m: float, known: Sequence[BaseGeometry]
) -> Iterator[Fault]:
    """Yield the gaps between outlines that face each other within reach and open outward."""
    if not shapes:
        return
    array, sides = _array(shapes), sides_of_shapes(shapes)
    free = free_sides(sides, contacts(sides))
    drawn = shapely.linestrings(sides.plane[free])
    one, other = sides.owner[
        free[shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=near_m)]
    ]
    boxes = shapely.STRtree(array)
    for a, b in np.unique(np.stack([one, other])[:, one < other], axis=1).T.tolist():
        around = {int(k) for k in boxes.query(array[[a, b]], predicate="intersects")[1]}
        ground = [*array[sorted({a, b} | around)], *known]
        found = facing(sides, a, b, limit_m=near_m, ground=ground)
        gap = found.width_m > TOUCH_M
        length = float(found.weight_m[gap].sum()) / 2.0
        if length >= EDGE_MIN_M:
            area = float(found.width_m[gap] @ found.weight_m[gap]) / 2.0
            yield Fault(
                kind=FaultKind.GAP,
                size=size_of(area, area / length),
                level="list",
                a=ids[a],
                b=ids[b],
                area_m2=area,
                width_m=area / length,
                shape=shapely.multilinestrings(shapely.linestrings(found.links[gap])),
            )


def _between(catalog: Catalog) -> Iterator[Fault]:
    """Yield the gaps between neighbours of one level; a road or water between allows them."""
    for pair in adjacency(catalog).pairs:
        if pair.gap_mean_m is None or pair.facing_m is None:
            continue
        area = pair.gap_mean_m * pair.facing_m
        across = pair.relation is not Relation.NONE
        yield Fault(
            kind=FaultKind.GAP,
            size=size_of(area, pair.gap_mean_m),
            level=pair.level,
            a=pair.a,
            b=pair.b,
            area_m2=area,
            width_m=pair.gap_mean_m,
            shape=pair.contact,
            line=pair.line if across else None,
        )


def _parts(catalog: Catalog) -> Iterator[Fault]:
    """Yield what parts leave of their parent, and what of them lies outside it."""
    for row in catalog.units:
        parts = [u.unit_id for u in catalog.units if u.parent_id == row.unit_id]
        if not parts:
            continue
        whole = catalog.polygons[row.unit_id]
        shapes = [catalog.polygons[unit_id] for unit_id in parts]
        rest = shapely.difference(whole, shapely.union_all(shapes))
        yield from _pieces(FaultKind.GAP, row.unit_id, None, rest)
        for unit_id, shape in zip(parts, shapes, strict=True):
            yield from _pieces(
                FaultKind.OUTSIDE, row.unit_id, unit_id, shapely.difference(shape, whole)
            )


def _pieces(kind: FaultKind, a: str, b: str | None, ground: BaseGeometry) -> Iterator[Fault]:
    for piece, area, width in measured(ground):
        yield Fault(
            kind=kind,
            size=size_of(area, width),
            level="part",
            a=a,
            b=b,
            area_m2=area,
            width_m=width,
            shape=piece,
        )


def _declared(found: Sequence[Fault], exceptions: Iterable[DeclaredException]) -> tuple[Fault, ...]:
    """Return the faults with the exceptions that allow them, or how far they go beyond one."""
    kinds = {ExceptionKind.OVERLAP: FaultKind.OVERLAP, ExceptionKind.GAP: FaultKind.GAP}
    marked = list(found)
    for declared in exceptions:
        units = {declared.unit_id, declared.other_id}
        kind = kinds.get(declared.kind)
        mine = [k for k, f in enumerate(found) if f.kind is kind and {f.a, f.b} == units]
        total = sum(found[k].area_m2 for k in mine)
        limit = declared.limit_m2 or 0.0
        note = f"{declared.exception_id} allows {limit:,.0f} m2, got {total:,.0f} m2"
        for k in mine:
            allowed = total <= limit
            marked[k] = replace(
                marked[k],
                declared=declared.exception_id if allowed else None,
                note=declared.reason if allowed else note,
            )
    return tuple(marked)


def _array(shapes: Sequence[BaseGeometry]) -> NDArray[np.object_]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
