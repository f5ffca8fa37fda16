"""The verdicts on many positions as columns, one row a position, for tables and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.crs import Datum, to_cgcs2000
from tzkc_geo.kernel import OUTSIDE
from tzkc_geo.membership import LEVELS, decide
from tzkc_geo.outlines import outlines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.membership import Memberships

    Cells = NDArray[np.object_]
    Codes = NDArray[np.int16]
    Floats = NDArray[np.float64]
    Told = Callable[[int], None]

ROWS_AT_A_TIME: Final = 2048
POINT_COLUMNS: Final = (
    "verdict",
    "cluster",
    "cluster_zh",
    "zone",
    "zone_zh",
    "edge_unit",
    "edge",
    "edge_m",
    "edge_acc_m",
    "band_m",
    "prob",
    "grade",
    "readings",
)


def point_columns(
    lon: Floats,
    lat: Floats,
    catalog: Catalog,
    *,
    shifted: Sequence[Datum] = (),
    told: Told | None = None,
) -> dict[str, Cells]:
    """Return the verdict on each position, and its grounds, as columns.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490, shape ``(n,)``; NaN where a row has no position.
    catalog
        Where the units come from.
    shifted
        Other datums that the same numbers may be on, where nobody declared one.
    told
        Is called with the number of rows done since the last call.

    Returns
    -------
    dict
        `POINT_COLUMNS`, each of shape ``(n,)``; None where there is nothing to say.
        ``edge_unit`` is the unit whose outline is the nearest of those that decide the verdict,
        ``edge`` the line that made it there, ``edge_m`` the distance to it, positive inside that
        unit, ``prob`` the probability of lying inside it. Of ``edge_acc_m`` (95 %) and
        ``band_m`` one is stated. ``readings`` says what the numbers would mean on
        the other datums, where that changes verdict or cluster.
    """
    columns: dict[str, Cells] = {
        name: np.full(lon.size, None, dtype=object) for name in POINT_COLUMNS
    }
    rows = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    for begin in range(0, rows.size, ROWS_AT_A_TIME):
        part = rows[begin : begin + ROWS_AT_A_TIME]
        found = decide(lon[part], lat[part], catalog)
        for name, values in _columns(found, catalog).items():
            columns[name][part] = values
        if shifted:
            columns["readings"][part] = _others(lon[part], lat[part], found, catalog, shifted)
        if told is not None:
            told(part.size)
    return columns


def _columns(found: Memberships, catalog: Catalog) -> dict[str, Cells]:
    """Return the columns of some positions, all of them finite."""
    units = catalog.units
    ids = _texts([row.unit_id for row in units])
    names = _texts([row.name_zh for row in units])
    grades = _texts([str(catalog.results[row.unit_id].grade) for row in units])
    own = np.where(found.cluster == OUTSIDE, found.zone, found.cluster)
    at = np.arange(found.nearest.size), np.maximum(found.nearest, 0)
    measures, none = found.measures, found.nearest == OUTSIDE
    edges = _texts([edge.name_zh for edge in outlines(catalog).edges])
    reach, sure = measures.reach_m[at], np.isfinite(measures.sigma_m[at])
    return {
        "verdict": _texts([str(level) for level in LEVELS])[found.level],
        "cluster": ids[found.cluster],
        "cluster_zh": names[found.cluster],
        "zone": ids[found.zone],
        "zone_zh": names[found.zone],
        "edge_unit": ids[found.nearest],
        "edge": edges[np.where(none, -1, measures.edge[at])],
        "edge_m": _numbers(measures.distance_m[at], ~none, digits=2),
        "edge_acc_m": _numbers(reach, sure & ~none, digits=1),
        "band_m": _numbers(reach, ~sure & ~none, digits=1),
        "prob": _numbers(measures.probability[at], ~none, digits=4),
        "grade": grades[np.where(own == OUTSIDE, found.nearest, own)],
    }


def _others(
    lon: Floats, lat: Floats, found: Memberships, catalog: Catalog, shifted: Sequence[Datum]
) -> Cells:
    """Return what the same numbers mean on other datums, where that changes the answer."""
    said = [""] * lon.size
    for datum in shifted:
        other = decide(*to_cgcs2000(lon, lat, datum), catalog)
        differs = (other.level != found.level) | (other.cluster != found.cluster)
        for row in np.flatnonzero(differs).tolist():
            code = other.cluster[row]
            cluster = "" if code == OUTSIDE else f" {catalog.units[code].unit_id}"
            said[row] += f"; {datum}: {LEVELS[other.level[row]]}{cluster}"
    texts = _texts([text.removeprefix("; ") or None for text in said])
    return texts[:-1]


def _texts(values: Sequence[str | None]) -> Cells:
    """Return texts as an array, and None at its end, where the position is -1."""
    return np.array([*values, None], dtype=object)


def _numbers(values: Floats, stated: NDArray[np.bool_], *, digits: int) -> Cells:
    """Return rounded numbers, None where nothing is stated."""
    cells = np.round(values, digits).astype(object)
    cells[~stated] = None
    return cells
