"""GeoPackage and Shapefile, through GDAL."""

from __future__ import annotations

import codecs
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from tzkc_geo.errors import CrsError, DataError, LimitError
from tzkc_geo.features import FeatureTable
from tzkc_geo.io.cell_values import as_text, column_cells, table_arrays
from tzkc_geo.io.encoding import decode

if TYPE_CHECKING:
    import pyarrow as pa

    from tzkc_geo.features import Cells

DRIVERS: Final = {".gpkg": "GPKG", ".shp": "ESRI Shapefile"}
SHP: Final = ".shp"
GEOMETRY: Final = "geom_"  # in the table handed to GDAL; the files call it as they do
FID: Final = "fid_"
DBF_BYTES, DBF_NAME_BYTES, DBF_HEADER = 254, 10, 32
CODE_PAGES: Final = {"936": "gbk", "ansi 936": "gbk", "gb2312": "gbk", "65001": "utf-8"}


def read_vector(path: Path) -> tuple[FeatureTable, str, tuple[str, ...]]:
    """Return the rows of a GeoPackage or Shapefile of one layer, its encoding, and notes.

    Parameters
    ----------
    path
        ``.gpkg`` or ``.shp``. A Shapefile without ``.cpg`` is told to be UTF-8 or GBK.

    Returns
    -------
    tuple
        Shapes are 2D, in the coordinates of the file; the system is None if it does not say.

    Raises
    ------
    DataError
        The file is not what its ending says, is damaged, has several layers, or its text is not
        in the encoding that it says.
    CrsError
        It names a system that has no EPSG code.
    """
    import pyogrio

    is_shp = path.suffix.lower() == SHP
    if is_shp:
        _check_parts(path)
    encoding = _dbf_encoding(path) if is_shp else "utf-8"
    try:
        layers = [str(layer) for layer, _ in pyogrio.list_layers(path)]
        if len(layers) != 1:
            msg = f"{path.name}: expected one layer, got {', '.join(layers) or 'none'}"
            raise DataError(msg)
        meta, table = pyogrio.read_arrow(path, encoding=encoding if is_shp else None)
        columns = {n: column_cells(table[n]) for n in map(str, meta["fields"])}
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as exc:
        msg = f"{path.name}: cannot be read, expected a vector file, got {exc}"
        raise DataError(msg) from exc
    except UnicodeDecodeError as exc:
        msg = f"{path.name}: text is not {exc.encoding}, expected the encoding that the file says"
        raise DataError(msg) from exc
    shapes, notes = _shapes(table, path.name)
    return (
        FeatureTable(
            columns=columns,
            shapes=shapes,
            system=_epsg(meta["crs"], path.name),
            faults=("",) * len(shapes),
            name=path.name,
        ),
        encoding,
        notes,
    )


