"""Files that are broken in one way each, made by small functions; and sound ones to break."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from ezdxf.filemanagement import new

from tests.toy.parcel_texts import SHELL, points, text
from tzkc_geo.features import FeatureTable, cells
from tzkc_geo.io.feature_write import write_features

Maker = Callable[[Path], Path]

E0, N0 = 640700.0, 3171300.0  # EPSG:4549
SQUARE = tuple((E0 + x, N0 + y) for x, y in ((0, 0), (100, 0), (100, 100), (0, 100)))
BOX = shapely.box(121.44, 28.65, 121.45, 28.66)
BOW = shapely.Polygon([(121.4, 28.6), (121.5, 28.7), (121.5, 28.6), (121.4, 28.7)])
SWAPPED = shapely.box(28.65, 121.44, 28.66, 121.45)
HUGE = shapely.Polygon([(121.4, 28.6), (1e308, 28.6), (121.4, 28.7)])
with np.errstate(invalid="ignore"):
    NAN = shapely.from_wkt("POLYGON ((121.4 28.6, nan 28.6, 121.4 28.7, 121.4 28.6))")
OPEN = "[[121.4, 28.6], [121.5, 28.6], [121.5, 28.7]]"
GBK_NAME = "台州湾科创地块".encode("gbk")


def sound(*shapes: shapely.Geometry | None) -> FeatureTable:
    """Return a table of shapes in EPSG:4490."""
    names = [f"地块{k}" for k in range(len(shapes))]
    return FeatureTable(
        columns={"name": cells(names)},
        shapes=cells(shapes),
        system=4490,
        faults=("",) * len(shapes),
    )


def columns(**cell: object) -> FeatureTable:
    """Return a table of one row without shapes."""
    return FeatureTable(
        columns={name: cells([value]) for name, value in cell.items()},
        shapes=None,
        system=None,
        faults=("",),
    )


def written(folder: Path, name: str, *shapes: shapely.Geometry | None) -> Path:
    """Write shapes as our own writers do."""
    path = folder / name
    write_features(sound(*(shapes or (BOX,))), path)
    return path


def put(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a file as it is."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def cut(ending: str) -> Maker:
    """Return a maker of a sound file of which the second half is lost."""

    def make(folder: Path) -> Path:
        path = written(folder, f"a{ending}", *[BOX] * 40)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        return path

    return make


def content(name: str, data: str | bytes, encoding: str = "utf-8") -> Maker:
    """Return a maker of a file with this content."""
    return lambda folder: put(folder, name, data, encoding)


def shape(name: str, *shapes: shapely.Geometry | None) -> Maker:
    """Return a maker of a file with these shapes, without any check of them."""

    def make(folder: Path) -> Path:
        path = folder / name
        pyogrio.raw.write(
            path,
            geometry=np.array([shapely.to_wkb(s) for s in shapes], dtype=object),
            field_data=[],
            fields=[],
            geometry_type="Polygon",
            crs="EPSG:4490",
        )
        return path

    return make


def geojson(geometry: str) -> Maker:
    """Return a maker of a GeoJSON file of one feature."""
    feature = f'{{"type":"Feature","properties":{{}},"geometry":{geometry}}}'
    return content("a.geojson", f'{{"type":"FeatureCollection",\n"features":[\n{feature}\n]}}')


def coordinates(*xy: tuple[object, object]) -> str:
    """Return a GeoJSON polygon."""
    ring = ", ".join(f"[{x}, {y}]" for x, y in xy)
    return f'{{"type": "Polygon", "coordinates": [[{ring}]]}}'


def kml(ring: str) -> Maker:
    """Return a maker of a KML file of one polygon."""
    return content(
        "a.kml",
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        "<Document><Placemark><Polygon><outerBoundaryIs><LinearRing>"
        f"<coordinates>{ring}</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>",
    )


def drawing(
    *,
    version: str = "R2018",
    units: int = 6,
    close: bool = True,
    layer: str = "0",
    corners: Sequence[tuple[float, float]] = SQUARE,
) -> bytes:
    """Return a drawing of another program: one polyline."""
    doc = new(version, units=units)
    space = doc.modelspace()
    space.add_lwpolyline(corners, close=close, dxfattribs={"layer": layer})
    sink = io.StringIO()
    doc.write(sink)
    return sink.getvalue().encode(doc.output_encoding)


def gbk_drawing(page: bytes) -> bytes:
    """Return a drawing of R2004 with a layer in GBK and a code page that it says."""
    data = drawing(version="R2004", layer="LAYER_X").replace(b"LAYER_X", GBK_NAME)
    return data.replace(b"ANSI_1252", page)


def parquet(**columns: object) -> Maker:
    """Return a maker of a Parquet file without shapes."""

    def make(folder: Path) -> Path:
        path = folder / "a.parquet"
        pq.write_table(pa.table(columns), path)
        return path

    return make


def bomb(folder: Path) -> Path:
    """Return a small XLSX whose sheet unpacks to 64 MiB."""
    path = written(folder, "a.xlsx", shapely.Point(121.4, 28.6))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(1 << 26))
    return path


def wrong_sum(folder: Path) -> Path:
    """Return an XLSX in which one byte of a part is changed."""
    path = folder / "a.xlsx"
    written(folder, "a.xlsx", shapely.Point(121.4, 28.6))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    data[entry.header_offset + 30 + len(entry.filename) + 20] ^= 0xFF
    path.write_bytes(data)
    return path


def lost_part(ending: str) -> Maker:
    """Return a maker of a Shapefile of which one file is missing."""

    def make(folder: Path) -> Path:
        path = written(folder, "a.shp")
        path.with_suffix(ending).unlink()
        return path

    return make


def wrong_cpg(said: str) -> Maker:
    """Return a maker of a Shapefile in GBK that says another encoding."""

    def make(folder: Path) -> Path:
        path = written(folder, "a.shp")
        table = path.with_suffix(".dbf")
        table.write_bytes(table.read_bytes().replace("地块".encode(), "地块".encode("gbk") + b"  "))
        path.with_suffix(".cpg").write_text(said, encoding="ascii")
        return path

    return make


def csv(*lines: str) -> Maker:
    """Return a maker of a CSV file of these lines."""
    return content("a.csv", "".join(f"{line}\n" for line in lines))


SWAPPED_TXT = text(*(",".join(p.split(",")[i] for i in (0, 1, 3, 2)) for p in points(SHELL)))
BOW_TXT = text(*points(((100.0, 0.0), (0.0, 200.0), (100.0, 200.0), (0.0, 0.0))))
ENDINGS = (
    *(".csv", ".xlsx", ".geojson", ".gpkg", ".shp", ".kml", ".dxf", ".parquet", ".arrow", ".txt"),
)
