"""Parcel files by ending: 界址点 TXT, GeoJSON, GeoPackage, Shapefile, KML."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.io.encoding import decode
from tzkc_geo.io.folder import read_json, write_all, write_file
from tzkc_geo.io.txt_lines import PLAIN_AREA
from tzkc_geo.io.txt_read import read_txt
from tzkc_geo.io.txt_write import TxtStyle, txt_bytes
from tzkc_geo.parcel_file import Detected, ParcelFile, Plot, Reading, check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TXT: Final = ".txt"
DRIVERS: Final = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".kml": "KML",
}
ENDINGS: Final = (TXT, *DRIVERS)
HEADER: Final = "parcel_file"  # foreign member of a FeatureCollection: what no feature holds
# Columns of a plot; no name is longer than the ten characters of a Shapefile.
TEXTS: Final = ("plot_id", "name", "sheet", "use", "land_class")
AREA, POINTS, OTHERS = "area_ha", "points", "others"
DBF_BYTES: Final = 254
KML_NAME: Final = "Name"  # what GDAL calls the element <name>
COLUMNS: Final = (*TEXTS, AREA, POINTS, OTHERS)


def read_parcels(path: Path, *, epsg: int | None = None) -> Reading:
    """Return the plots of a file, lon lat in EPSG:4490; the ending says how it is read.

    Parameters
    ----------
    path
        A file of `ENDINGS`.
    epsg
        Its coordinate system, where it does not say so; it may not contradict the file.

    Raises
    ------
    DataError
        The ending is not known, or the file is not what it says.
    CrsError
        The coordinate system is missing, contradicts ``epsg`` or does not fit.
    """
    _check_ending(path)
    if not path.is_file():
        msg = f"{path.name}: file does not exist, expected a file of plots"
        raise DataError(msg)
    return read_txt(path, epsg=epsg) if path.suffix.lower() == TXT else _read(path, epsg)


def write_parcels(file: ParcelFile, path: Path, style: TxtStyle) -> None:
    """Write plots to a file, whole or not at all; the ending says how.

    Parameters
    ----------
    file
        Lon, lat; EPSG:4490. GeoJSON keeps all bits, the header and other sections; the other
        vector formats keep the plots alone.
    path
        A file of `ENDINGS`.
    style
        Of the 界址点 TXT; it does not count for the other formats.

    Raises
    ------
    DataError, CrsError
        The ending is not known, a plot cannot be written, or the folder is not writable.
    """
    _check_ending(path)
    ending = path.suffix.lower()
    if ending == TXT:
        write_file(path, txt_bytes(file, style))
    elif DRIVERS[ending] == "GeoJSON":
        write_file(path, _geojson(file))
    else:
        _write(file, path)


def _check_ending(path: Path) -> None:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        expected = ", ".join(ENDINGS)
        msg = f"{path.name}: ending {ending!r} is not known, expected one of {expected}"
        raise DataError(msg)


def _read(path: Path, epsg: int | None) -> Reading:
    """Return the plots of a vector file of one layer."""
    import pyogrio
    from pyproj import CRS

    encoding = _dbf_encoding(path)
    try:
        layers = [str(layer) for layer, _ in pyogrio.list_layers(path)]
        if len(layers) != 1:
            msg = f"{path.name}: expected one layer, got {', '.join(layers) or 'none'}"
            raise DataError(msg)
        meta, _, wkb, data = pyogrio.raw.read(path, encoding=encoding)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as exc:
        msg = f"{path.name}: cannot be read, expected a vector file, got {exc}"
        raise DataError(msg) from exc
    except UnicodeDecodeError as exc:
        msg = f"{path.name}: text is not {exc.encoding}, expected the encoding that the file says"
        raise DataError(msg) from exc
    stated = CRS.from_user_input(meta["crs"]).to_epsg() if meta["crs"] else None
    code = stated or epsg
    if code is None:
        msg = f"{path.name}: CRS has no known EPSG code, expected one such as 4549; say --epsg CODE"
        raise CrsError(msg)
    if epsg not in (None, code):
        msg = f"{path.name}: the file says EPSG:{code}, expected the same of --epsg, got {epsg}"
        raise CrsError(msg)
    names = [str(name) for name in meta["fields"]]
    shapes = [None] * (len(data[0]) if data else 0) if wkb is None else shapely.from_wkb(wkb)
    columns = dict(zip(names, data, strict=True))
    if path.suffix.lower() == ".kml" and KML_NAME in columns:
        columns = {"name": columns[KML_NAME], "plot_id": columns[KML_NAME], **columns}
    plots = tuple(
        _plot(shape, {n: columns[n][row] for n in COLUMNS if n in columns}, code, path, row + 1)
        for row, shape in enumerate(shapes)
    )
    if not plots:
        msg = f"{path.name}: holds no plot, expected at least one polygon"
        raise DataError(msg)
    surplus = [n for n in names if n not in COLUMNS and n not in (KML_NAME, *_blank(columns))]
    notes = [f"{path.name}: columns that are not kept: {', '.join(surplus)}"] if surplus else []
    detected = Detected(
        form=path.suffix.lower().removeprefix("."), encoding=encoding or "utf-8", epsg=code
    )
    file = ParcelFile(plots=plots, **_header(path))
    return Reading(
        file=file, detected=detected, checks=tuple(map(check, plots)), notes=tuple(notes)
    )


def _dbf_encoding(path: Path) -> str | None:
    """Return the encoding of a Shapefile that does not say it (no .cpg); None for others."""
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").exists() or not table.is_file():
        return None
    data = table.read_bytes()
    size = int.from_bytes(data[8:10], "little")  # of the header of a dBASE table
    _, encoding = decode(data[size:], name=table.name)
    return "utf-8" if encoding == "ascii" else encoding


def _plot(
    shape: shapely.Geometry | None, facts: Mapping[str, Any], epsg: int, path: Path, number: int
) -> Plot:
    """Return one feature as a plot, or say what is wrong with it."""
    where = f"{path.name}:{number}"
    kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
    if kind not in ("Polygon", "MultiPolygon"):
        msg = f"{where}: is no plot, expected Polygon or MultiPolygon, got {kind}"
        raise DataError(msg)
    flat = shapely.force_2d(shape)
    if not flat.is_valid:
        reason = shapely.is_valid_reason(flat).lower()
        msg = f"{where}: shape is not valid, expected simple rings, got {reason}"
        raise DataError(msg)
    try:
        polygon = shapely.transform(flat, lambda xy: crs.unproject(xy, epsg))
    except CrsError as exc:
        msg = f"{where}: {exc}"
        raise CrsError(msg) from exc
    texts = {name: _text(facts.get(name)) for name in COLUMNS}
    if texts[AREA] and not PLAIN_AREA.fullmatch(texts[AREA]):
        msg = f"{where}: {AREA} is not a number, expected hectares, got {texts[AREA]!r}"
        raise DataError(msg)
    if texts[POINTS] and not (texts[POINTS].isascii() and texts[POINTS].isdigit()):
        msg = f"{where}: {POINTS} is not a whole number, expected a count, got {texts[POINTS]!r}"
        raise DataError(msg)
    return Plot(
        polygon=polygon,
        stated_area_ha=texts[AREA] or None,
        stated_points=int(texts[POINTS]) if texts[POINTS] else None,
        others=tuple(texts[OTHERS].removesuffix(",").split(",")) if texts[OTHERS] else (),
        **{name: texts[name] for name in TEXTS},
    )


def _blank(columns: Mapping[str, Any]) -> list[str]:
    """Return the columns that hold nothing."""
    return [name for name, cells in columns.items() if not any(_text(cell) for cell in cells)]


def _text(value: object) -> str:
    """Return a cell as text; missing is empty."""
    missing = value is None or (isinstance(value, float | np.floating) and np.isnan(value))
    return "" if missing else str(value).strip()


def _facts(plot: Plot) -> dict[str, str]:
    """Return the columns of a plot as text; what is not stated is empty."""
    points = "" if plot.stated_points is None else f"{plot.stated_points}"
    own = {name: str(getattr(plot, name)) for name in TEXTS}
    return {
        **own,
        AREA: plot.stated_area_ha or "",
        POINTS: points,
        OTHERS: "".join(f"{other}," for other in plot.others),
    }


def _header(path: Path) -> dict[str, Any]:
    """Return the header and other sections that our own GeoJSON keeps."""
    content = read_json(path) if DRIVERS[path.suffix.lower()] == "GeoJSON" else None
    kept = content.get(HEADER) if isinstance(content, dict) else None
    if kept is None:
        return {}
    try:
        attributes = tuple((str(key), str(value)) for key, value in kept["attributes"])
        sections = tuple((str(k), tuple(str(v) for v in lines)) for k, lines in kept["sections"])
    except (KeyError, TypeError, ValueError) as exc:
        msg = f"{path.name}: {HEADER} is not ours, expected attributes and sections, got {exc}"
        raise DataError(msg) from exc
    return {"attributes": attributes, "sections": sections}


def _geojson(file: ParcelFile) -> str:
    """Return a FeatureCollection, one feature a line; coordinates keep all their bits."""
    features = [
        {
            "type": "Feature",
            "properties": _facts(plot),
            "geometry": shapely.geometry.mapping(plot.polygon),
        }
        for plot in file.plots
    ]
    body = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in features)
    kept = {"attributes": file.attributes, "sections": file.sections}
    head = json.dumps({"type": "FeatureCollection", HEADER: kept}, ensure_ascii=False)
    return f'{head[:-1]}, "features": [\n{body}\n]}}\n'


def _check_lengths(facts: Sequence[Mapping[str, str]]) -> None:
    """Raise `DataError` for a text that a Shapefile would cut."""
    for number, row in enumerate(facts, start=1):
        for name, value in row.items():
            size = len(value.encode())
            if size > DBF_BYTES:
                msg = (
                    f"plot {number}: {name} is too long for a Shapefile, expected at most"
                    f" {DBF_BYTES} bytes, got {size}"
                )
                raise DataError(msg)


def _write(file: ParcelFile, path: Path) -> None:
    """Write the plots with GDAL beside, then put all files of the format in place."""
    import pyogrio

    facts = [_facts(plot) for plot in file.plots]
    if path.suffix.lower() == ".shp":
        _check_lengths(facts)
    kml = path.suffix.lower() == ".kml"
    shapes = [shapely.MultiPolygon(plot.parts) for plot in file.plots]
    with TemporaryDirectory(prefix="tzkc-") as folder:
        try:
            pyogrio.raw.write(
                Path(folder) / path.name,
                geometry=np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
                field_data=[np.array([f[n] for f in facts], dtype=object) for n in COLUMNS],
                fields=np.array(COLUMNS, dtype=object),
                geometry_type="MultiPolygon",
                crs="EPSG:4326" if kml else f"EPSG:{crs.GEOGRAPHIC_EPSG}",
                driver=DRIVERS[path.suffix.lower()],
                encoding="utf-8",
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError) as exc:
            msg = f"{path.name}: cannot be written, expected plots that fit the format, got {exc}"
            raise DataError(msg) from exc
        made = {part.name: part.read_bytes() for part in sorted(Path(folder).iterdir())}
    if not path.parent.is_dir():
        msg = f"{path.parent}: folder does not exist, expected a folder to write {path.name} to"
        raise DataError(msg)
    write_all(path.parent, made)
