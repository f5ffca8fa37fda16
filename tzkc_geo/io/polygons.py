"""The polygons of a file of any kind that is read, lon lat in EPSG:4490."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import shapely

from tzkc_geo.epsg import GEOGRAPHIC_EPSG
from tzkc_geo.errors import DataError
from tzkc_geo.io.feature_files import read_features
from tzkc_geo.io.txt_features import plot_of
from tzkc_geo.systems import moved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tzkc_geo.features import FeatureTable
    from tzkc_geo.parcel_file import Detected, Plot

AREAL: Final = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolygonFile:
    """What a polygon file holds."""

    plots: tuple[Plot, ...]  # lon lat, EPSG:4490; one without an id goes by its row, from 1
    places: tuple[str, ...]  # of the plots: ``file:row``
    faults: tuple[str, ...]  # of rows that cannot be used: ``file:row: …``
    notes: tuple[str, ...]  # what was detected and is to be said


def polygons_of(
    path: Path, *, datum: str | None = None, undo_shift: bool = True, repair: bool = False
) -> PolygonFile:
    """Return the plots of a polygon file, and the rows that are none (面文件读取).

    Parameters
    ----------
    path
        A file of `feature_files.ENDINGS`.
    datum
        What its coordinates are on, see `systems.parse_system`; it may not contradict the file.
    undo_shift
        Whether the offset of GCJ-02 and BD-09 may be removed.
    repair
        As in `read_features`; what was repaired stands in the notes.

    Returns
    -------
    PolygonFile
        In the order of the file; nothing is repaired that is not asked for.

    Raises
    ------
    DataError
        As in `read_features`, or no row is a sound polygon.
    CrsError
        The coordinate system is missing, contradicts ``datum`` or does not exist.
    """
    table, detected = read_features(path, datum=datum, undo_shift=undo_shift, repair=repair)
    stored = moved(table, GEOGRAPHIC_EPSG)
    plots, places, faults = [], [], []
    for row in range(len(stored)):
        try:
            plots.append(_plot(stored, row))
        except DataError as exc:
            faults.append(str(exc))
        else:
            places.append(stored.where(row))
    if not plots:
        raise DataError(faults[0])
    return PolygonFile(
        plots=tuple(plots),
        places=tuple(places),
        faults=tuple(faults),
        notes=(*detected.notes, *_closed_here(detected, path.name), *_twice(plots, places)),
    )


def _closed_here(detected: Detected, name: str) -> list[str]:
    """Return a sentence on rings that a 界址点 TXT leaves open."""
    if detected.closure in (None, "closed"):
        return []
    return [f"{name}: rings are {detected.closure} in the file, each is closed here"]


def _twice(plots: Sequence[Plot], places: Sequence[str]) -> list[str]:
    """Return a sentence on each outline that an earlier row has already, whatever its start."""
    first: dict[bytes, str] = {}
    notes = []
    for plot, place in zip(plots, places, strict=True):
        outline = shapely.to_wkb(shapely.normalize(plot.polygon))
        if outline in first:
            notes.append(f"{place}: has the same outline as {first[outline]}; both are kept")
        first.setdefault(outline, place)
    return notes


def _plot(table: FeatureTable, row: int) -> Plot:
    """Return a row as a plot, or raise `DataError` that says why it is none."""
    if table.faults[row]:
        raise DataError(table.faults[row])
    kind = "nothing" if table.shapes is None else table.shapes[row].geom_type
    if kind not in AREAL:
        msg = f"{table.where(row)}: is no polygon, expected {' or '.join(AREAL)}, got {kind}"
        raise DataError(msg)
    plot = plot_of(table, row)
    return replace(plot, plot_id=plot.plot_id or str(row + 1))
