"""How a parcel is divided among the units (宗地归属): square metres, percent, certainty."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
import shapely

from tzkc_geo.crs import check_position
from tzkc_geo.errors import DataError
from tzkc_geo.faces import Faces, ShareKind, faces
from tzkc_geo.geodesy import polygon_areas_m2
from tzkc_geo.limits import area_sigma_m2
from tzkc_geo.pieces import SLIVER_M, Pieces, cut, of_parcel, unsure_m2, width_m, without_slivers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog

    Polygonal: TypeAlias = shapely.Polygon | shapely.MultiPolygon
    Floats = NDArray[np.float64]
    Shapes = NDArray[np.object_]

OUTSIDE_ZH: Final = "走廊外"
HALF: Final = 0.5  # of a parcel; more undecided ground than this leaves it undecided
RULES: Final = {
    "ties": "cluster before zone before corridor, then the earlier unit",
    "slivers": f"mean width 2 area / perimeter below {SLIVER_M} m: given to the neighbour piece",
    "closure": "spread over the shares in proportion to their areas",
    "percent_text": "largest remainder, ties to the earlier share",
    "undecided": "within 95 % accuracy or band of a deciding edge; verdict if above half",
    "sigma_m2": "sigma times length of an edge; one line moves together, lines independently",
}


class Division(StrEnum):
    """The verdict on a parcel (宗地判定)."""

    IN_CLUSTER = "in_cluster"
    ZONE_ONLY = "zone_only"
    CORRIDOR_ONLY = "corridor_only"
    OUTSIDE = "outside"
    SPLIT = "split"
    UNDECIDED = "undecided"


WHOLE: Final = {
    ShareKind.CLUSTER: Division.IN_CLUSTER,
    ShareKind.ZONE_ONLY: Division.ZONE_ONLY,
    ShareKind.CORRIDOR_ONLY: Division.CORRIDOR_ONLY,
    ShareKind.OUTSIDE: Division.OUTSIDE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The ground of a parcel that one unit holds, or that lies outside."""

    unit_id: str | None  # None: outside
    kind: ShareKind
    name_zh: str
    area_m2: float  # statutory ellipsoid area (椭球面积)
    percent: float
    percent_text: str  # as printed; all of a parcel add up to 100.00
    sigma_m2: float | None  # first order; None: an edge with a band alone cuts it off
    undecided_m2: float  # of it within reach of an edge that decides
    geometry: Polygonal  # lon lat, EPSG:4490


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneTotal:
    """What a parcel has in the core or a zone: its clusters and the ground in the zone only."""

    unit_id: str
    name_zh: str
    area_m2: float
    percent: float
    percent_text: str  # sum of what is printed for its shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliver:
    """Ground too thin to be a share (狭长碎屑), and who was given it; None: outside."""

    from_id: str | None
    to_id: str | None
    area_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelVerdict:
    """How one parcel is divided, with the grounds."""

    area_m2: float  # statutory, of the parcel as given
    verdict: Division
    shares: tuple[Share, ...]  # order of the catalog, then outside
    zones: tuple[ZoneTotal, ...]  # order of the catalog
    undecided_m2: float
    slivers: tuple[Sliver, ...]
    closure_m2: float  # spread over the shares; see `divide_many`
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain values, with the rules it follows; no geometry."""
        return {
            "area_m2": self.area_m2,
            "verdict": self.verdict,
            "shares": [_plain(share, without="geometry") for share in self.shares],
            "zones": [_plain(zone) for zone in self.zones],
            "undecided_m2": self.undecided_m2,
            "slivers": [_plain(sliver) for sliver in self.slivers],
            "sliver_width_m": SLIVER_M,
            "closure_m2": self.closure_m2,
            "rules": RULES,
            "digest": self.digest,
        }


class _Row(NamedTuple):
    """One parcel of the kernel's arrays."""

    parcel: Polygonal
    total_m2: float
    closure_m2: float
    area_m2: Floats  # (u + 1,), with the closure
    unsure_m2: Floats  # (u + 1,)


def divide(polygon: Polygonal, catalog: Catalog) -> ParcelVerdict:
    """Return how one parcel is divided; `divide_many` of an array of one."""
    return divide_many([polygon], catalog)[0]


