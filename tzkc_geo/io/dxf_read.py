"""Rows of a DXF drawing: closed polylines are plots, points, blocks and texts are sites."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.errors import DataError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.dxf_text import read_drawing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ezdxf.document import Drawing
    from ezdxf.entities.dxfentity import DXFEntity
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

APP: Final = "TZKC_GEO"  # owner of our extended data (XDATA)
EPSG: Final = "EPSG"  # custom property of the drawing
LAYER, KIND, TEXT = "layer", "kind", "text"
TOLERANCE_M: Final = 0.001  # ends of an open polyline that are nearer than this meet
SAGITTA_M: Final = 0.001  # an arc is cut into chords that are nearer to it than this
MIN_RING: Final = 3
OUTLINES: Final = ("LWPOLYLINE", "POLYLINE")
SITES: Final = ("POINT", "INSERT", "TEXT", "MTEXT")


@dataclass(slots=True)
class _Rows:
    """Rows while a drawing is walked."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[shapely.Geometry | None] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    rings: dict[int, list[tuple[int, int, Points]]] = field(default_factory=dict)
    ours: dict[tuple[int, int, int, int], int] = field(default_factory=dict)

    def add(self, facts: dict[str, Any], shape: shapely.Geometry | None, fault: str = "") -> int:
        self.facts.append(facts)
        self.shapes.append(shape)
        self.faults.append(fault)
        return len(self.facts) - 1


def parse_dxf(data: bytes, *, name: str) -> tuple[FeatureTable, str, tuple[str, ...]]:
    """Return the plots and sites of the model space of a DXF drawing, its encoding, and notes.

    A closed LWPOLYLINE or POLYLINE is a polygon, so is an open one whose ends meet within
    1 mm (this is said); another open one is a row with a fault. A POINT, INSERT, TEXT or MTEXT
    is a point. Other entities are counted in a note. Columns are layer, kind, text and the
    attributes of blocks; a drawing of ours gives back its own columns, with parts and holes.

    Parameters
    ----------
    data
        All bytes.
    name
        Of the file, for messages.

    Returns
    -------
    tuple
        Metres as drawn, x = easting. The system is that which a drawing of ours says, else None.

    Raises
    ------
    DataError, CrsError
        As in `read_drawing`; our own data in it is damaged.
    """
    drawing, encoding, notes = read_drawing(data, name=name)
    rows, others, counts = _Rows(), Counter[str](), Counter[str]()
    for entity in drawing.modelspace():
        kind = entity.dxftype()
        if kind in OUTLINES and not _is_mesh(entity):
            _outline(entity, rows, counts, name)
        elif kind in SITES:
            _site(entity, rows, name)
        else:
            others[kind] += 1
    for row, rings in rows.rings.items():
        rows.shapes[row] = _polygon(rings)
    said = list(notes)
    if others:
        listed = ", ".join(f"{count} {kind}" for kind, count in others.items())
        said.append(f"{name}: entities that are no outline and no site are not read: {listed}")
    said += [f"{name}: {count} {text}" for text, count in counts.items()]
    keys = list(dict.fromkeys(key for facts in rows.facts for key in facts))
    table = FeatureTable(
        columns={key: cells([facts.get(key) for facts in rows.facts]) for key in keys},
        shapes=cells(rows.shapes),
        system=_system(drawing, name),
        faults=tuple(f and f"{name}:{k}: {f}" for k, f in enumerate(rows.faults, start=1)),
        name=name,
    )
    return table, encoding, tuple(said)


def _system(drawing: Drawing, name: str) -> int | None:
    """Return the code that a drawing of ours says."""
    said = drawing.header.custom_vars.get(EPSG)
    if said is None:
        return None
    if not said.isdigit():
        msg = f"{name}: property {EPSG} is not a code, expected one such as 4528, got {said!r}"
        raise DataError(msg)
    return int(said)


def _is_mesh(entity: Any) -> bool:  # noqa: ANN401  (ezdxf has one class an entity)
    """Say whether a POLYLINE is a surface."""
    return entity.dxftype() == "POLYLINE" and not (entity.is_2d_polyline or entity.is_3d_polyline)


def _outline(entity: Any, rows: _Rows, counts: Counter[str], name: str) -> None:  # noqa: ANN401
    """Add a polyline: a ring of our own, a polygon, or a row with a fault."""
    xy = _vertices(entity, counts)
    closed = bool(entity.is_closed)
    if closed and len(xy) > MIN_RING and (xy[0] == xy[-1]).all():
        xy = xy[:-1]
    elif not closed and len(xy) > MIN_RING and np.hypot(*(xy[-1] - xy[0])) <= TOLERANCE_M:
        counts["open outlines whose ends meet are taken as closed"] += 1
        xy, closed = xy[:-1], True
    ours = _own(entity, name)
    if not closed or len(xy) < MIN_RING:
        facts = _facts(entity) if ours is None else ours[3]
        fault = (
            "outline is open, expected its first point again at the end; close it (PEDIT)"
            if not closed
            else f"outline has too few points, expected at least {MIN_RING}, got {len(xy)}"
        )
        rows.add(facts, shapely.LineString(xy) if len(xy) > 1 else None, fault)
    elif ours is None:
        rows.add(_facts(entity), shapely.Polygon(xy))
    else:
        _own_ring(rows, ours, xy)


