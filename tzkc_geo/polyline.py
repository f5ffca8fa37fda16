"""Polylines in the plane: rigid motion, prolongation, feet and crossings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

REACH_M = 12_000.0  # how far the first and last segments are prolonged to find a corner


@dataclass(frozen=True, slots=True)
class Foot:
    """The point of a polyline nearest to a given point."""

    distance_m: float  # positive on the left of the walking direction
    position_m: float  # arc length from the first vertex
    point: Points  # (2,)
    normal: Points  # (2,), unit, to the left; from a vertex: along the line to the given point


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where two polylines meet, with the arc lengths on both."""

    point: Points  # (2,)
    on_a_m: float
    on_b_m: float


@dataclass(frozen=True, slots=True)
class Frame:
    """What a rigid motion of a line refers to: its chord's middle and left normal."""

    pivot: Points  # (2,)
    normal: Points  # (2,), unit, left of the chord from first to last vertex


def frame_of(points: Points) -> Frame:
    """Return the frame of a polyline, shape ``(n, 2)`` metres."""
    chord = points[-1] - points[0]
    normal = np.array([-chord[1], chord[0]]) / float(np.hypot(*chord))
    return Frame((points[0] + points[-1]) / 2.0, normal)


def move(points: Points, frame: Frame, *, offset_m: float, rotation: float) -> Points:
    """Turn by ``rotation`` (rad, counter-clockwise) about the pivot, then shift to the left."""
    c, s = np.cos(rotation), np.sin(rotation)
    turn = np.array([[c, -s], [s, c]])
    moved: Points = (points - frame.pivot) @ turn.T + frame.pivot + offset_m * frame.normal
    return moved


def prolong(points: Points, reach_m: float) -> Points:
    """Return the polyline with its first and last segments prolonged straight on."""
    if reach_m <= 0:
        return points
    head = points[0] - points[1]
    tail = points[-1] - points[-2]
    first = points[0] + head / np.hypot(*head) * reach_m
    last = points[-1] + tail / np.hypot(*tail) * reach_m
    return np.vstack([first, points, last])


def arc_lengths(points: Points) -> Points:
    """Return the arc length of every vertex, shape ``(n,)``, starting at zero."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def foot(points: Points, xy: Points) -> Foot:
    """Return the foot of ``xy`` on the polyline."""
    start, step = points[:-1], np.diff(points, axis=0)
    square = np.einsum("ij,ij->i", step, step)
    t = np.clip(np.einsum("ij,ij->i", xy - start, step) / square, 0.0, 1.0)
    feet = start + t[:, None] * step
    k = int(np.argmin(np.hypot(*(xy - feet).T)))
    length = float(np.sqrt(square[k]))
    normal = np.array([-step[k, 1], step[k, 0]]) / length
    gap = xy - feet[k]
    side = float(np.sign(gap @ normal)) or 1.0
    distance = float(np.hypot(*gap))
    at_vertex = t[k] in (0.0, 1.0) and distance > 0.0
    toward = side * gap / distance if at_vertex else normal
    position = float(arc_lengths(points)[k] + t[k] * length)
    return Foot(side * distance, position, feet[k], toward)


def crossings(a: Points, b: Points) -> list[Crossing]:
    """Return every proper crossing of two polylines, in the order along ``a``."""
    p, r = a[:-1, None, :], np.diff(a, axis=0)[:, None, :]
    q, s = b[None, :-1, :], np.diff(b, axis=0)[None, :, :]
    det = r[..., 0] * s[..., 1] - r[..., 1] * s[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = q - p
        t = (gap[..., 0] * s[..., 1] - gap[..., 1] * s[..., 0]) / det
        u = (gap[..., 0] * r[..., 1] - gap[..., 1] * r[..., 0]) / det
    hit = (det != 0) & (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    along_a, along_b = arc_lengths(a), arc_lengths(b)
    found = []
    for i, j in zip(*np.nonzero(hit), strict=True):
        point = a[i] + t[i, j] * (a[i + 1] - a[i])
        on_a = along_a[i] + t[i, j] * (along_a[i + 1] - along_a[i])
        on_b = along_b[j] + u[i, j] * (along_b[j + 1] - along_b[j])
        found.append(Crossing(point, float(on_a), float(on_b)))
    return sorted(found, key=lambda crossing: crossing.on_a_m)


def between(points: Points, start_m: float, end_m: float) -> Points:
    """Return the vertices strictly between two arc lengths, in walking order."""
    along = arc_lengths(points)
    low, high = min(start_m, end_m), max(start_m, end_m)
    inside = points[(along > low + 1e-6) & (along < high - 1e-6)]
    return inside if start_m <= end_m else inside[::-1]
