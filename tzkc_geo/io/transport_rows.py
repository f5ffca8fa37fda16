"""A row of the network's tables becomes a record, or says where it fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tzkc_geo.errors import DataError
from tzkc_geo.io.parsers import position
from tzkc_geo.transport import (
    Barrier,
    BarrierKind,
    Grounds,
    Impedance,
    Journey,
    Junction,
    JunctionKind,
    Link,
    LinkClass,
    Mode,
    Promise,
    Run,
    Service,
    Test,
    Track,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from tzkc_geo.io.rows import TableRow

GROUNDED = ("grounds", "source_id", "note")
JUNCTIONS = ("junction_id", "name_zh", "kind", "lon", "lat", "sigma_m", *GROUNDED)
LINKS = (
    *("link_id", "road", "from_id", "to_id", "link_class", "length_m", "free_kmh", "peak_kmh"),
    *("oneway", "crosses", "opening", *GROUNDED),
)
RUNS = ("line", "from_id", "to_id", "run_s", "sigma_s", "length_m", *GROUNDED)
SERVICES = ("service_id", "line", "first", "last", "headway_s", "opening", *GROUNDED)
IMPEDANCES = ("impedance_id", "value", *GROUNDED)
JOURNEYS = ("journey_id", "from_id", "to_zh", "minutes", "kind", "source_id", "note")
PROMISES = (
    *("promise_id", "text_zh", "cite", "test", "threshold_min", "targets", "modes"),
    *("source_id", "note"),
)
BARRIERS = ("barrier_id", "name_zh", "kind", "width_m", *GROUNDED)
TRACKS = ("line", "status", "sigma_m", "source_id", "note")

CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def junction(row: TableRow) -> Junction:
    """Parse a row of ``junctions.csv``."""
    lon, lat = position(row)
    return Junction(
        junction_id=row.required("junction_id"),
        name_zh=row.text("name_zh"),
        kind=row.choice("kind", JunctionKind),
        lon=lon,
        lat=lat,
        sigma_m=row.positive("sigma_m"),
        grounds=row.choice("grounds", Grounds),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def link(row: TableRow) -> Link:
    """Parse a row of ``links.csv``; it goes somewhere, and is not faster in the peak."""
    free_kmh, peak_kmh = row.positive("free_kmh"), row.positive("peak_kmh")
    if peak_kmh > free_kmh:
        msg = f"{row.where}: peak_kmh is too large, expected at most free_kmh, got {peak_kmh}"
        raise DataError(msg)
    from_id, to_id = row.required("from_id"), row.required("to_id")
    if from_id == to_id:
        msg = f"{row.where}: to_id is from_id, expected another junction, got {to_id!r}"
        raise DataError(msg)
    return Link(
        link_id=row.required("link_id"),
        road=row.required("road"),
        from_id=from_id,
        to_id=to_id,
        link_class=row.choice("link_class", LinkClass),
        length_m=_maybe_positive(row, "length_m"),
        free_kmh=free_kmh,
        peak_kmh=peak_kmh,
        oneway=row.flag("oneway"),
        crosses=row.parts("crosses"),
        opening=_opening(row),
        grounds=row.choice("grounds", Grounds),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def run(row: TableRow) -> Run:
    """Parse a row of ``timetable.csv``."""
    return Run(
        line=row.required("line"),
        from_id=row.required("from_id"),
        to_id=row.required("to_id"),
        run_s=row.positive("run_s"),
        sigma_s=row.positive("sigma_s"),
        length_m=_maybe_positive(row, "length_m"),
        grounds=row.choice("grounds", Grounds),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def service(row: TableRow) -> Service:
    """Parse a row of ``services.csv``; the last train does not leave before the first."""
    from_min, to_min = _clock(row, "first"), _clock(row, "last")
    if to_min < from_min:
        msg = f"{row.where}: last is before first, expected HH:MM, got {row.text('last')!r}"
        raise DataError(msg)
    return Service(
        service_id=row.required("service_id"),
        line=row.required("line"),
        from_min=from_min,
        to_min=to_min,
        headway_s=row.positive("headway_s"),
        opening=_opening(row),
        grounds=row.choice("grounds", Grounds),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def impedance(row: TableRow) -> Impedance:
    """Parse a row of ``impedances.csv``."""
    return Impedance(
        impedance_id=row.required("impedance_id"),
        value=row.positive("value"),
        grounds=row.choice("grounds", Grounds),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def journey(row: TableRow) -> Journey:
    """Parse a row of ``journeys.csv``."""
    return Journey(
        journey_id=row.required("journey_id"),
        from_id=row.required("from_id"),
        to_zh=row.required("to_zh"),
        minutes=row.positive("minutes"),
        kind=row.required("kind"),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def promise(row: TableRow) -> Promise:
    """Parse a row of ``promises.csv``."""
    return Promise(
        promise_id=row.required("promise_id"),
        text_zh=row.required("text_zh"),
        cite=row.required("cite"),
        test=row.choice("test", Test),
        threshold_min=_maybe_positive(row, "threshold_min"),
        targets=row.parts("targets"),
        modes=tuple(_mode(row, name) for name in row.parts("modes")),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def barrier(row: TableRow, points: Mapping[str, NDArray[np.float64]]) -> Barrier:
    """Parse the properties of a feature of ``barriers.geojson``."""
    barrier_id = row.required("barrier_id")
    return Barrier(
        barrier_id=barrier_id,
        name_zh=row.required("name_zh"),
        kind=row.choice("kind", BarrierKind),
        points=points[barrier_id],
        width_m=row.positive("width_m"),
        grounds=row.choice("grounds", Grounds),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def track(row: TableRow, points: Mapping[str, NDArray[np.float64]]) -> Track:
    """Parse the properties of a feature of ``tracks.geojson``."""
    line = row.required("line")
    return Track(
        line=line,
        points=points[line],
        status=row.required("status"),
        sigma_m=row.positive("sigma_m"),
        source_id=row.required("source_id"),
        note=row.text("note"),
    )


def _maybe_positive(row: TableRow, column: str) -> float | None:
    return row.positive(column) if row.text(column) else None


def _clock(row: TableRow, column: str) -> int:
    """Return minutes after midnight of HH:MM."""
    found = CLOCK.fullmatch(row.text(column))
    if found is None:
        value = row.text(column)
        msg = f"{row.where}: {column} is not a time of day, expected HH:MM, got {value!r}"
        raise DataError(msg)
    return 60 * int(found[1]) + int(found[2])


def _opening(row: TableRow) -> str:
    """Return a year, month or day; empty: it was there before the plan."""
    value = row.text("opening")
    if value and not DAY.fullmatch(value):
        msg = f"{row.where}: opening is not a date, expected YYYY, YYYY-MM or a day, got {value!r}"
        raise DataError(msg)
    return value


def _mode(row: TableRow, name: str) -> Mode:
    try:
        return Mode(name)
    except ValueError as exc:
        known = ", ".join(Mode)
        msg = f"{row.where}: modes {name!r} is not allowed, expected some of {known}"
        raise DataError(msg) from exc
