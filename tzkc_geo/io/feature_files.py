"""Tables of features from and to files; the ending says the format."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tzkc_geo.crs import allow_shift, likely_epsg
from tzkc_geo.datum import Datum
from tzkc_geo.epsg import WGS84_EPSG
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.features import shape_faults, with_faults
from tzkc_geo.io.arrow_files import parse_arrow
from tzkc_geo.io.csv_table import parse_csv
from tzkc_geo.io.dxf_read import parse_dxf
from tzkc_geo.io.geojson_file import parse_geojson
from tzkc_geo.io.kml_file import parse_kml
from tzkc_geo.io.position_columns import located, position_columns
from tzkc_geo.io.txt_features import parse_txt_features
from tzkc_geo.io.txt_system import zone_of
from tzkc_geo.io.vector_files import read_vector
from tzkc_geo.io.xlsx_table import parse_xlsx
from tzkc_geo.parcel_file import Detected
from tzkc_geo.ring_repair import repaired
from tzkc_geo.systems import GEOGRAPHIC, checked, is_degrees, name_of, parse_system

if TYPE_CHECKING:
    from pathlib import Path

    from tzkc_geo.features import FeatureTable
    from tzkc_geo.systems import System

CSV, XLSX, TXT, DXF, KML = ".csv", ".xlsx", ".txt", ".dxf", ".kml"
GEOJSON: Final = (".geojson", ".json")
VECTOR: Final = (".gpkg", ".shp")
ARROW: Final = (".parquet", ".arrow", ".feather")
ENDINGS: Final = (CSV, XLSX, *GEOJSON, *VECTOR, KML, DXF, *ARROW, TXT)
MAX_DEGREES: Final = (180.0, 90.0)


def read_features(  # noqa: PLR0913  (one parameter an option)
    path: Path,
    *,
    datum: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    undo_shift: bool = True,
    repair: bool = False,
) -> tuple[FeatureTable, Detected]:
    """Return the rows of a file, in order, each with its shape or a fault, and what was detected.

    Parameters
    ----------
    path
        A file of `ENDINGS`.
    datum
        What its coordinates are on, as in `systems.parse_system`; may not contradict the file.
        None: what the file says; degrees of which nobody says the datum are taken as WGS84, and
        metres are taken only if one system alone puts them near Taizhou. Both are said.
    lon, lat
        Columns of longitude or easting, latitude or northing, of a file without shapes.
    undo_shift
        Whether GCJ-02 and BD-09 are allowed, see `crs.to_cgcs2000`.
    repair
        Whether polygons that are not valid are made valid, see `ring_repair.repaired`; each is
        said in the notes. A 界址点 TXT is never repaired.

    Returns
    -------
    tuple
        Shapes are in the coordinates of the file, those of a 界址点 TXT in EPSG:4490.

    Raises
    ------
    DataError
        The ending is not known, the file is not what it says or is damaged, it has no row, or
        no row can be used.
    CrsError
        The system is missing, contradicts ``datum`` or does not exist.
    LimitError
        An XLSX unpacks to more than `parse_xlsx` allows.
    """
    ending = known_ending(path)
    if not path.is_file():
        msg = f"{path.name}: file does not exist, expected one of {', '.join(ENDINGS)}"
        raise DataError(msg)
    declared = _declared(datum, undo_shift=undo_shift)
    named = lon is not None or lat is not None
    if named and ending not in (CSV, XLSX, *ARROW):
        msg = (
            f"{path.name}: holds shapes, expected --lon and --lat for tables alone; leave them out"
        )
        raise DataError(msg)
    if ending == TXT:
        table, detected = _txt(path, declared)
        return table, replace(detected, datum=datum)
    with np.errstate(invalid="ignore"):  # a coordinate that is no number becomes a fault
        table, detected = _parsed(path, ending)
        if table.shapes is None or named:
            table, notes = _placed(table, declared, lon=lon, lat=lat)
        else:
            table, notes = _with_system(table, declared, ending)
        table, repairs = _judged(table, repair=repair)
    notes = (*detected.notes, *notes, *repairs)
    detected = replace(detected, notes=notes, columns=table.located)
    return table, _with_zone(detected, table, datum)


def placed_table(  # noqa: PLR0913  (one parameter an option)
    table: FeatureTable,
    form: str,
    *,
    datum: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    undo_shift: bool = True,
) -> tuple[FeatureTable, Detected]:
    """Return a table without shapes with those that its columns give, as `read_features` does.

    Parameters
    ----------
    table
        With columns of longitude or easting, latitude or northing.
    form
        Where it comes from, in a word.
    datum, lon, lat, undo_shift
        As in `read_features`.

    Raises
    ------
    DataError
        The columns are not clear, there is no row, or no row can be used.
    CrsError
        The datum does not exist or is not allowed.
    """
    declared = _declared(datum, undo_shift=undo_shift)
    with np.errstate(invalid="ignore"):
        found, notes = _placed(table, declared, lon=lon, lat=lat)
        found, _ = _judged(found, repair=False)
    detected = Detected(form=form, notes=notes, columns=found.located)
    return found, _with_zone(detected, found, datum)


def _declared(datum: str | None, *, undo_shift: bool) -> System | None:
    """Return the declared system, or raise `CrsError` where there is none, or it is not allowed."""
    declared = None if datum is None else parse_system(datum)
    if isinstance(declared, Datum):
        allow_shift(declared, undo_shift=undo_shift)
    return declared


def known_ending(path: Path) -> str:
    """Return the ending of a path in small letters; `DataError` if it is none of `ENDINGS`."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        expected = ", ".join(ENDINGS)
        msg = f"{path.name}: ending {ending!r} is not known, expected one of {expected}"
        raise DataError(msg)
    return ending


