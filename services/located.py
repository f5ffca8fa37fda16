"""Answers for many positions and parcels: as a table, as an Arrow stream, as codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from fastapi import Response

from services.child import in_child
from services.formats import CSV, GEOJSON, JSON, XLSX, json_bytes
from tzkc_geo.bulk import Columns, Question, assign_stream
from tzkc_geo.crs import allow_shift, to_cgcs2000
from tzkc_geo.datum import Datum
from tzkc_geo.errors import CrsError, DataError, LimitError
from tzkc_geo.faults import faulty
from tzkc_geo.features import marked
from tzkc_geo.io.cell_values import row_objects
from tzkc_geo.io.uploads import table_bytes
from tzkc_geo.membership import assign
from tzkc_geo.sites import locate_rows, located_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.formats import Format
    from services.pool import Pool
    from services.settings import Settings
    from services.world import World
    from tzkc_geo.features import FeatureTable
    from tzkc_geo.parcel_file import Detected

OFFERS: Final = (JSON, CSV, XLSX, GEOJSON)
OCTETS: Final = "application/octet-stream"
ARROW: Final = "application/vnd.apache.arrow.stream"
PAIR_BYTES: Final = 16  # two doubles
ROWS, FAULTS, DIGEST, LEGEND = "Tzkc-Rows", "Tzkc-Faults", "Tzkc-Digest", "Tzkc-Legend"
DEGREES: Final = (None, Datum.WGS84, Datum.CGCS2000)


def located(
    read: tuple[FeatureTable, Detected], world: World, settings: Settings, form: Format
) -> Response:
    """Return the rows of an upload with the units that hold them, in a format.

    The rows are those of ``tzkc locate --in``: all of them, in their order, a bad one with a
    fault. In JSON they are ``results``, beside the object that the command prints.
    """
    table, detected = read
    found = locate_rows(table, detected, world.catalog, undo_shift=settings.undo_shift)
    headers = _headers(world, rows=len(table), faults=found.faults)
    if form is JSON:
        content = {
            **located_json(found, detected),
            "results": row_objects(marked(found.table)),
            "digest": world.catalog.digest,
        }
        return Response(json_bytes(content), headers=headers, media_type=form.media)
    data, _ = table_bytes(found.table, f".{form.name}")
    if form is not GEOJSON:
        headers["Content-Disposition"] = f'attachment; filename="located.{form.name}"'
    return Response(data, headers=headers, media_type=form.media)


def codes(data: bytes, datum: str | None, world: World, settings: Settings) -> Response:
    """Return the code of every position of raw doubles: -1, or a position in the legend.

    Parameters
    ----------
    data
        Pairs of little-endian float64: longitude, latitude, or easting, northing.
    datum
        What they are on; None: WGS84.

    Raises
    ------
    DataError
        The bytes are no pairs.
    LimitError
        There are more than ``limits.points``.
    CrsError
        The datum does not exist or is not allowed.
    """
    most = settings.limits.points
    if not data or len(data) % PAIR_BYTES:
        msg = f"body: is no list of pairs, expected a multiple of {PAIR_BYTES} bytes (two"
        msg += f" little-endian float64 a point), got {len(data)}"
        raise DataError(msg)
    if len(data) > most * PAIR_BYTES:
        msg = f"body: too many points, expected at most {most}, got {len(data) // PAIR_BYTES};"
        msg += " send parts"
        raise LimitError(msg)
    used = allow_shift(datum or Datum.WGS84, undo_shift=settings.undo_shift)
    x, y = np.frombuffer(data, dtype="<f8").reshape(-1, 2).T.astype(np.float64)
    wrong: NDArray[np.bool_] = faulty(x, y, used)
    x[wrong] = y[wrong] = np.nan
    found = assign(*to_cgcs2000(x, y, used), world.catalog)
    headers = _headers(world, rows=x.size, faults=int(wrong.sum()))
    headers[LEGEND] = ",".join(row.unit_id for row in world.catalog.units)
    return Response(found.astype("<i2").tobytes(), headers=headers, media_type=OCTETS)


async def arrow(
    data: bytes, asked: tuple[str | None, str, str], world: World, settings: Settings, pool: Pool
) -> Response:
    """Return an Arrow stream again with columns ``cluster`` and ``zone``, as ``tzkc assign``.

    Parameters
    ----------
    data
        The stream; it is read in a bounded child.
    asked
        The datum, which must be one of degrees that need no change, and the names of the columns
        of longitude and latitude.

    Raises
    ------
    CrsError
        The datum is another one.
    DataError, LimitError
        As in `bulk.assign_stream`.
    """
    datum, lon, lat = asked
    if (datum and allow_shift(datum, undo_shift=settings.undo_shift)) not in DEGREES:
        msg = f"datum: of Arrow must be wgs84 or cgcs2000, got {datum}; send another format"
        raise CrsError(msg)
    question = Question.of(world.catalog, columns=Columns(lon=lon, lat=lat))
    work = (question, settings.limits.points)
    found, tally = await in_child(assign_stream, data, *work, settings=settings, pool=pool)
    headers = _headers(world, rows=tally.rows, faults=tally.without_position)
    return Response(found, headers=headers, media_type=ARROW)


def _headers(world: World, *, rows: int, faults: int) -> dict[str, str]:
    """Return what is said of an answer beside its body."""
    return {ROWS: str(rows), FAULTS: str(faults), DIGEST: world.catalog.digest}
