"""Scenarios: which rows of the network count, and what a user changes in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import UnknownIdError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import Station
    from tzkc_geo.transport import Junction, Link, Run, Service

PLANNED: Final = "planned"  # status of a station that is not open before its opening is stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A state of the network: a day, and what is different from the tables (情景)."""

    name: str
    date: str  # YYYY-MM-DD: rows that are open by the end of this day count
    closed: frozenset[str] = frozenset()  # ids of links, or names of roads with all their links
    headways: tuple[tuple[str, float], ...] = ()  # line, seconds: of all its services
    junctions: tuple[Junction, ...] = ()
    links: tuple[Link, ...] = ()
    stations: tuple[Station, ...] = ()
    runs: tuple[Run, ...] = ()
    services: tuple[Service, ...] = ()


SCENARIOS: Final = {
    "2022": Scenario(name="2022", date="2022-11-01"),  # before S1 (2022-12-28)
    "today": Scenario(name="today", date="2026-11-24"),  # S1; the day of the first edition
    "2028": Scenario(name="2028", date="2028-12-31"),  # S1 and S2
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The rows that count in a scenario."""

    junctions: dict[str, Junction]  # all, by id
    links: tuple[tuple[int, Link], ...]  # with the position in `all_links`
    all_links: tuple[Link, ...]  # those of the catalog, then those of the scenario
    stations: dict[str, Station]  # by id; some have no position
    runs: tuple[tuple[int, Run], ...]  # with the position in `all_runs`
    all_runs: tuple[Run, ...]
    services: tuple[Service, ...]


def scenario_of(scenario: str | Scenario) -> Scenario:
    """Return a scenario by its name; one that is already a scenario as it is.

    Raises
    ------
    UnknownIdError
        There is no scenario of this name.
    """
    if isinstance(scenario, Scenario):
        return scenario
    if scenario in SCENARIOS:
        return SCENARIOS[scenario]
    known = ", ".join(SCENARIOS)
    msg = (
        f"scenario: {scenario!r} is not known, expected one of {known} or a scenario file, "
        f"got {scenario!r}"
    )
    raise UnknownIdError(msg)


def in_force(catalog: Catalog, scenario: Scenario) -> InForce:
    """Return the rows of a catalog that count in a scenario.

    A row counts when its opening is on or before the date of the scenario; an opening that is a
    year or a month counts from its first day, an empty one always. A station that is planned
    without a year does not count. A run counts when trains of its line run: they pass a station
    that is not open. A closed link does not count, nor a junction that no link in force reaches.

    Parameters
    ----------
    catalog
        Tables of the network and stations.
    scenario
        From `scenario_of`, or from a file.

    Returns
    -------
    InForce
        Rows in the order of the tables, those of the scenario last.
    """
    rows = catalog.transport
    all_links = rows.links + scenario.links
    links = tuple(
        (position, link)
        for position, link in enumerate(all_links)
        if _open(link.opening, scenario) and scenario.closed.isdisjoint((link.link_id, link.road))
    )
    stations = {
        row.station_id: row
        for row in catalog.stations + scenario.stations
        if _open(row.opening, scenario) and (row.opening or row.status != PLANNED)
    }
    services = _services(rows.services + scenario.services, scenario)
    lines = {service.line for service in services}
    all_runs = rows.runs + scenario.runs
    runs = tuple((position, run) for position, run in enumerate(all_runs) if run.line in lines)
    ends = {end for _, link in links for end in (link.from_id, link.to_id)}
    junctions = {
        row.junction_id: row
        for row in rows.junctions + scenario.junctions
        if row.junction_id in ends
    }
    return InForce(
        junctions=junctions,
        links=links,
        all_links=all_links,
        stations=stations,
        runs=runs,
        all_runs=all_runs,
        services=services,
    )


def _services(services: Sequence[Service], scenario: Scenario) -> tuple[Service, ...]:
    """Return the services that run, with the headways of the scenario."""
    headways = dict(scenario.headways)
    return tuple(
        replace(service, headway_s=headways.get(service.line, service.headway_s))
        for service in services
        if _open(service.opening, scenario)
    )


def _open(opening: str, scenario: Scenario) -> bool:
    """Say whether a row is open: a date that is a prefix of a day is its first day."""
    return opening <= scenario.date