def _parsed(path: Path, ending: str) -> tuple[FeatureTable, Detected]:
    """Return what a file of any format but TXT holds."""
    name = path.name
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    separator = None
    data = b"" if ending in VECTOR else _bytes(path)
    if ending == CSV:
        found = parse_csv(data, name=name)
        table, encoding = found.table, found.encoding
        separator, notes = found.separator, found.notes
    elif ending == XLSX:
        table, notes = parse_xlsx(data, name=name)
    elif ending in ARROW:
        table, notes = parse_arrow(data, name=name, parquet=ending == ARROW[0])
    elif ending in VECTOR:
        table, encoding, notes = read_vector(path)
    else:
        parse = {KML: parse_kml, DXF: parse_dxf}.get(ending, parse_geojson)
        table, encoding, notes = parse(data, name=name)
    form = ending.removeprefix(".")
    return table, Detected(form=form, encoding=encoding, separator=separator, notes=notes)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        msg = f"{path.name}: cannot be read, expected a file, got {exc.strerror}"
        raise DataError(msg) from exc


def _txt(path: Path, declared: System | None) -> tuple[FeatureTable, Detected]:
    """Return the plots of a 界址点 file."""
    if declared is not None and is_degrees(declared):
        msg = f"{path.name}: a 界址点 TXT is in metres, expected a Gauss-Krueger zone of --datum,"
        msg += f" got {name_of(declared)}"
        raise CrsError(msg)
    epsg = declared if isinstance(declared, int) else None
    return parse_txt_features(_bytes(path), name=path.name, epsg=epsg)


def _placed(
    table: FeatureTable, declared: System | None, *, lon: str | None, lat: str | None
) -> tuple[FeatureTable, tuple[str, ...]]:
    """Return a table without shapes with those that its columns give, and notes."""
    names = position_columns(table, lon=lon, lat=lat)
    if declared is not None:
        return located(table, names, declared), ()
    note = f"{table.name}: the datum of {', '.join(names)} is not declared, WGS84 is taken"
    return located(table, names, WGS84_EPSG), (note,)


def _with_system(
    table: FeatureTable, declared: System | None, ending: str
) -> tuple[FeatureTable, tuple[str, ...]]:
    """Return a table with its system: declared, said by the file, or recognised; and notes."""
    said = table.system
    if said is None and declared is None:
        if ending in GEOJSON:
            return replace(table, system=WGS84_EPSG), ()  # RFC 7946
        return _recognised(table)
    if said is None or declared is None:
        return replace(table, system=said if declared is None else declared), ()
    if said == declared or (said in GEOGRAPHIC and declared in GEOGRAPHIC):
        return table, ()
    if isinstance(declared, Datum) and is_degrees(said):
        note = f"{table.name}: the file says {name_of(said)}, {declared} is declared and taken"
        return replace(table, system=declared), (note,)
    msg = f"{table.name}: the file says {name_of(said)}, expected the same of --datum, got"
    msg += f" {name_of(declared)}"
    raise CrsError(msg)


def _recognised(table: FeatureTable) -> tuple[FeatureTable, tuple[str, ...]]:
    """Return a table with the one system that its figures fit, and a note that says so."""
    xy = shapely.get_coordinates(table.shapes)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return replace(table, system=WGS84_EPSG), ()  # every row has a fault of its own
    if (np.abs(xy) <= MAX_DEGREES).all():
        note = f"{table.name}: no system is said, the degrees are taken as WGS84"
        return replace(table, system=WGS84_EPSG), (note,)
    x, y = (xy.min(axis=0) + xy.max(axis=0)) / 2
    fits = likely_epsg(float(x), float(y))
    if len(fits) == 1:
        note = f"{table.name}: no system is said, EPSG:{fits[0]} is taken, the one that puts it"
        return replace(table, system=fits[0]), (f"{note} near Taizhou",)
    got = " or ".join(f"EPSG:{code}" for code in fits) or "none"
    swap = " (x and y look swapped)" if likely_epsg(float(y), float(x)) else ""
    msg = f"{table.name}: no system is said, expected one that puts x {x:.10g}, y {y:.10g} near"
    msg += f" Taizhou, got {got}{swap}; say --datum gk40 or EPSG:n"
    raise CrsError(msg)


def _judged(table: FeatureTable, *, repair: bool) -> tuple[FeatureTable, tuple[str, ...]]:
    """Return the table with its faults; `DataError` if there is no row, or none without one.

    Repairs, if they are asked for, come before; there is a sentence on each.
    """
    repairs: tuple[str, ...] = ()
    if table.shapes is not None:
        table = checked(with_faults(table, shape_faults(table.shapes)))
        table, repairs = repaired(table) if repair else (table, ())
    if not len(table):
        msg = f"{table.name}: holds no row, expected at least one point or polygon"
        raise DataError(msg)
    if all(table.faults):
        msg = table.faults[0]
        if len(table) > 1:
            msg += f" (so it is with all {len(table)} rows: none can be used)"
        raise DataError(msg)
    return table, repairs


def _with_zone(detected: Detected, table: FeatureTable, datum: str | None) -> Detected:
    """Return what was detected with code, zone and declared datum."""
    zone = None if table.epsg is None else zone_of(table.epsg)
    return replace(
        detected,
        epsg=table.epsg,
        zone=None if zone is None else zone.zone,
        prefixed=None if zone is None else zone.prefixed,
        datum=datum,
    )
