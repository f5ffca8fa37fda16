"""Features that came as bytes, not as a file: uploads, archives of one file, points in JSON."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.errors import DataError
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.encoding import decode
from tzkc_geo.io.feature_files import ENDINGS, placed_table, read_features
from tzkc_geo.io.feature_write import SIDECARS, write_features
from tzkc_geo.io.json_text import json_value
from tzkc_geo.io.vector_files import SHP
from tzkc_geo.io.zip_check import check_zip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tzkc_geo.parcel_file import Detected

ZIP: Final = ".zip"
JSON: Final = ".json"
STEM: Final = "upload"  # what bytes are called on disk and in messages, whatever the sender says
PARTS: Final = (SHP, ".shx", ".dbf", *SIDECARS)  # of a Shapefile
PAIR: Final = 2
MAC: Final = "__MACOSX"  # a folder of copies that hold no data
TOLD: Final = 60  # characters of what is wrong
BATCH: Final = "points"
SHAPE: Final = '{"points": [[lon, lat], …]} or [{"id": …, "lon": …, "lat": …}, …]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an upload is read, as in `feature_files.read_features`."""

    datum: str | None = None  # None: nobody says
    lon: str | None = None  # column of a table
    lat: str | None = None
    undo_shift: bool = True


def read_upload(data: bytes, ending: str, reading: Reading) -> tuple[FeatureTable, Detected]:
    """Return the rows of a file that came as bytes; see `feature_files.read_features`.

    Parameters
    ----------
    data
        All bytes.
    ending
        One of `feature_files.ENDINGS`, or ``.zip``: an archive of one such file, a Shapefile with
        its parts. Names of its members are never used as paths. ``.json`` may be a batch of
        points too, see `read_batch`.
    reading
        Datum and columns.

    Raises
    ------
    DataError, CrsError, LimitError
        As in `read_features` and `zip_check.check_zip`; the archive holds none or several files
        that can be read. Messages call the file ``upload``.
    """
    if ending == JSON and not _is_geojson(content := _json(data)):
        return read_batch(content, reading)
    parts = _unpacked(data) if ending == ZIP else {ending: data}
    first = next(iter(parts))
    with TemporaryDirectory(prefix="tzkc-") as folder:
        for suffix, part in parts.items():
            (Path(folder) / f"{STEM}{suffix}").write_bytes(part)
        return read_features(Path(folder) / f"{STEM}{first}", **asdict(reading))


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Return the parts of the one file in an archive by ending, the one to open first."""
    name = f"{STEM}{ZIP}"
    check_zip(data, "a ZIP archive", name=name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {PurePosixPath(entry): entry for entry in archive.namelist()}
        shown = [p for p in members if not p.name.startswith(".") and MAC not in p.parts]
        found = [path for path in shown if path.suffix.lower() in ENDINGS]
        if len(found) != 1:
            got = ", ".join(path.name for path in found) or "none"
            msg = f"{name}: expected one file of {', '.join(ENDINGS)}, got {got}"
            raise DataError(msg)
        (first,) = found
        parts = {first.suffix.lower(): archive.read(members[first])}
        if SHP in parts:
            beside = [path for path in shown if path.with_suffix("") == first.with_suffix("")]
            kept = [path for path in beside if path.suffix.lower() in PARTS]
            parts |= {path.suffix.lower(): archive.read(members[path]) for path in kept}
    return parts


def read_batch(content: object, reading: Reading) -> tuple[FeatureTable, Detected]:
    """Return the points of a JSON value as a table (批量点).

    Parameters
    ----------
    content
        ``{"points": [...], "datum": ...}`` or a list alone. A point is ``[lon, lat]``, or an
        object whose keys are columns: one of longitude or easting and one of latitude or
        northing, named as in files; all others, such as ``id``, stay with the row.
    reading
        Its datum counts for more than that of the content.

    Raises
    ------
    DataError
        It is no list of points, or no point of it can be used.
    CrsError
        The datum does not exist or is not allowed.
    """
    said: Any = None
    if isinstance(content, dict):
        said = content.get("datum")
        content = content.get(BATCH)
    if not isinstance(content, list) or not isinstance(said, str | None):
        msg = f"{BATCH}: is no list of points, expected {SHAPE}, got {_told(content)}"
        raise DataError(msg)
    if not content:
        msg = f"{BATCH}: holds no row, expected at least one point"
        raise DataError(msg)
    table = FeatureTable(
        columns=_columns(content),
        shapes=None,
        system=None,
        faults=("",) * len(content),
        name=BATCH,
    )
    placing = {**asdict(reading), "datum": reading.datum or said}
    return placed_table(table, "json", **placing)


def table_bytes(table: FeatureTable, ending: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a table as a file of one part, and notes on what the format cannot keep.

    Parameters
    ----------
    table
        Rows with a fault are kept and marked; see `feature_write.write_features`.
    ending
        One of `feature_files.ENDINGS` but ``.shp``.
    """
    with TemporaryDirectory(prefix="tzkc-") as folder:
        path = Path(folder) / f"located{ending}"
        _, notes = write_features(table, path)
        return path.read_bytes(), notes


def _json(data: bytes) -> object:
    """Return what a JSON text says, or raise `DataError`."""
    text, _ = decode(data, name=STEM)
    return json_value(text, name=STEM, expected=SHAPE)


def _is_geojson(content: object) -> bool:
    """Say whether a JSON value is GeoJSON: an object with a ``type``."""
    return isinstance(content, dict) and "type" in content


def _columns(points: list[Any]) -> Mapping[str, Any]:
    """Return the columns of points, all pairs or all objects."""
    if all(isinstance(point, list) and len(point) == PAIR for point in points):
        return {name: cells([pair[k] for pair in points]) for k, name in enumerate(("lon", "lat"))}
    for number, point in enumerate(points, start=1):
        if not isinstance(point, dict):
            msg = f"{BATCH}:{number}: expected [lon, lat] or an object, the same for all, got"
            msg += f" {_told(point)}"
            raise DataError(msg)
    names = list(dict.fromkeys(name for point in points for name in point))
    return {name: cells([_cell(point.get(name)) for point in points]) for name in names}


def _told(value: object) -> str:
    """Return the beginning of a value, for a message."""
    return json.dumps(value, ensure_ascii=False)[:TOLD]


def _cell(value: object) -> object:
    """Return a value as a cell; an object or a list is JSON text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
