"""What is asked of every chunk of points, and what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tzkc_geo.bulk.kernels import functions
from tzkc_geo.cells import first_codes
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.membership import LEVELS, decide
from tzkc_geo.model import UnitKind
from tzkc_geo.outlines import outlines

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.cells import CellIndex

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float64]
    Progress = Callable[[int, int | None], None]  # rows done, rows in all where that is known
    Small = NDArray[np.int8]

NAMES: Final = ("cluster", "zone")
EDGE_NAMES: Final = ("verdict", "edge_m")
VERDICTS: Final = tuple(str(level) for level in LEVELS)
DECIDE_AT_A_TIME: Final = 2048  # points; so that the tables of all units stay in the cache
FAULTS_NAMED: Final = 5
MAX_LON, MAX_LAT = 180.0, 90.0


def silent(done: int, total: int | None) -> None:
    """Tell nobody how many rows are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The names of the columns with the positions."""

    lon: str = "lon"
    lat: str = "lat"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """Everything that a worker needs to answer; it can be sent to another machine."""

    columns: Columns  # with the positions: degrees, EPSG:4490
    index: CellIndex
    clusters: tuple[str, ...]
    zones: tuple[str, ...]  # and the core
    table: Small  # (units + 1, 2), by code + 1: position in clusters and zones, -1: none
    digest: str  # of the catalog
    edges: Catalog | None  # not None: verdict and distance to the nearest edge are asked too

    @classmethod
    def of(cls, catalog: Catalog, *, columns: Columns = Columns(), edges: bool = False) -> Question:
        """Return the question about the units of a catalog.

        Parameters
        ----------
        catalog
            Where the units come from.
        columns
            With the positions: degrees, EPSG:4490. Numbers; a null, NaN, an infinity and what is
            out of range is no position: such a row is in no unit, and counted.
        edges
            Whether to add ``verdict`` and ``edge_m`` as `membership.decide` gives them; slow.
        """
        own = (UnitKind.CORE, UnitKind.ZONE)
        clusters = tuple(row.unit_id for row in catalog.units if row.kind is UnitKind.CLUSTER)
        zones = tuple(row.unit_id for row in catalog.units if row.kind in own)
        table = np.full((len(catalog.units) + 1, 2), -1, dtype=np.int8)
        for row, entry in zip(catalog.units, table[1:], strict=True):
            if row.kind is UnitKind.CLUSTER:
                zone = zones.index(row.parent_id) if row.parent_id in zones else -1
                entry[:] = clusters.index(row.unit_id), zone
            elif row.kind in own:
                entry[1] = zones.index(row.unit_id)
        return cls(
            columns=columns,
            index=outlines(catalog).index,
            clusters=clusters,
            zones=zones,
            table=table,
            digest=catalog.digest,
            edges=catalog if edges else None,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that answer it."""
        return NAMES if self.edges is None else (*NAMES, *EDGE_NAMES)

    @property
    def legend(self) -> list[tuple[str | None, str | None]]:
        """The cluster and zone of each code, by code + 1."""
        clusters, zones = (*self.clusters, None), (*self.zones, None)
        return [(clusters[cluster], zones[zone]) for cluster, zone in self.table.tolist()]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that could not be read; it is kept with empty answers."""

    line: int  # of the file, from 1
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """How many rows had which answer."""

    counts: NDArray[np.int64]  # by code + 1
    without_position: int = 0
    faults: int = 0
    named: tuple[Fault, ...] = ()  # the first of them

    @classmethod
    def none(cls, question: Question) -> Tally:
        """Return the tally of no rows."""
        return cls(counts=np.zeros(len(question.table), dtype=np.int64))

    def __add__(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(
            counts=self.counts + other.counts,
            without_position=self.without_position + other.without_position,
            faults=self.faults + other.faults,
            named=(self.named + other.named)[:FAULTS_NAMED],
        )

    @property
    def rows(self) -> int:
        """All rows."""
        return int(self.counts.sum())

    def to_json(self, question: Question) -> dict[str, Any]:
        """Return the counts by name, as ``tzkc assign --json`` prints them."""
        counted = list(zip(question.legend, self.counts.tolist(), strict=True))
        return {
            "rows": self.rows,
            "clusters": {c: n for (c, _), n in counted if c is not None},
            "zone_only": {z: n for (c, z), n in counted if c is None and z is not None},
            "outside": sum(n for (c, z), n in counted if c is None and z is None),
            "without_position": self.without_position,
            "bad_rows": self.faults,
            "bad_lines": [{"line": row.line, "reason": row.reason} for row in self.named],
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """The answer for n points."""

    codes: NDArray[np.int16]  # (n,) position in the units, or OUTSIDE
    entries: Small  # (2, n) position in the clusters and zones of the question
    valid: Bytes  # (2, bytes) a bit a row, lowest first: whether there is an entry
    edges: tuple[Small, NDArray[np.float32]] | None  # (n,) each; see `_edges`
    tally: Tally


def answer(lon: Floats, lat: Floats, question: Question) -> Answer:
    """Return the answer for points.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490, shape ``(n,)``; NaN, infinite and out-of-range numbers are no
        position: no unit has them, and they are counted.
    question
        From `Question.of`.

    Returns
    -------
    Answer
        Order of the points.
    """
    for values in (lon, lat):
        values.setflags(write=False)  # one compiled form of the kernel does for all
    codes = first_codes(lon, lat, question.index, threads=1)  # the callers are threads
    counts = np.zeros(len(question.table), dtype=np.int64)
    entries = np.empty((2, codes.size), dtype=np.int8)
    valid = np.zeros((2, (codes.size + 7) // 8), dtype=np.uint8)
    functions(codes.size)["look_up"](codes, question.table, counts, entries, valid)
    lost = _without_position(lon, lat)
    edges = None if question.edges is None else _edges(lon, lat, lost, question.edges)
    return Answer(
        codes=codes,
        entries=entries,
        valid=valid,
        edges=edges,
        tally=Tally(counts=counts, without_position=lost.size),
    )


def _without_position(lon: Floats, lat: Floats) -> NDArray[np.intp]:
    """Return which points have no position."""
    limits = (lon, MAX_LON), (lat, MAX_LAT)
    if all(not v.size or (-limit <= v.min() and v.max() <= limit) for v, limit in limits):
        return np.empty(0, dtype=np.intp)  # most files; NaN is neither
    return np.flatnonzero(~((np.abs(lon) <= MAX_LON) & (np.abs(lat) <= MAX_LAT)))


def _edges(
    lon: Floats, lat: Floats, lost: NDArray[np.intp], catalog: Catalog
) -> tuple[Small, NDArray[np.float32]]:
    """Return the verdicts, as positions in `VERDICTS`, and metres to the nearest deciding edge.

    Positive inside the unit whose edge it is. Points without a position have -1 and NaN.
    """
    level = np.full(lon.size, OUTSIDE, dtype=np.int8)
    edge_m = np.full(lon.size, np.nan, dtype=np.float32)
    which = np.delete(np.arange(lon.size), lost)
    for begin in range(0, which.size, DECIDE_AT_A_TIME):
        part = which[begin : begin + DECIDE_AT_A_TIME]
        found = decide(lon[part], lat[part], catalog)
        level[part] = found.level
        nearest = found.measures.distance_m[np.arange(part.size), found.nearest]
        edge_m[part] = np.where(found.nearest == OUTSIDE, np.nan, nearest)
    return level, edge_m
