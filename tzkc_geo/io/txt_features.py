"""The plots of a 界址点 TXT as rows of a table, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from tzkc_geo.epsg import GEOGRAPHIC_EPSG
from tzkc_geo.errors import DataError
from tzkc_geo.features import FeatureTable, Header, cells
from tzkc_geo.io.cell_values import as_text
from tzkc_geo.io.txt_lines import PLAIN_AREA
from tzkc_geo.io.txt_read import parse_txt
from tzkc_geo.io.txt_write import TxtStyle, txt_bytes
from tzkc_geo.parcel_file import Detected, ParcelFile, Plot

if TYPE_CHECKING:
    from collections.abc import Mapping

# Columns of a plot; no name is longer than the ten characters of a Shapefile.
TEXTS: Final = ("plot_id", "name", "sheet", "use", "land_class")
AREA, POINTS, OTHERS = "area_ha", "points", "others"
COLUMNS: Final = (*TEXTS, AREA, POINTS, OTHERS)
PLOT_ID, NAME, KML_NAME = "plot_id", "name", "Name"


def parse_txt_features(
    data: bytes, *, name: str, epsg: int | None = None
) -> tuple[FeatureTable, Detected]:
    """Return the plots of a 界址点 file as rows: shapes in EPSG:4490, columns `COLUMNS`.

    Cells are text as stated, None where blank. Errors are those of `parse_txt`.
    """
    reading = parse_txt(data, name=name, epsg=epsg)
    facts = [_facts(plot) for plot in reading.file.plots]
    table = FeatureTable(
        columns={key: cells([row[key] or None for row in facts]) for key in COLUMNS},
        shapes=cells([plot.polygon for plot in reading.file.plots]),
        system=GEOGRAPHIC_EPSG,
        faults=("",) * len(facts),
        name=name,
        lines=np.array(reading.lines, dtype=np.int64),
        header=Header(attributes=reading.file.attributes, sections=reading.file.sections),
    )
    return table, replace(reading.detected, notes=reading.notes)


def txt_features_bytes(
    table: FeatureTable, style: TxtStyle | None = None
) -> tuple[bytes, tuple[str, ...]]:
    """Return a table as 界址点 TXT, and a note on columns that it cannot keep.

    Parameters
    ----------
    table
        Sound polygons in EPSG:4490. Of its columns `COLUMNS` are kept; ``name`` or ``Name``
        stands for a plot_id that is missing.
    style
        As in `txt_bytes`.

    Raises
    ------
    DataError, CrsError
        A row has a fault or is no polygon, a cell is not what the format holds, or as in
        `txt_bytes`.
    """
    file = ParcelFile(
        plots=tuple(plot_of(table, row) for row in range(len(table))),
        attributes=table.header.attributes,
        sections=table.header.sections,
    )
    filled = [name for name, column in table.columns.items() if any(map(as_text, column))]
    surplus = [name for name in filled if name not in (*COLUMNS, *table.located, KML_NAME)]
    note = f"{table.name}: columns that a 界址点 TXT does not keep: {', '.join(surplus)}"
    return txt_bytes(file, style), (note,) if surplus else ()


def plot_of(table: FeatureTable, row: int) -> Plot:
    """Return a row as a plot, or raise `DataError` that says why it is none."""
    where = table.where(row)
    shape = None if table.shapes is None else table.shapes[row]
    kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
    if table.faults[row] or shape is None or kind not in ("Polygon", "MultiPolygon"):
        got = table.faults[row].partition(": ")[2] or f"got {kind}"
        msg = f"{where}: is no plot, expected a sound polygon, {got}; mend it, or write .geojson"
        msg += " to keep the row with its fault"
        raise DataError(msg)
    texts = {
        key: as_text(table.columns[key][row]).strip() if key in table.columns else ""
        for key in (*COLUMNS, KML_NAME)
    }
    texts[NAME] = texts[NAME] or texts[KML_NAME]
    if PLOT_ID not in table.columns:
        texts[PLOT_ID] = texts[NAME]
    _check_figures(texts, where)
    return Plot(
        polygon=shape,
        stated_area_ha=texts[AREA] or None,
        stated_points=int(texts[POINTS]) if texts[POINTS] else None,
        others=tuple(texts[OTHERS].removesuffix(",").split(",")) if texts[OTHERS] else (),
        **{key: texts[key] for key in TEXTS},
    )


def _check_figures(texts: Mapping[str, str], where: str) -> None:
    if texts[AREA] and not PLAIN_AREA.fullmatch(texts[AREA]):
        msg = f"{where}: {AREA} is not a number, expected hectares, got {texts[AREA]!r}"
        raise DataError(msg)
    if texts[POINTS] and not (texts[POINTS].isascii() and texts[POINTS].isdigit()):
        msg = f"{where}: {POINTS} is not a whole number, expected a count, got {texts[POINTS]!r}"
        raise DataError(msg)


def _facts(plot: Plot) -> dict[str, str]:
    """Return the columns of a plot as text; what is not stated is empty."""
    points = "" if plot.stated_points is None else f"{plot.stated_points}"
    own = {name: str(getattr(plot, name)) for name in TEXTS}
    others = "".join(f"{other}," for other in plot.others)
    return {**own, AREA: plot.stated_area_ha or "", POINTS: points, OTHERS: others}
