"""Promises about the toy network: one of each kind of test, and journeys from its station.

Trains from nr take 50 minutes to 甲城 and 70 to 乙城; to 丙城 a target of 40 is known alone.
"""

from dataclasses import replace

from tests.toy import network as toy
from tests.toy.world import place
from tzkc_geo.catalog import Catalog
from tzkc_geo.transport import Journey, Mode, Promise, Test

ALL = (Mode.WALK, Mode.ROAD, Mode.RAIL)


def promise(
    promise_id: str,
    test: Test,
    minutes: float | None = None,
    targets: tuple[str, ...] = (),
    modes: tuple[Mode, ...] = ALL,
) -> Promise:
    """Return one promise."""
    return Promise(
        promise_id=promise_id,
        text_zh=f"承诺{promise_id}",
        cite="六(一)",
        test=test,
        threshold_min=minutes,
        targets=targets,
        modes=modes,
        source_id="toy",
        note="a note <here>",
    )


def journey(journey_id: str, to_zh: str, minutes: float, kind: str = "published") -> Journey:
    """Return one journey from the national rail station."""
    return Journey(
        journey_id=journey_id,
        from_id="nr",
        to_zh=to_zh,
        minutes=minutes,
        kind=kind,
        source_id="toy",
        note="",
    )


PROMISES = (
    promise("fast", Test.TO_EXPRESSWAY, 10.0, modes=(Mode.ROAD,)),
    promise("inside", Test.TO_CORRIDOR, 20.0, ("corridor",)),
    promise("town", Test.BETWEEN, 8.0, ("nowhere", "r1", "a3")),
    promise("ports", Test.BETWEEN, None, ("core", "nowhere")),
    promise("cities", Test.JOURNEY, 60.0, ("jia", "yi", "bing"), (Mode.RAIL,)),
    promise("targets", Test.JOURNEY, 60.0, ("bing",), (Mode.RAIL,)),
    promise("trunk", Test.TRUNK, None, ("S2",), (Mode.WALK, Mode.RAIL)),
    promise("circle", Test.NOT_CHECKABLE, 15.0, modes=()),
)
JOURNEYS = (
    journey("jia", "甲城", 50.0),
    journey("yi", "乙城", 70.0),
    journey("bing", "丙城", 40.0, "target"),
)


def catalog(*promises: Promise) -> Catalog:
    """Return the toy world with its network and some promises; all of them if none is given."""
    world = toy.catalog()
    rows = replace(world.transport, promises=promises or PROMISES, journeys=JOURNEYS)
    lost = replace(place(), place_id="nowhere", name_zh="某城", lon=None, lat=None, sigma_m=None)
    return replace(world, places=(*world.places, lost), transport=rows)
