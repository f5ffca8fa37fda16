"""Read the tables of the transport network and check them against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tzkc_geo.errors import UnknownIdError
from tzkc_geo.io import transport_rows as parse
from tzkc_geo.io.layered import Located, layered, plain
from tzkc_geo.io.rows import TableRow
from tzkc_geo.io.shapes import MIN_LINE, each_feature, vertices
from tzkc_geo.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from tzkc_geo.io.folder import DataFolder

    Record = TypeVar("Record")


def read_transport(
    folder: DataFolder, *, sources: Mapping[object, object], stations: Mapping[object, object]
) -> Transport:
    """Return all rows of the network, or say which is wrong.

    Parameters
    ----------
    folder
        The data folder.
    sources, stations
        By id: what the rows may point at.

    Raises
    ------
    DataError
        A row or file is wrong; the message names file and row.
    UnknownIdError
        A row names an id that its table lacks.
    """
    junctions = layered(
        folder, "junctions", parse.JUNCTIONS, parse.junction, lambda r: r.junction_id
    )
    links = layered(folder, "links", parse.LINKS, parse.link, lambda r: r.link_id)
    runs = layered(
        folder, "timetable", parse.RUNS, parse.run, lambda r: (r.line, r.from_id, r.to_id)
    )
    services = layered(folder, "services", parse.SERVICES, parse.service, lambda r: r.service_id)
    impedances = layered(
        folder, "impedances", parse.IMPEDANCES, parse.impedance, lambda r: r.impedance_id
    )
    journeys = layered(folder, "journeys", parse.JOURNEYS, parse.journey, lambda r: r.journey_id)
    promises = layered(folder, "promises", parse.PROMISES, parse.promise, lambda r: r.promise_id)
    barriers = _shapes(folder, "barriers", parse.BARRIERS, parse.barrier)
    tracks = _shapes(folder, "tracks", parse.TRACKS, parse.track)
    sourced = (
        *(junctions, links, runs, services, impedances, journeys, promises),
        *(barriers, tracks),
    )
    for table in sourced:
        _resolve(table, "source_id", sources, "sources.csv")
    for column in ("from_id", "to_id"):
        _resolve(links, column, {**junctions, **stations}, "junctions.csv or stations.csv")
        _resolve(runs, column, stations, "stations.csv")
    _resolve(journeys, "from_id", stations, "stations.csv")
    _resolve(links, "crosses", barriers, "barriers.geojson")
    return Transport(
        junctions=plain(junctions),
        links=plain(links),
        runs=plain(runs),
        services=plain(services),
        barriers=plain(barriers),
        tracks=plain(tracks),
        impedances=plain(impedances),
        journeys=plain(journeys),
        promises=plain(promises),
        digest=folder.digest_of(folder.network_files(), ""),
    )


def _shapes(
    folder: DataFolder,
    name: str,
    columns: tuple[str, ...],
    read: Callable[[TableRow, Mapping[str, NDArray[np.float64]]], Record],
) -> Located[Record]:
    """Return the records of one GeoJSON file of lines by their first column."""
    found: dict[object, tuple[Record, str]] = {}
    for path in folder.files(f"{name}.geojson"):
        for where, facts, coordinates in each_feature(path, columns):
            key = facts[columns[0]]
            points = {key: vertices(where, coordinates, least=MIN_LINE)}
            found[key] = read(TableRow(where, facts), points), where
    return found


def _resolve(
    table: Mapping[object, tuple[Record, str]],
    column: str,
    targets: Mapping[object, object],
    name: str,
) -> None:
    for record, where in table.values():
        value = getattr(record, column)
        for one in _each(value):
            if one not in targets:
                msg = f"{where}: {column} {one!r} points at nothing, expected an id of {name}"
                raise UnknownIdError(msg)


def _each(value: str | tuple[str, ...]) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value
