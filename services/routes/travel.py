"""What is reached from a position, and the fastest way between two."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.deps import Heavy, Ready, Set
from services.formats import GEOJSON, JSON, PROBLEM, chosen, entry, json_bytes
from services.settings import Limits
from tzkc_geo.catalog import Catalog
from tzkc_geo.errors import DataError, LimitError
from tzkc_geo.io.store import collection_text
from tzkc_geo.network.asked import minutes_of, modes_of, place
from tzkc_geo.network.build import network
from tzkc_geo.network.reach import Reach, departure
from tzkc_geo.network.reach import reach as find_reach
from tzkc_geo.network.route import route as find_route
from tzkc_geo.positions import read_position
from tzkc_geo.transport import Mode

router = APIRouter(tags=["travel"])

BANDS = (JSON, GEOJSON)
TENTHS = 600  # of a second in a minute
Spot = tuple[float, float]

Position = Annotated[str, Query(description="Degrees, decimal or DMS; or metres.")]
MayBe = Annotated[str | None, Query(description="Degrees, decimal or DMS; or metres.")]
Minutes = Annotated[str, Query(description="Times, joined by commas. 分钟", examples=["15,30"])]
Scenario = Annotated[
    str, Query(description="2022 (before S1), today (S1) or 2028 (S1 and S2). 情景")
]
Modes = Annotated[str, Query(description="Some of walk,bike,road,rail; joined by commas. 交通方式")]
At = Annotated[
    str | None,
    Query(
        pattern=r"^([01]?\d|2[0-3]):[0-5]\d$",
        description="Departure HH:MM; without it one waits half a headway. 出发时刻",
    ),
]
Peak = Annotated[bool, Query(description="Cars at peak-hour speeds. 高峰车速")]
DatumName = Annotated[str | None, Query(description="As in /locate; WGS84 if not said. 坐标系")]
End = Annotated[
    str | None,
    Query(
        max_length=100,
        description="LON,LAT, or the id or Chinese name of a station, unit, junction or place.",
        examples=["c01", "121.45,28.645"],
    ),
]
TOO_FAR = {413: PROBLEM | {"description": "More minutes than the operator allows."}}


def _entry(offers: tuple[Any, ...], about: str) -> dict[str, Any]:
    """Return what a route of this module says of itself."""
    found = entry(offers, about)
    return found | {"responses": found["responses"] | TOO_FAR}


@router.get("/reach", **_entry(BANDS, "A band for each time: units, stations, polygon."))
async def reach(  # noqa: PLR0913, PLR0917  (one parameter a word of the query)
    request: Request,
    world: Ready,
    settings: Set,
    pool: Heavy,
    lon: Position,
    lat: Position,
    minutes: Minutes = "15,30",
    scenario: Scenario = "today",
    modes: Modes = "walk,road,rail",
    at: At = None,
    peak: Peak = False,  # noqa: FBT002
    datum: DatumName = None,
) -> Response:
    """Return what is reached from a position within some minutes, and on what grounds.

    A place that cannot be reached is an answer, with its reason.
    """
    form = chosen(BANDS, request)
    site = read_position(lon, lat, datum=datum or None, undo_shift=settings.undo_shift)
    wanted = _minutes(minutes, settings.limits)
    using = _modes(modes)
    question = partial(
        find_reach, world.catalog, *site, wanted, scenario=scenario, modes=using, at=at, peak=peak
    )
    text = await pool.run(_bands, question, geojson=form is GEOJSON)
    return Response(text, media_type=form.media)


def _bands(question: "partial[Reach]", *, geojson: bool) -> bytes:
    """Return the answer as the command prints it, or as it writes it."""
    found = question()
    if geojson:
        return collection_text(found.features(), reason=found.reason).encode()
    return json_bytes(found.to_json())


def _minutes(text: str, limits: Limits) -> tuple[float, ...]:
    """Return the minutes that are asked for, all above 0 and not too many."""
    wanted = minutes_of(text)
    if not all(one > 0 for one in wanted):
        msg = f"minutes: expected numbers above 0, got {text!r}"
        raise DataError(msg)
    if len(wanted) > limits.bands or max(wanted) > limits.reach_minutes:
        msg = f"minutes: expected at most {limits.bands} times up to {limits.reach_minutes}, got"
        msg += f" {text[:60]!r}"
        raise LimitError(msg)
    return wanted


def _modes(text: str) -> tuple[str, ...]:
    """Return the modes that are asked for."""
    found = modes_of(text)
    if not found or set(found) - set(Mode):
        msg = f"modes: expected some of {', '.join(Mode)}, got {text[:60]!r}"
        raise DataError(msg)
    return found


@router.get("/route", **entry((JSON,), "The legs of the way, or the reason why there is none."))
async def route(  # noqa: PLR0913, PLR0917  (one parameter a word of the query)
    world: Ready,
    settings: Set,
    pool: Heavy,
    start: Annotated[End, Query(alias="from")] = None,
    end: Annotated[End, Query(alias="to")] = None,
    lon1: MayBe = None,
    lat1: MayBe = None,
    lon2: MayBe = None,
    lat2: MayBe = None,
    scenario: Scenario = "today",
    modes: Modes = "walk,road,rail",
    at: At = None,
    peak: Peak = False,  # noqa: FBT002
    datum: DatumName = None,
) -> Response:
    """Return the fastest way between two places, with its legs as the proof.

    The places are given by ``from`` and ``to``, or by ``lon1``, ``lat1``, ``lon2``, ``lat2``. The
    middle of a unit stands for it. A place that cannot be reached is an answer, with its reason.
    """
    spot = partial(
        _spot, catalog=world.catalog, datum=datum or None, undo_shift=settings.undo_shift
    )
    first, second = spot("from", start, lon1, lat1), spot("to", end, lon2, lat2)
    using = _modes(modes)
    question = partial(_way, world.catalog, first, second, at=at)
    text = await pool.run(question, scenario=scenario, modes=using, peak=peak)
    return Response(text, media_type=JSON.media)


def _way(
    catalog: Catalog,
    first: Spot,
    second: Spot,
    *,
    at: str | None,
    **using: Any,  # noqa: ANN401  (of `network`)
) -> bytes:
    """Return the way as the command prints it."""
    tenths = departure(at)
    depart = None if tenths is None else tenths / TENTHS
    return json_bytes(find_route(network(catalog, **using), first, second, depart=depart).to_json())


def _spot(  # noqa: PLR0913
    name: str,
    word: str | None,
    lon: str | None,
    lat: str | None,
    *,
    catalog: Catalog,
    datum: str | None,
    undo_shift: bool,
) -> Spot:
    """Return the position of one end."""
    if word is not None and lon is None and lat is None:
        lon, comma, lat = word.partition(",")
        if not comma:
            return place(catalog, word)
    elif word is not None or lon is None or lat is None:
        number = 1 if name == "from" else 2
        msg = f"{name}: expected {name}=LON,LAT or {name}=ID, or lon{number} and lat{number}"
        raise DataError(msg)
    return read_position(lon, lat, datum=datum, undo_shift=undo_shift)
