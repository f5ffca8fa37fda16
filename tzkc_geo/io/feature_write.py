"""Write a table of features; the ending says the format and what it can be in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tzkc_geo.datum import Datum
from tzkc_geo.epsg import GEOGRAPHIC_EPSG, WGS84_EPSG
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.features import FAULT, marked
from tzkc_geo.io.arrow_files import arrow_bytes
from tzkc_geo.io.csv_table import ENCODINGS, csv_bytes
from tzkc_geo.io.dxf_write import dxf_bytes
from tzkc_geo.io.feature_files import ARROW, CSV, DXF, GEOJSON, KML, TXT, VECTOR, XLSX, known_ending
from tzkc_geo.io.folder import write_all, write_file
from tzkc_geo.io.geojson_file import geojson_text
from tzkc_geo.io.kml_file import kml_text
from tzkc_geo.io.position_columns import with_positions
from tzkc_geo.io.txt_features import txt_features_bytes
from tzkc_geo.io.txt_system import zone_of
from tzkc_geo.io.txt_write import TxtStyle
from tzkc_geo.io.vector_files import SHP, vector_files
from tzkc_geo.io.xlsx_table import xlsx_bytes
from tzkc_geo.systems import GEOGRAPHIC, is_degrees, moved, name_of

if TYPE_CHECKING:
    from pathlib import Path

    from tzkc_geo.features import FeatureTable
    from tzkc_geo.systems import System

DEFAULT_ZONE: Final = 4528
KEEPS_HEADER: Final = (TXT, *GEOJSON, *ARROW)
SIDECARS: Final = (".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qmd")  # of a Shapefile, optional


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteStyle:
    """How files are written, where their format leaves a choice."""

    txt: TxtStyle = field(default_factory=TxtStyle)  # its zone and encoding are not used
    encoding: str | None = None  # None: CSV utf-8-sig, Shapefile utf-8, 界址点 TXT gbk


def write_features(
    table: FeatureTable,
    path: Path,
    *,
    to: System | None = None,
    style: WriteStyle | None = None,
) -> tuple[FeatureTable, tuple[str, ...]]:
    """Write a table to a file, whole or not at all.

    Parameters
    ----------
    table
        Rows with a fault are kept; a column ``fault`` says it, if there is one.
    path
        A file of `ENDINGS`.
    to
        System of the file. None: that of the table, if the format can be in it; else EPSG:4490
        for GeoJSON, 4326 for KML, 4528 (zone 40) for DXF and TXT. GCJ-02 and BD-09 are written
        only if this says so, without a system, because they have no code.
    style
        None takes the defaults.

    Returns
    -------
    tuple
        The table as written, and notes on what the format cannot keep.

    Raises
    ------
    CrsError
        The format cannot be in that system, or the table says none.
    DataError, LimitError
        A row, a name or a text does not fit the format; the folder is not writable.
    """
    chosen = style or WriteStyle()
    if chosen.encoding not in (None, *ENCODINGS):
        msg = f"encoding: is not supported, expected one of {', '.join(ENCODINGS)}, got"
        msg += f" {chosen.encoding!r}"
        raise DataError(msg)
    ending = known_ending(path)
    target = _target(table, ending, to)
    done = marked(moved(table, GEOGRAPHIC_EPSG if ending == TXT else target))
    notes = []
    if isinstance(target, Datum):
        notes.append(f"{path.name}: is in {target}, which has no code: say --datum {target} later")
    if table.header and ending not in KEEPS_HEADER:
        notes.append(f"{path.name}: the header of the 界址点 file is not kept in this format")
    if FAULT in done.columns and any(done.faults):
        count = sum(map(bool, done.faults))
        notes.append(f"{path.name}: column {FAULT!r} marks {count} of {len(done)} rows")
    files, more = _files(done, path.name, target, chosen)
    _put(path, files)
    return done, (*notes, *more)


def _target(table: FeatureTable, ending: str, to: System | None) -> System:
    """Return the system to write in."""
    own = table.system
    degrees_only, metres_only = ending in (*GEOJSON, KML), ending in (DXF, TXT)
    if to is None:
        if metres_only:
            fits = own is not None and (_is_zone(own) if ending == TXT else not is_degrees(own))
            return own if fits and own is not None else DEFAULT_ZONE
        if degrees_only and own not in GEOGRAPHIC:
            to = WGS84_EPSG if ending == KML else GEOGRAPHIC_EPSG
        elif own is None or isinstance(own, Datum):
            to = GEOGRAPHIC_EPSG
        else:
            to = own
        return WGS84_EPSG if ending == KML else to
    allowed = (not degrees_only or to in GEOGRAPHIC) and (not metres_only or not is_degrees(to))
    if not allowed or (ending == TXT and not _is_zone(to)):
        expected = "wgs84 or cgcs2000" if degrees_only else "a Gauss-Krueger zone such as gk40"
        msg = f"--to: {ending} cannot be in this system, expected {expected}, got {name_of(to)}"
        msg += "; write .gpkg or .csv"
        raise CrsError(msg)
    return WGS84_EPSG if ending == KML else to


def _is_zone(system: System) -> bool:
    """Say whether a system is a Gauss-Krueger zone of CGCS2000."""
    return isinstance(system, int) and zone_of(system) is not None


def _files(
    table: FeatureTable, name: str, target: System, style: WriteStyle
) -> tuple[dict[str, bytes | str], tuple[str, ...]]:
    """Return the contents of the files to write by name, and notes."""
    ending = name[name.rindex(".") :].lower()
    content: bytes | str
    if ending in VECTOR:
        encoding = (style.encoding or "utf-8").removesuffix("-sig")
        made, notes = vector_files(table, name, encoding=encoding)
        return dict(made), notes
    if ending == TXT:
        code = target if isinstance(target, int) else DEFAULT_ZONE
        txt = replace(style.txt, epsg=code, encoding=style.encoding or "gbk")
        content, notes = txt_features_bytes(table, txt)
        return {name: content}, notes
    if ending == CSV:
        content = csv_bytes(with_positions(table), encoding=style.encoding or "utf-8-sig")
    elif ending == XLSX:
        content = xlsx_bytes(with_positions(table))
    elif ending in ARROW:
        content = arrow_bytes(table, parquet=ending == ARROW[0])
    elif ending == KML:
        content = kml_text(table)
    elif ending == DXF:
        content = dxf_bytes(table)
    else:
        content = geojson_text(table)
    return {name: content}, ()


def _put(path: Path, files: dict[str, bytes | str]) -> None:
    """Put all files in place."""
    if path.suffix.lower() != SHP:
        write_file(path, files[path.name])
        return
    for ending in SIDECARS:
        old = path.with_suffix(ending)
        if old.exists() and old.name not in files:
            msg = f"{old.name}: stands beside {path.name} from before, expected none; remove it"
            raise DataError(msg)
    if not path.parent.is_dir():
        msg = f"{path.parent}: folder does not exist, expected a folder to write {path.name} to"
        raise DataError(msg)
    write_all(path.parent, files)
