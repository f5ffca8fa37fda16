"""Read a scenario of the user's own from a small TOML file.

name = "s3"                       # the file's name if left out
base = "today"                    # a built-in scenario
closed = ["bridge-1", "内环路"]   # links, or roads with all their links

[headways]                        # seconds between trains
S1 = 300

[[stations]]                      # a new station
id = "s3-02"
name = "新站"
lon = 121.45
lat = 28.66

[[lines]]                         # a new line, or more of one that runs
line = "S3"
stations = ["s1-01", "s3-02"]     # in order; trains run both ways
run_s = [180]                     # from each to the next, the stop included
headway_s = 480                   # these three of a new line alone
first = "06:00"
last = "22:00"

[[junctions]]                     # a new end of links
id = "x"
name = "新路口"
lon = 121.44
lat = 28.65

[[links]]                         # a new road
id = "x-y"
road = "新路"
from = "x"
to = "y"
class = "arterial"                # motorway, expressway, arterial, ramp, bridge
free_kmh = 60
peak_kmh = 40
length_m = 1500                   # optional, if longer than the straight line
oneway = false                    # optional
crosses = ["jiaojiang"]           # optional, barriers that it may cross
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tzkc_geo.crs import check_position, to_metric
from tzkc_geo.errors import DataError, DuplicateIdError
from tzkc_geo.io.toml_cells import read_toml
from tzkc_geo.model import Station
from tzkc_geo.network.barriers import barriers_of
from tzkc_geo.network.scenario import SCENARIOS, in_force
from tzkc_geo.transport import Grounds, Junction, JunctionKind, Link, LinkClass, Run, Service

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.io.toml_cells import Cells
    from tzkc_geo.network.scenario import InForce, Scenario

TOP: Final = ("name", "base", "closed", "headways", "stations", "lines", "junctions", "links")
STATION: Final = ("id", "name", "name_en", "lon", "lat")
LINE: Final = ("line", "stations", "run_s", "headway_s", "first", "last")
JUNCTION: Final = ("id", "name", "lon", "lat")
LINK: Final = (
    *("id", "road", "from", "to", "class", "free_kmh", "peak_kmh"),
    *("length_m", "oneway", "crosses"),
)
SOURCE: Final = "scenario-file"  # stands where rows of the tables name their source
SIGMA_M: Final = 0.0  # the user's positions are taken as they are


@dataclass(frozen=True, slots=True)
class _Base:
    """What a scenario file may point at."""

    scenario: Scenario
    catalog: Catalog
    rows: InForce


def read_scenario(path: Path, catalog: Catalog) -> Scenario:
    """Return the scenario of a file (情景文件); the docstring of the module shows one.

    Parameters
    ----------
    path
        A TOML file in UTF-8.
    catalog
        Whose stations, junctions, links and barriers the file may name.

    Returns
    -------
    Scenario
        The base, with what the file changes. New rows rest on `Grounds.ASSUMED`.

    Raises
    ------
    DataError
        The file is not TOML, a key is not known, missing or of the wrong kind, a station is not
        open in the base, or a new link meets a barrier that its ``crosses`` does not name. The
        message names file, table, key, what is expected and the nearest known name.
    UnknownIdError
        A station, junction, link, line or barrier that does not exist.
    DuplicateIdError
        A new id that exists.
    CrsError
        A position that is no degrees.
    """
    top = read_toml(path).only(TOP)
    base_name = top.text("base", "today")
    top.known("base", base_name, SCENARIOS, f"one of {', '.join(SCENARIOS)}")
    scenario = SCENARIOS[base_name]
    base = _Base(scenario, catalog, in_force(catalog, scenario))
    stations = _stations(top, base)
    runs, services = _lines(top, base, {row.station_id for row in stations})
    junctions = _junctions(top, base)
    links = _links(top, base, junctions)
    return replace(
        scenario,
        name=top.text("name", path.stem),
        closed=_closed(top, base, links),
        headways=_headways(top, base, services),
        stations=_with_lines(stations, runs),
        runs=runs,
        services=services,
        junctions=junctions,
        links=links,
    )


def _closed(top: Cells, base: _Base, links: tuple[Link, ...]) -> frozenset[str]:
    """Return ids of links and names of roads, each of which exists."""
    rows = base.catalog.transport.links + links
    names = {name for row in rows for name in (row.link_id, row.road)}
    what = "the id of a link or the name of a road"
    return frozenset(top.known("closed", name, names, what) for name in top.texts("closed"))


def _headways(
    top: Cells, base: _Base, services: tuple[Service, ...]
) -> tuple[tuple[str, float], ...]:
    """Return the headways of lines that run."""
    table = top.table("headways")
    lines = {row.line for row in (*base.rows.services, *services)}
    what = f"a line that runs in scenario {base.scenario.name}"
    return tuple(
        (table.known("line", line, lines, what), table.number(line, above=0.0))
        for line in table.values
    )


def _stations(top: Cells, base: _Base) -> tuple[Station, ...]:
    """Return the new stations; their lines are filled in later."""
    taken = {row.station_id for row in base.catalog.stations}
    return tuple(
        Station(
            station_id=_new_id(cells, taken),
            line="",
            seq=None,
            name_zh=cells.text("name"),
            name_en=cells.text("name_en", ""),
            lon=position[0],
            lat=position[1],
            sigma_m=SIGMA_M,
            status="planned",
            opening=base.scenario.date,
            structure="",
            source_id=SOURCE,
            note="",
        )
        for cells in top.tables("stations")
        for position in [_position(cells.only(STATION))]
    )


def _with_lines(stations: tuple[Station, ...], runs: tuple[Run, ...]) -> tuple[Station, ...]:
    """Return the stations with the first line that stops there."""
    lines: dict[str, str] = {}
    for run in runs:
        lines.setdefault(run.from_id, run.line)
        lines.setdefault(run.to_id, run.line)
    return tuple(replace(row, line=lines.get(row.station_id, "")) for row in stations)


def _lines(
    top: Cells, base: _Base, new: Collection[str]
) -> tuple[tuple[Run, ...], tuple[Service, ...]]:
    """Return the runs of new and longer lines, and the trains of new ones."""
    runs: list[Run] = []
    services: list[Service] = []
    for cells in top.tables("lines"):
        cells.only(LINE)
        runs += _runs(cells, base, new)
        running = {row.line for row in (*base.rows.services, *services)}
        timetable = [key for key in ("headway_s", "first", "last") if key in cells.values]
        if cells.text("line") not in running:
            services.append(_service(cells))
        elif timetable:
            msg = (
                f"{cells.where}: {timetable[0]} is not expected, for trains of "
                f"{cells.text('line')} run already, expected line, stations and run_s, got "
                f"{cells.values[timetable[0]]!r}; another headway goes under [headways]"
            )
            raise DataError(msg)
    return tuple(runs), tuple(services)


def _runs(cells: Cells, base: _Base, new: Collection[str]) -> list[Run]:
    """Return the runs along the stations of one table."""
    stations, run_s = cells.texts("stations"), cells.numbers("run_s")
    known = {row.station_id for row in base.catalog.stations} | set(new)
    for name in stations:
        cells.known("station", name, known, "the id of a station")
        if name not in base.rows.stations and name not in new:
            scenario = base.scenario.name
            msg = (
                f"{cells.where}: station {name!r} is not open in scenario {scenario}, expected "
                f"one that is, got {name!r}; take another base, or add it under [[stations]]"
            )
            raise DataError(msg)
    if len(run_s) != len(stations) - 1 or not run_s:
        msg = (
            f"{cells.where}: run_s does not fit, expected one number from each station to the "
            f"next, at least one, got {len(run_s)} for {len(stations)} stations"
        )
        raise DataError(msg)
    return [
        Run(
            line=cells.text("line"),
            from_id=start,
            to_id=end,
            run_s=seconds,
            sigma_s=0.0,
            length_m=None,
            grounds=Grounds.ASSUMED,
            source_id=SOURCE,
            note="",
        )
        for (start, end), seconds in zip(pairwise(stations), run_s, strict=True)
    ]


def _service(cells: Cells) -> Service:
    """Return the trains of a new line."""
    first, last = cells.clock("first"), cells.clock("last")
    if last < first:
        msg = (
            f"{cells.where}: last is before first, expected a later time, "
            f"got {cells.text('last')!r} after {cells.text('first')!r}"
        )
        raise DataError(msg)
    return Service(
        service_id=f"{cells.text('line')}-{SOURCE}",
        line=cells.text("line"),
        from_min=first,
        to_min=last,
        headway_s=cells.number("headway_s", above=0.0),
        opening="",
        grounds=Grounds.ASSUMED,
        source_id=SOURCE,
        note="",
    )


def _junctions(top: Cells, base: _Base) -> tuple[Junction, ...]:
    """Return the new junctions."""
    taken = {row.junction_id for row in base.catalog.transport.junctions}
    return tuple(
        Junction(
            junction_id=_new_id(cells, taken),
            name_zh=cells.text("name"),
            kind=JunctionKind.JUNCTION,
            lon=position[0],
            lat=position[1],
            sigma_m=SIGMA_M,
            grounds=Grounds.ASSUMED,
            source_id=SOURCE,
            note="",
        )
        for cells in top.tables("junctions")
        for position in [_position(cells.only(JUNCTION))]
    )


def _links(top: Cells, base: _Base, new: tuple[Junction, ...]) -> tuple[Link, ...]:
    """Return the new links, none of which meets a barrier that it may not cross."""
    rows = base.catalog.transport
    junctions = {row.junction_id: row for row in (*rows.junctions, *new)}
    barriers = barriers_of(rows.barriers)
    known = [row.barrier_id for row in rows.barriers]
    taken = {row.link_id for row in rows.links}
    links = []
    for cells in top.tables("links"):
        link = _link(cells.only(LINK), taken, junctions, known)
        ends = [junctions[name] for name in (link.from_id, link.to_id)]
        here, there = to_metric([(row.lon, row.lat) for row in ends]).tolist()
        for barrier in barriers.met(*here, *there):
            if barrier.barrier_id not in link.crosses:
                msg = (
                    f"{cells.where}: link {link.link_id!r} meets {barrier.name_zh}, expected "
                    f"{barrier.barrier_id!r} in crosses, got {list(link.crosses)}; name it if "
                    "this is a bridge, a tunnel or a crossing"
                )
                raise DataError(msg)
        links.append(link)
    return tuple(links)


def _link(
    cells: Cells, taken: set[str], junctions: Mapping[str, Junction], barriers: Collection[str]
) -> Link:
    """Return one link."""
    ends = [
        cells.known(key, cells.text(key), junctions, "the id of a junction")
        for key in ("from", "to")
    ]
    if ends[0] == ends[1]:
        msg = f"{cells.where}: to is the same as from, expected another junction, got {ends[1]!r}"
        raise DataError(msg)
    free_kmh, peak_kmh = (cells.number(key, above=0.0) for key in ("free_kmh", "peak_kmh"))
    if peak_kmh > free_kmh:
        msg = (
            f"{cells.where}: peak_kmh is above free_kmh, expected at most {free_kmh}, "
            f"got {peak_kmh}"
        )
        raise DataError(msg)
    crosses = cells.texts("crosses")
    return Link(
        link_id=_new_id(cells, taken),
        road=cells.text("road"),
        from_id=ends[0],
        to_id=ends[1],
        link_class=LinkClass(cells.choice("class", [str(kind) for kind in LinkClass])),
        length_m=cells.number("length_m", above=0.0) if "length_m" in cells.values else None,
        free_kmh=free_kmh,
        peak_kmh=peak_kmh,
        oneway=cells.flag("oneway"),
        crosses=tuple(
            cells.known("crosses", name, barriers, "the id of a barrier") for name in crosses
        ),
        opening="",
        grounds=Grounds.ASSUMED,
        source_id=SOURCE,
        note="",
    )


def _new_id(cells: Cells, taken: set[str]) -> str:
    """Return an id that is not taken, and take it."""
    name = cells.text("id")
    if name in taken:
        msg = f"{cells.where}: id {name!r} stands twice, expected a new one, got {name!r}"
        raise DuplicateIdError(msg)
    taken.add(name)
    return name


def _position(cells: Cells) -> tuple[float, float]:
    """Return lon, lat of a new station or junction."""
    lon, lat = cells.number("lon"), cells.number("lat")
    check_position(lon, lat, where=cells.where)
    return lon, lat
