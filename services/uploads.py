"""What a request uploads: its bytes, what they are, and how they are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

import shapely
from starlette.datastructures import UploadFile

from services.child import in_child
from services.refused import RefusedError
from tzkc_geo.errors import DataError, LimitError
from tzkc_geo.io.feature_files import ENDINGS
from tzkc_geo.io.uploads import JSON, ZIP, Reading, read_upload

if TYPE_CHECKING:
    from fastapi import Request

    from services.pool import Pool
    from services.settings import Settings
    from tzkc_geo.features import FeatureTable
    from tzkc_geo.parcel_file import Detected

FORM: Final = "multipart/form-data"
ENDING_OF: Final = {  # of a body that is one file, by its media type
    "application/json": JSON,
    "application/geo+json": ".geojson",
    "text/csv": ".csv",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/zip": ZIP,
    "application/geopackage+sqlite3": ".gpkg",
    "application/vnd.google-earth.kml+xml": ".kml",
    "image/vnd.dxf": ".dxf",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.apache.arrow.file": ".arrow",
}
SMALL: Final = 1 << 18  # bytes of JSON; to read these takes less than to start a child
OPTIONS: Final = ("datum", "lon", "lat")
FIELDS_MOST: Final = 16


@dataclass(frozen=True, slots=True)
class Upload:
    """One file."""

    data: bytes
    ending: str  # decides the reader; the name of the file counts for nothing else
    reading: Reading


def media_of(request: Request) -> str:
    """Return the media type of the body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def body_of(request: Request) -> bytes:
    """Return the body, or raise `DataError` where there is none."""
    data = await request.body()
    if not data:
        msg = "body: is empty, expected points, parcels or a file"
        raise DataError(msg)
    return data


async def upload_of(request: Request, settings: Settings) -> Upload:
    """Return what a request uploads, in the body as it is or in a form.

    Raises
    ------
    RefusedError
        415: nothing is known of the media type or the ending of the file.
    DataError
        There is no byte, or no file in the form.
    """
    media = media_of(request)
    options = {name: request.query_params.get(name) or None for name in OPTIONS}
    if media == FORM:
        data, ending, fields = await _from_form(request)
        options = {name: value or fields.get(name) or None for name, value in options.items()}
    elif media in ENDING_OF:
        data, ending = await body_of(request), ENDING_OF[media]
    else:
        known = ", ".join((*ENDING_OF, FORM))
        msg = f"Content-Type: is not read here, expected one of {known}, got {media!r}"
        raise RefusedError(415, msg)
    return Upload(data, ending, Reading(**options, undo_shift=settings.undo_shift))


async def _from_form(request: Request) -> tuple[bytes, str, dict[str, str]]:
    """Return the bytes of the one file of a form, its ending, and the other fields."""
    async with request.form(max_files=1, max_fields=FIELDS_MOST) as form:
        file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
        if file is None:
            msg = "form: holds no file, expected one part with a file name"
            raise DataError(msg)
        ending = PurePosixPath(file.filename or "").suffix.lower()
        if ending not in (*ENDINGS, ZIP):
            known = ", ".join((*ENDINGS, ZIP))
            msg = f"form: ending of the file is not known, expected one of {known}, got {ending!r}"
            raise RefusedError(415, msg)
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        data = await file.read()
    if not data:
        msg = "form: the file is empty, expected points or parcels"
        raise DataError(msg)
    return data, ending, fields


async def read(upload: Upload, settings: Settings, pool: Pool) -> tuple[FeatureTable, Detected]:
    """Return the rows of an upload; what is not small JSON is read in a bounded child.

    Raises
    ------
    TzkcError
        As in `io.uploads.read_upload`, and `LimitError` beyond ``limits.rows`` or
        ``limits.vertices``.
    RefusedError
        As in `child.in_child` and `pool.Pool.run`.
    """
    limits = settings.limits
    asked = (upload.ending, upload.reading, limits.rows, limits.vertices)
    if upload.ending in (JSON, ".geojson") and len(upload.data) <= SMALL:
        return await pool.run(read_bounded, upload.data, *asked)
    return await in_child(read_bounded, upload.data, *asked, settings=settings, pool=pool)


def read_bounded(
    data: bytes, ending: str, reading: Reading, rows: int, vertices: int
) -> tuple[FeatureTable, Detected]:
    """Return the rows of an upload, or raise `LimitError` where there is too much in it."""
    table, detected = read_upload(data, ending, reading)
    if len(table) > rows:
        msg = f"{table.name}: too many rows, expected at most {rows}, got {len(table)}; send parts,"
        msg += " or Arrow or float64 pairs, which have a higher limit"
        raise LimitError(msg)
    found = 0 if table.shapes is None else int(shapely.get_num_coordinates(table.shapes).sum())
    if found > vertices:
        msg = f"{table.name}: too many vertices, expected at most {vertices}, got {found};"
        msg += " send parts"
        raise LimitError(msg)
    return table, detected