def divide_many(polygons: Sequence[Polygonal], catalog: Catalog) -> tuple[ParcelVerdict, ...]:
    """Return how each parcel is divided among the units (宗地分割统计).

    Parameters
    ----------
    polygons
        Polygons and multipolygons, lon lat in degrees, EPSG:4490; a third coordinate is ignored.
    catalog
        Where the units come from.

    Returns
    -------
    tuple of ParcelVerdict
        Order of ``polygons``. A share is listed if it holds ground; far away all is outside.

    Raises
    ------
    DataError
        A geometry is no polygon, is empty, is not valid (the message says where), or is thinner
        than `SLIVER_M` as a whole; the message begins ``parcel K``, counted from 1.
    CrsError
        A coordinate is not finite or not in degrees.

    Notes
    -----
    *Once.* Every bit of ground counts once: clusters first, then core and zones, then the rest of
    the corridor, then outside; of two units that overlap the earlier one has it. Sides are
    straight in longitude and latitude, as in membership; holes of the parcel are kept.

    *Closure.* The statutory formula takes a side as straight in the equal-area plane. A new
    vertex on a side of s metres therefore changes the area by up to ``s³ tan B / (12 R)`` times
    0.39: 0.003 m2 for 100 m, 3 m2 for 1 km. The difference between the parcel's statutory area
    and the sum of its pieces is spread over the shares in proportion to their areas (按面积比例
    配赋闭合差), so that they add up to the parcel's statutory area; it is reported.

    *Slivers.* A connected piece whose mean width, 2 area / perimeter, is below `SLIVER_M` goes to
    the piece of its parcel with the longest common edge, or to the largest one if it has none.
    The largest piece is never a sliver. Degrees printed with 7 decimals, and most parcel files,
    are rounded by up to half of that width, while surveyed corners are known to some 5 cm: what
    is thinner is rounding, what is wider may be meant. An area would be no such limit, since it
    grows with the length of the edge.

    *Undecided.* Ground within the 95 % accuracy of an edge that decides it, or within its band
    where it has none; see `tzkc_geo.faces.faces`. A parcel is ``undecided`` if that is more than
    half of it; the shares are those of the outlines as they stand all the same.

    *Sigma.* See `tzkc_geo.limits.area_sigma_m2`.
    """
    parcels = _checked(polygons)
    total = polygon_areas_m2(list(parcels))
    _refuse_thin(parcels, total)
    ready = faces(catalog)
    pieces = without_slivers(cut(parcels, ready))
    shape = (len(parcels), len(ready.kinds))
    area, unsure = np.zeros(shape), np.zeros(shape)
    np.add.at(area, (pieces.parcel, pieces.cell), pieces.area_m2)
    np.add.at(unsure, (pieces.parcel, pieces.cell), unsure_m2(pieces, ready))
    found = area.sum(axis=1)
    factor = (total / found)[:, None]
    bounds = np.searchsorted(pieces.parcel, np.arange(len(parcels) + 1)).tolist()
    parts = [of_parcel(pieces, slice(first, last)) for first, last in pairwise(bounds)]
    columns = zip(parcels, total, total - found, area * factor, unsure * factor, strict=True)
    return tuple(
        _verdict(_Row(*values), part, catalog, ready)
        for values, part in zip(columns, parts, strict=True)
    )


def rounded_percent(shares: Sequence[float], *, decimals: int = 2) -> tuple[str, ...]:
    """Return shares in percent, rounded so that the texts add up to 100 (最大余数法).

    Parameters
    ----------
    shares
        Amounts in any unit, at least one, none negative, not all zero.
    decimals
        Digits behind the point, 0 or more.

    Returns
    -------
    tuple of str
        Order of ``shares``. Each is rounded down, then those with the largest remainders get one
        unit of the last digit more, the earlier one where two are equal; exact arithmetic.

    Raises
    ------
    DataError
        The shares or ``decimals`` are not as described.

    Examples
    --------
    >>> rounded_percent([1.0, 1.0, 1.0])
    ('33.34', '33.33', '33.33')
    """
    values = np.asarray(shares, dtype=np.float64)
    if not (np.isfinite(values).all() and (values >= 0.0).all() and values.any()):
        msg = f"shares: no percent of these, expected numbers >= 0, not all 0, got {values}"
        raise DataError(msg)
    if decimals < 0:
        msg = f"decimals: no such number of digits, expected 0 or more, got {decimals}"
        raise DataError(msg)
    units = 100 * 10**decimals
    amounts = [Fraction(value) for value in values.tolist()]
    exact = [amount * units / sum(amounts) for amount in amounts]
    rounded = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda k: (rounded[k] - exact[k], k))
    for k in by_remainder[: units - sum(rounded)]:
        rounded[k] += 1
    return tuple(format(Decimal(value).scaleb(-decimals), "f") for value in rounded)


def _checked(polygons: Sequence[Polygonal]) -> Shapes:
    """Return the parcels as an array ``(n,)`` in two dimensions, or say what is wrong."""
    parcels = np.empty(len(polygons), dtype=object)
    parcels[:] = polygons
    areal = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    for number, parcel in enumerate(parcels, start=1):
        if shapely.get_type_id(parcel) not in areal:
            kind = getattr(parcel, "geom_type", type(parcel).__name__)
            msg = f"parcel {number}: is no area, expected Polygon or MultiPolygon, got {kind}"
            raise DataError(msg)
        if parcel.is_empty:
            msg = f"parcel {number}: is empty, expected an area, got {parcel.wkt}; remove it"
            raise DataError(msg)
        check_position(*shapely.get_coordinates(parcel).T, where=f"parcel {number}: vertex")
    for k in np.flatnonzero(~shapely.is_valid(parcels)):
        reason = shapely.is_valid_reason(parcels[k])
        msg = (
            f"parcel {k + 1}: is not valid, expected rings that do not cross, got {reason}; "
            "correct the ring there"
        )
        raise DataError(msg)
    flat: Shapes = shapely.force_2d(parcels)
    return flat


