"""Sites of a file and the units that hold them: the same rows, with the answers added."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.answers import POINT_COLUMNS, point_columns
from tzkc_geo.datum import Datum
from tzkc_geo.epsg import GEOGRAPHIC_EPSG
from tzkc_geo.errors import DataError
from tzkc_geo.faces import ShareKind
from tzkc_geo.features import with_faults
from tzkc_geo.parcels import divide_many
from tzkc_geo.systems import GEOGRAPHIC, moved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.features import Cells, FeatureTable
    from tzkc_geo.parcel_file import Detected
    from tzkc_geo.parcels import ParcelVerdict

    Rows = NDArray[np.intp]
    Told = Callable[[int], None]

SHIFTED: Final = (Datum.GCJ02, Datum.BD09)  # what numbers from a Chinese map service may be on
PARCEL_COLUMNS: Final = ("area_m2", "shares", "unsure_m2")
PREFIX: Final = "tz_"  # of the answers, where the file has a column of one of their names
PARCELS_AT_A_TIME: Final = 256
UNDECLARED_FORMS: Final = ("geojson", "json", "kml")  # that say WGS84 whatever they hold
POINT_TYPE: Final = 0  # of GEOS
KINDS: Final = {  # how a share is called
    ShareKind.CLUSTER: "{}",
    ShareKind.ZONE_ONLY: "{} zone only",
    ShareKind.CORRIDOR_ONLY: "corridor only",
    ShareKind.OUTSIDE: "outside",
}
MOST_PARCELS: Final = 1000  # that are told one by one in JSON; all stand in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """The rows with their answers."""

    table: FeatureTable  # rows, order and coordinates of the file, answer columns added
    columns: tuple[str, ...]  # names of the answer columns
    verdicts: Mapping[str, int]  # how many rows have which verdict
    faults: int  # rows that could not be used
    changed: int  # rows of which another likely reading would change the answer
    parcels: Mapping[int, ParcelVerdict]  # by row: how each polygon is divided

    def to_json(self) -> dict[str, Any]:
        """Return the summary as plain values."""
        return {
            "rows": len(self.table),
            "columns": list(self.columns),
            "verdicts": dict(self.verdicts),
            "faults": self.faults,
            "readings_that_differ": self.changed,
            "parcels": [
                {"row": row + 1, **verdict.to_json()}
                for row, verdict in islice(self.parcels.items(), MOST_PARCELS)
            ],
            "parcels_not_listed": max(0, len(self.parcels) - MOST_PARCELS),
        }


def located_json(found: Located, detected: Detected, notes: Iterable[str] = ()) -> dict[str, Any]:
    """Return what ``tzkc locate --in --json`` and ``POST /locate`` say of a file, but its name.

    Parameters
    ----------
    found
        The rows with their answers.
    detected
        What was detected in the file.
    notes
        Further sentences, such as those on the file that was written.
    """
    facts = {key: value for key, value in asdict(detected).items() if value not in (None, ())}
    return {
        "detected": facts,
        **found.to_json(),
        "faulty": [fault for fault in found.table.faults if fault],
        "notes": [*detected.notes, *notes],
    }


def locate_rows(
    table: FeatureTable,
    detected: Detected,
    catalog: Catalog,
    *,
    undo_shift: bool = True,
    told: Told | None = None,
) -> Located:
    """Return the rows of a file with the units that hold them (批量定位).

    Parameters
    ----------
    table, detected
        As `io.feature_files.read_features` returns them: points and polygons in any system.
    catalog
        Where the units come from.
    undo_shift
        Whether the offset of GCJ-02 and BD-09 may be removed, to say what undeclared degrees
        would mean on them.
    told
        Is called with the number of rows done since the last call.

    Returns
    -------
    Located
        All rows in their order. Points gain `answers.POINT_COLUMNS`; polygons verdict, cluster
        and zone (those with the largest share), and `PARCEL_COLUMNS`: statutory area, the
        shares in m2 and in percent that add up to 100.00, and how much of it is undecided. A
        row with a fault gains nothing. Where the file has a column of one of these names, all
        answers are called ``tz_…``.
    """
    stored = moved(table, GEOGRAPHIC_EPSG)
    shapes = np.full(len(table), None, dtype=object) if stored.shapes is None else stored.shapes
    sound = np.array([not fault for fault in stored.faults], dtype=bool)
    points = sound & (shapely.get_type_id(shapes) == POINT_TYPE)
    parcels = np.flatnonzero(sound & ~points)
    lon, lat = np.full((2, len(table)), np.nan)
    lon[points], lat[points] = shapely.get_x(shapes[points]), shapely.get_y(shapes[points])
    shifted = SHIFTED if undo_shift and _undeclared(stored, table, detected) else ()
    columns = point_columns(lon, lat, catalog, shifted=shifted, told=told)
    verdicts, reasons = _divide(parcels, shapes, catalog, told)
    if parcels.size:
        columns |= {name: np.full(len(table), None, dtype=object) for name in PARCEL_COLUMNS}
    for row, verdict in verdicts.items():
        for name, value in _cells(verdict, catalog).items():
            columns[name][row] = value
    done = with_faults(replace(table, faults=stored.faults), reasons)
    return _located(done, {name: columns[name] for name in _shown(columns, points)}, verdicts)


def _undeclared(stored: FeatureTable, table: FeatureTable, detected: Detected) -> bool:
    """Say whether nobody said what the degrees of a file are on."""
    if detected.datum is not None or table.system not in GEOGRAPHIC or stored.shapes is None:
        return False
    return bool(detected.columns) or detected.form in UNDECLARED_FORMS


def _shown(columns: Mapping[str, Cells], points: NDArray[np.bool_]) -> list[str]:
    """Return the columns to add: those of points only where there is a point."""
    if points.any() or not set(PARCEL_COLUMNS) & columns.keys():
        return list(columns)
    return [*POINT_COLUMNS[:5], *PARCEL_COLUMNS]


def _divide(
    rows: Rows, shapes: Cells, catalog: Catalog, told: Told | None
) -> tuple[dict[int, ParcelVerdict], dict[int, str]]:
    """Return the verdicts on parcels, and why some have none, by row."""
    verdicts: dict[int, ParcelVerdict] = {}
    reasons: dict[int, str] = {}
    for begin in range(0, rows.size, PARCELS_AT_A_TIME):
        part = rows[begin : begin + PARCELS_AT_A_TIME]
        try:
            divided = divide_many(shapes[part].tolist(), catalog)
            verdicts |= dict(zip(part.tolist(), divided, strict=True))
        except DataError:  # one of them is refused: each by itself tells which
            sound, refused = _one_by_one(part, shapes, catalog)
            verdicts |= sound
            reasons |= refused
        if told is not None:
            told(part.size)
    return verdicts, reasons


def _one_by_one(
    rows: Rows, shapes: Cells, catalog: Catalog
) -> tuple[dict[int, ParcelVerdict], dict[int, str]]:
    """Return the verdicts on parcels, and why some are refused."""
    verdicts, reasons = {}, {}
    for row in rows.tolist():
        try:
            verdicts[row] = divide_many([shapes[row]], catalog)[0]
        except DataError as exc:
            reasons[row] = str(exc).removeprefix("parcel 1: ")
    return verdicts, reasons


def _cells(verdict: ParcelVerdict, catalog: Catalog) -> dict[str, object]:
    """Return the answer cells of one parcel."""
    clusters = [share for share in verdict.shares if share.kind == "cluster"]
    cluster = max(clusters, key=lambda share: share.area_m2, default=None)
    zone = max(verdict.zones, key=lambda total: total.area_m2, default=None)
    told = (
        f"{KINDS[share.kind].format(share.unit_id)} {share.area_m2:.2f} m2 {share.percent_text}%"
        for share in verdict.shares
    )
    held = cluster or zone
    return {
        "verdict": str(verdict.verdict),
        "cluster": cluster and cluster.unit_id,
        "cluster_zh": cluster and cluster.name_zh,
        "zone": zone and zone.unit_id,
        "zone_zh": zone and zone.name_zh,
        "grade": held and str(catalog.results[str(held.unit_id)].grade),
        "area_m2": round(verdict.area_m2, 3),
        "shares": "; ".join(told),
        "unsure_m2": round(verdict.undecided_m2, 3),
    }


def _located(
    table: FeatureTable, answers: Mapping[str, Cells], parcels: Mapping[int, ParcelVerdict]
) -> Located:
    """Return the table with answers and what there is to count."""
    prefix = PREFIX if answers.keys() & table.columns.keys() else ""
    named = {prefix + name: cells for name, cells in answers.items()}
    readings = answers.get("readings", np.empty(0, dtype=object))
    return Located(
        table=replace(table, columns={**table.columns, **named}),
        columns=tuple(named),
        verdicts=Counter(sorted(str(v) for v in answers["verdict"] if v is not None)),
        faults=sum(map(bool, table.faults)),
        changed=sum(cell is not None for cell in readings),
        parcels=parcels,
    )