def _own_ring(rows: _Rows, ours: tuple[int, int, int, dict[str, Any]], xy: Points) -> None:
    """Add a ring to the row it belongs to; a copy made in a drawing becomes a row of its own."""
    number, part, ring, facts = ours
    copy = 0
    while (number, part, ring, copy) in rows.ours:
        copy += 1
    row = rows.ours.get((number, -1, -1, copy))
    if row is None:
        row = rows.ours[number, -1, -1, copy] = rows.add(facts, None)
    rows.ours[number, part, ring, copy] = row
    rows.rings.setdefault(row, []).append((part, ring, xy))
    rows.facts[row] = rows.facts[row] or facts


def _polygon(rings: list[tuple[int, int, Points]]) -> shapely.Geometry:
    """Return the polygon of rings of our own: of each part the shell, then its holes."""
    parts: dict[int, list[Points]] = {}
    for part, _, xy in sorted(rings, key=lambda item: item[:2]):
        parts.setdefault(part, []).append(xy)
    polygons = [shapely.Polygon(shell, holes) for shell, *holes in parts.values()]
    several = len(polygons) > 1 or any(part > 0 for part in parts)
    return shapely.MultiPolygon(polygons) if several else polygons[0]


def _site(entity: Any, rows: _Rows, name: str) -> None:  # noqa: ANN401
    """Add a point."""
    place = entity.dxf.location if entity.dxftype() == "POINT" else entity.dxf.insert
    ours = _own(entity, name)
    facts = _facts(entity) if ours is None else ours[3]
    rows.add(facts, shapely.Point(place.x, place.y))


def _facts(entity: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return layer, kind and texts of an entity of another program."""
    kind = entity.dxftype()
    facts: dict[str, Any] = {LAYER: entity.dxf.layer, KIND: kind}
    if kind in ("TEXT", "MTEXT"):
        facts[TEXT] = entity.plain_text()
    elif kind == "INSERT":
        facts[TEXT] = entity.dxf.name
        facts |= {str(a.dxf.tag): str(a.dxf.text) for a in entity.attribs}
    return facts


def _vertices(entity: Any, counts: Counter[str]) -> Points:  # noqa: ANN401
    """Return the vertices of a polyline as drawn in the world, shape (n, 2); arcs as chords."""
    if entity.dxftype() == "POLYLINE" and entity.is_3d_polyline:
        return _pairs((p.x, p.y) for p in entity.points())
    if entity.dxftype() == "LWPOLYLINE":
        rows = np.array(entity.lwpoints.values, dtype=np.float64).reshape(-1, 5)[:, [0, 1, 4]]
        height = entity.dxf.elevation
    else:
        places = [(v.dxf.location.x, v.dxf.location.y, v.dxf.bulge) for v in entity.vertices]
        rows = np.array(places, dtype=np.float64).reshape(-1, 3)
        height = entity.dxf.elevation.z
    xy = rows[:, :2]
    if rows[:, 2].any():
        counts["outlines have arcs: these are cut into chords within 1 mm"] += 1
        xy = chords(rows, closed=bool(entity.is_closed), sagitta_m=SAGITTA_M)
    system = entity.ocs()
    if not system.transform:
        return xy
    return _pairs((p.x, p.y) for p in system.points_to_wcs((x, y, height) for x, y in xy.tolist()))


def chords(rows: Points, *, closed: bool, sagitta_m: float) -> Points:
    """Return the vertices of an outline whose arcs are cut into chords.

    Parameters
    ----------
    rows
        Shape ``(n, 3)``: x, y in metres and the bulge of the step to the next vertex, which is
        the tangent of a quarter of its angle, positive to the left.
    closed
        A last step leads back to the first vertex.
    sagitta_m
        No chord is farther than this from its arc.

    Returns
    -------
    Points
        Shape ``(m, 2)``; all vertices of the outline are among them, as they are.
    """
    parts = []
    for k, (x, y, bulge) in enumerate(rows.tolist()):
        parts.append(np.array([[x, y]]))
        if bulge == 0.0 or (k == len(rows) - 1 and not closed):
            continue
        start = complex(x, y)
        step = complex(*rows[(k + 1) % len(rows), :2].tolist()) - start
        angle = 4.0 * np.arctan(bulge)
        radius = abs(step) * (1.0 + bulge * bulge) / (4.0 * abs(bulge))
        widest = 2.0 * np.arccos(max(1.0 - sagitta_m / radius, 0.0)) if radius else np.pi
        count = int(np.ceil(abs(angle) / widest))
        turns = np.exp(1j * angle * np.arange(1, count) / count)
        places = start + step * (turns - 1.0) / (np.exp(1j * angle) - 1.0)
        parts.append(np.column_stack([places.real, places.imag]))
    return np.concatenate(parts) if parts else np.empty((0, 2))


def _pairs(points: Iterator[tuple[float, float]]) -> Points:
    return np.array(list(points), dtype=np.float64).reshape(-1, 2)


def _own(entity: DXFEntity, name: str) -> tuple[int, int, int, dict[str, Any]] | None:
    """Return row, part, ring and cells of an entity that we wrote; None for others."""
    if not entity.has_xdata(APP):
        return None
    text = "".join(str(tag.value) for tag in entity.get_xdata(APP) if tag.code == 1000)  # noqa: PLR2004
    try:
        kept = json.loads(text)
        return int(kept["row"]), int(kept["part"]), int(kept["ring"]), dict(kept["cells"])
    except (ValueError, KeyError, TypeError) as exc:
        msg = f"{name}: extended data of {APP} is damaged, expected JSON with row, part, ring and"
        msg += f" cells, got {text[:60]!r}"
        raise DataError(msg) from exc