def vector_files(
    table: FeatureTable, name: str, *, encoding: str = "utf-8"
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files of a GeoPackage or Shapefile by name, and notes.

    Parameters
    ----------
    table
        With shapes.
    name
        Such as ``plots.shp``; the others are named beside it.
    encoding
        Of the text of a Shapefile.

    Raises
    ------
    DataError
        Column names collide or are too long for a Shapefile, a text would be cut, or points and
        polygons stand in one Shapefile.
    """
    import pyarrow as pa
    import pyogrio

    ending = Path(name).suffix.lower()
    _check_names(table, encoding if ending == SHP else None)
    arrays = table_arrays(table.columns, instants=False, flags=ending != SHP)
    if ending == SHP:
        _check_texts(table, arrays, encoding)
    shapes = np.full(len(table), None, dtype=object) if table.shapes is None else table.shapes
    kind = _kind(shapes, table) if ending == SHP else "Unknown"
    content = pa.table({**arrays, GEOMETRY: pa.array(shapely.to_wkb(shapes).tolist(), pa.binary())})
    options = {} if ending == SHP else {"layer_options": {"FID": FID, "GEOMETRY_NAME": GEOMETRY}}
    with TemporaryDirectory(prefix="tzkc-") as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")  # it has no code
        path = Path(folder) / name
        try:
            pyogrio.write_arrow(
                content,
                path,
                driver=DRIVERS[ending],
                geometry_name=GEOMETRY,
                geometry_type=kind,
                crs=None if table.epsg is None else f"EPSG:{table.epsg}",
                encoding=encoding if ending == SHP else None,
                **options,
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, RuntimeError) as exc:
            msg = f"{name}: cannot be written, expected rows that fit the format, got {exc}"
            raise DataError(msg) from exc
        notes = _changed(table, path) if ending == SHP else ()
        return {part.name: part.read_bytes() for part in sorted(Path(folder).iterdir())}, notes


def _shapes(table: pa.Table, name: str) -> tuple[Cells, tuple[str, ...]]:
    """Return the shapes in 2D; heights are said."""
    last = table.schema.names[-1] if table.schema.names else ""
    is_wkb = bool(last) and str(table.schema.field(last).type) in ("binary", "large_binary")
    if not is_wkb:
        return np.full(table.num_rows, None, dtype=object), ()
    shapes = shapely.from_wkb(np.array(table[last].to_pylist(), dtype=object), on_invalid="ignore")
    return flat(shapes, name)


def flat(shapes: Cells, name: str) -> tuple[Cells, tuple[str, ...]]:
    """Return shapes in 2D, and a note if some have heights."""
    heights = bool(shapely.has_z(shapes).any())
    note = f"{name}: heights are not kept, the shapes are read in the plane"
    return shapely.force_2d(shapes), (note,) if heights else ()


def _epsg(said: str | None, name: str) -> int | None:
    """Return the code of the system that a file says; None if it says none."""
    from pyproj import CRS

    if not said:
        return None
    code = CRS.from_user_input(said).to_epsg()
    if code is None:
        title = CRS.from_user_input(said).name
        msg = f"{name}: CRS has no known EPSG code, expected one such as 4549, got {title!r};"
        msg += " a local grid is first changed to CGCS2000 by its office"
        raise CrsError(msg)
    return int(code)


def _check_parts(path: Path) -> None:
    """Raise `DataError` if a part without which a Shapefile cannot be read is not there."""
    for ending in (".shx", ".dbf"):
        if not path.with_suffix(ending).is_file():
            msg = f"{path.name}: {ending} is missing, expected it beside; copy all files together"
            raise DataError(msg)
    header = path.read_bytes()[:DBF_HEADER]
    stated = 2 * int.from_bytes(header[24:28], "big")  # in words of 16 bits
    _check_size(path, stated)
    table = path.with_suffix(".dbf")
    header = table.read_bytes()[:DBF_HEADER]
    rows, head, row = (
        int.from_bytes(header[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12))
    )
    _check_size(table, head + rows * row)


def _check_size(path: Path, stated: int) -> None:
    """Raise `DataError` if a file is shorter than its header says."""
    size = path.stat().st_size
    if size < max(stated, DBF_HEADER):
        msg = f"{path.name}: is cut off, expected {max(stated, DBF_HEADER)} bytes, got {size}; copy"
        msg += " it anew"
        raise DataError(msg)


def _dbf_encoding(path: Path) -> str:
    """Return the encoding of a Shapefile: what its .cpg says, else what its text is."""
    table, said = path.with_suffix(".dbf"), path.with_suffix(".cpg")
    data = table.read_bytes()
    body = data[int.from_bytes(data[8:10], "little") :]  # behind the header of a dBASE table
    if not said.is_file():
        _, found = decode(body, name=table.name)
        return "utf-8" if found == "ascii" else found
    text = said.read_bytes().decode("ascii", errors="replace").strip().lower()
    try:
        name = codecs.lookup(CODE_PAGES.get(text, text)).name
        body.decode(name)
    except LookupError as exc:
        msg = f"{said.name}:1: encoding is not known, expected UTF-8 or GBK, got {text!r}"
        raise DataError(msg) from exc
    except UnicodeDecodeError as exc:
        msg = f"{path.name}: text is not {name}, expected the encoding that {said.name} says;"
        msg += f" remove {said.name} if it is wrong"
        raise DataError(msg) from exc
    return name


def _check_names(table: FeatureTable, encoding: str | None) -> None:
    """Raise `DataError` for column names that a format would change; encoding: of a Shapefile."""
    seen: dict[str, str] = {}
    for name in table.columns:
        key = name.lower()
        if not name or key in (GEOMETRY, FID) or key in seen:
            msg = f"{table.name}: column {name!r} cannot be written, expected names that differ"
            msg += " by more than case; rename it"
            raise DataError(msg)
        seen[key] = name
        size = 0 if encoding is None else len(name.encode(encoding, errors="replace"))
        if size > DBF_NAME_BYTES:
            msg = f"{table.name}: column name {name!r} is too long for a Shapefile, expected at"
            msg += f" most {DBF_NAME_BYTES} bytes, got {size}; rename it or write .gpkg"
            raise DataError(msg)


def _check_texts(table: FeatureTable, arrays: dict[str, Any], encoding: str) -> None:
    """Raise for a text that a Shapefile would cut, or that its encoding lacks."""
    for name, array in arrays.items():
        if str(array.type) != "string":
            continue
        for row, cell in enumerate(array.to_pylist()):
            try:
                size = len((cell or "").encode(encoding))
            except UnicodeEncodeError as exc:
                msg = f"{table.where(row)}: {name}: {encoding} lacks a character, expected utf-8,"
                msg += f" got {exc.object[exc.start]!r}"
                raise DataError(msg) from exc
            if size > DBF_BYTES:
                msg = f"{table.where(row)}: {name} is too long for a Shapefile, expected at most"
                msg += f" {DBF_BYTES} bytes, got {size}; write .gpkg"
                raise LimitError(msg)


def _kind(shapes: Cells, table: FeatureTable) -> str:
    """Return the one kind of shape that a Shapefile can hold."""
    kinds = {s.geom_type.removeprefix("Multi") for s in shapes if s is not None and not s.is_empty}
    if len(kinds) > 1:
        msg = f"{table.name}: a Shapefile holds one kind of shape, expected one, got"
        msg += f" {', '.join(sorted(kinds))}; write .gpkg"
        raise DataError(msg)
    kind = kinds.pop() if kinds else "Polygon"
    several = any(s is not None and s.geom_type.startswith("Multi") for s in shapes)
    return f"Multi{kind}" if several else kind


def _changed(table: FeatureTable, path: Path) -> tuple[str, ...]:
    """Return what a Shapefile does not hold as it was: read back and compared as text."""
    back, _, _ = read_vector(path)
    notes = []
    for name, column in table.columns.items():
        pairs = zip(column, back.columns[name], strict=True)
        count = sum(as_text(a) != as_text(b) for a, b in pairs)
        if count:
            notes.append(f"{path.name}: {name} is kept as a Shapefile can, {count} cells differ")
    if turned := _turned(table):
        notes.append(
            f"{path.name}: a Shapefile has its outer rings clockwise, {turned} were turned"
        )
    return tuple(notes)


def _turned(table: FeatureTable) -> int:
    """Return how many outer rings run counter-clockwise, which a Shapefile turns round."""
    rings = shapely.get_exterior_ring(shapely.get_parts(_known(table)))
    return int(np.count_nonzero(shapely.is_ccw(rings)))


def _known(table: FeatureTable) -> list[shapely.Geometry]:
    """Return the shapes that there are."""
    if table.shapes is None:
        return []
    return [shape for shape in table.shapes if shape is not None and not shape.is_empty]