def _refuse_thin(parcels: Shapes, area_m2: Floats) -> None:
    """Raise `DataError` for the first parcel that is itself a sliver."""
    width = width_m(parcels, area_m2)
    for k in np.flatnonzero(width < SLIVER_M):
        msg = (
            f"parcel {k + 1}: is a sliver, expected a mean width of {SLIVER_M} m or more, "
            f"got {width[k]:.2g} m; remove it"
        )
        raise DataError(msg)


def _verdict(row: _Row, mine: Pieces, catalog: Catalog, ready: Faces) -> ParcelVerdict:
    """Return the verdict on one parcel."""
    shares = _shares(row, mine, catalog, ready)
    undecided = sum(share.undecided_m2 for share in shares)
    level = WHOLE[shares[0].kind] if len(shares) == 1 else Division.SPLIT
    return ParcelVerdict(
        area_m2=float(row.total_m2),
        verdict=Division.UNDECIDED if undecided > HALF * row.total_m2 else level,
        shares=shares,
        zones=_zones(shares, catalog),
        undecided_m2=undecided,
        slivers=tuple(
            Sliver(
                from_id=_id(catalog, mine.cut[k]),
                to_id=_id(catalog, mine.cell[k]),
                area_m2=float(mine.area_m2[k]),
            )
            for k in np.flatnonzero(mine.cut != mine.cell)
        ),
        closure_m2=float(row.closure_m2),
        digest=catalog.digest,
    )


def _shares(row: _Row, mine: Pieces, catalog: Catalog, ready: Faces) -> tuple[Share, ...]:
    """Return the shares of one parcel."""
    held = np.flatnonzero(row.area_m2).tolist()
    shapes: list[Polygonal] = [row.parcel]
    sigmas: list[float | None] = [0.0]
    if len(held) > 1:
        shapes = [_joined(mine.shape[mine.cell == code]) for code in held]
        sigmas = area_sigma_m2(shapes, row.parcel, ready.limits)
    texts = rounded_percent(row.area_m2[held].tolist())
    return tuple(
        Share(
            unit_id=_id(catalog, code),
            kind=ready.kinds[code],
            name_zh=OUTSIDE_ZH if code == len(catalog.units) else catalog.units[code].name_zh,
            area_m2=float(row.area_m2[code]),
            percent=float(100.0 * (row.area_m2[code] / row.total_m2)),
            percent_text=text,
            sigma_m2=sigma,
            undecided_m2=float(row.unsure_m2[code]),
            geometry=shape,
        )
        for code, text, sigma, shape in zip(held, texts, sigmas, shapes, strict=True)
    )


def _zones(shares: tuple[Share, ...], catalog: Catalog) -> tuple[ZoneTotal, ...]:
    """Return what the core and each zone hold: their clusters and the ground in them only."""
    parents = {row.unit_id: row.parent_id for row in catalog.units}
    groups: dict[str | None, list[Share]] = {row.unit_id: [] for row in catalog.units}
    for share in shares:
        if share.kind is ShareKind.CLUSTER:
            groups[parents[str(share.unit_id)]].append(share)
        elif share.kind is ShareKind.ZONE_ONLY:
            groups[share.unit_id].append(share)
    return tuple(
        ZoneTotal(
            unit_id=row.unit_id,
            name_zh=row.name_zh,
            area_m2=sum(share.area_m2 for share in groups[row.unit_id]),
            percent=sum(share.percent for share in groups[row.unit_id]),
            percent_text=str(sum(Decimal(share.percent_text) for share in groups[row.unit_id])),
        )
        for row in catalog.units
        if groups[row.unit_id]
    )


def _joined(parts: Shapes) -> Polygonal:
    """Return polygons that may touch as one geometry, a single one untouched."""
    joined: Polygonal = parts[0] if len(parts) == 1 else shapely.union_all(parts)
    return joined


def _id(catalog: Catalog, code: int) -> str | None:
    """Return the id of the unit of a cell, or None for outside."""
    return None if code == len(catalog.units) else catalog.units[code].unit_id


def _plain(record: Share | ZoneTotal | Sliver, *, without: str = "") -> dict[str, Any]:
    """Return the fields of a record by name."""
    return {f.name: getattr(record, f.name) for f in fields(record) if f.name != without}
