"""The page of the promises: its numbers are those of the JSON, its maps show what they say."""

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from tests.toy import promises
from tzkc_geo.network.commitments import Finding, commitments
from tzkc_geo.network.promise_times import Spot
from tzkc_geo.network.scenario import SCENARIOS
from tzkc_geo.reports import commitments_html
from tzkc_geo.reports.commitments_map import COLOURS, UNREACHED, legend, promise_map, steps_of
from tzkc_geo.reports.commitments_tables import (
    SCENARIOS as NAMES,
)
from tzkc_geo.reports.commitments_tables import (
    VERDICTS,
    cluster_table,
    details_table,
    places_table,
    scenario_table,
)
from tzkc_geo.reports.drawing import Disc, Label, Shape
from tzkc_geo.reports.labels import Lang
from tzkc_geo.transport import Test as Kind

TOY = promises.catalog()
FOUND = commitments(TOY)
SAID = FOUND.to_json()
CLUSTERS = [name for name in FOUND.ground_km2 if name.startswith("c") and name != "corridor"]


class Tables(HTMLParser):
    """The rows of every table, under its heading, and the addresses that the page asks for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[tuple[str, list[str]]] = []
        self.heading, self.text, self.line = "", "", list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not {"src", "href"} & {name for name, _ in attrs}
        self.text = ""
        if tag == "tr":
            self.line = []

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "h2":
            self.heading = self.text
        if tag == "td":
            self.line.append(self.text)
        if tag == "tr" and self.line:
            self.rows.append((self.heading, self.line))


def shown(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value + 0.0:.{digits}f}"


def hundred(share: float | None) -> float | None:
    return None if share is None else 100.0 * share


def finding(name: str, scenario: str = "today") -> Finding:
    (one,) = (f for f in FOUND.findings[scenario] if f.promise.promise_id == name)
    return one


@pytest.mark.parametrize("lang", list(Lang))
def test_the_numbers_on_the_page_are_those_of_the_object(lang: Lang) -> None:
    rows = Tables(commitments_html(FOUND, lang)).rows
    for scenario, entries in SAID["scenario"].items():
        name = lang.pick(*NAMES[scenario])
        table = [line for heading, line in rows if heading == name]
        assert len(table) == len(entries)
        for line, said in zip(table, entries, strict=True):
            assert line[:2] == [said["id"], said["promise_zh"]]
            speeds = [hundred(said["speeds"][speed]["share_area"]) for speed in ("free", "peak")]
            clusters, median = hundred(said["share_clusters"]), said["median_min"]
            figures = [*speeds, clusters, median]
            assert line[2:7] == [
                shown(said["threshold_min"], 0),
                *(shown(figure, 1) for figure in figures),
            ]
            assert line[7] == lang.term(VERDICTS, said["verdict"])


def test_every_reading_has_the_share_of_each_cluster() -> None:
    for row in promises.PROMISES:
        table = cluster_table(FOUND, row.promise_id).texts(Lang.ZH)
        readings = [
            (scenario, reading)
            for scenario, entries in SAID["scenario"].items()
            for said in entries
            if said["id"] == row.promise_id
            for reading in (said, *said["rivals"])
        ]
        for line, (scenario, said) in zip(table, readings, strict=True):
            assert line[:3] == [
                NAMES[scenario][0],
                said["reading_zh"],
                VERDICTS[said["verdict"]],
            ]
            by_cluster = said["share_by_cluster"]
            assert line[4:-2] == [shown(hundred(by_cluster.get(c)), 0) for c in CLUSTERS]


def test_places_are_numbered_and_those_without_a_way_have_a_reason() -> None:
    one = finding("town")
    table = places_table(FOUND, one).texts(Lang.ZH)
    worst, lost = table[: len(one.worst)], table[len(one.worst) :]
    assert [line[0] for line in worst] == [str(k) for k in range(1, len(worst) + 1)]
    assert {line[0] for line in lost} == {"–"}
    assert lost[-1][1:5] == ["某城", "–", "–", "–"]
    assert all(line[-1] for line in lost)
    assert any("组团外" in line[1] for line in table)


def test_details_are_shown_where_there_are_some() -> None:
    assert details_table(finding("fast")) is None
    journeys = details_table(finding("cities"))
    assert journeys is not None
    kept = [column.title for column in journeys.columns].index("不超时")
    assert [line[kept] for line in journeys.texts(Lang.ZH)] == ["是", "否", "–"]
    saved = details_table(finding("trunk", "2028"), Lang.EN)
    assert saved is not None
    assert len(saved.rows) == len(CLUSTERS)


def test_a_map_has_bands_stations_shares_and_numbered_places() -> None:
    one = finding("fast", "2028")
    drawn = promise_map(FOUND, one)
    fills = [mark.fill for mark in drawn.marks if isinstance(mark, Shape)]
    assert UNREACHED in fills
    bands = [fill for fill in fills if fill in COLOURS]
    assert bands == list(reversed(COLOURS))
    texts = [mark.text for mark in drawn.marks if isinstance(mark, Label)]
    share = one.reading.shares.by_cluster["c03"]
    assert f"c03\n{100.0 * share:.0f}%" in texts
    assert [text for text in texts if text.isdigit()] == [
        str(k) for k in range(len(one.worst), 0, -1)
    ]
    stations = [m for m in drawn.marks if isinstance(m, Disc) and m.fill == "#ffffff"]
    inside = {"r2站", "u1站", "r1站"}
    assert {mark.title for mark in stations} <= inside | {"r3站", "u2站"}
    assert all(0.0 < mark.x < drawn.width and 0.0 < mark.y < drawn.height for mark in stations)


def test_the_first_band_is_the_ground_that_keeps_the_time() -> None:
    one = finding("fast")
    assert steps_of(one) == (10.0, 15.0, 20.0)
    assert next(words for _, words in legend(one, Lang.EN)) == "≤ 10 min (kept)"
    assert one.minutes is not None
    only = replace(one, minutes=np.where(one.minutes <= 10.0, one.minutes, np.nan))
    bands, within = (
        [mark for mark in promise_map(FOUND, case).marks if isinstance(mark, Shape)]
        for case in (one, only)
    )
    edges = [[m for m in marks if m.stroke == "#000000" and m.closed] for marks in (bands, within)]
    assert len(edges[0]) == 1
    assert len(edges[0][0].rings) >= len(edges[1][0].rings) > 0


def test_without_times_or_a_limit_the_map_says_no_more() -> None:
    ports = promise_map(FOUND, finding("ports"))
    assert not {m.fill for m in ports.marks if isinstance(m, Shape)} & set(COLOURS)
    assert "c01" in {m.text for m in ports.marks if isinstance(m, Label)}
    row = promises.promise("x", Kind.BETWEEN, None, ("r1",))
    (one,) = commitments(promises.catalog(row), ["today"]).findings["today"]
    assert steps_of(one) == (30.0, 45.0, 60.0)
    assert legend(one, Lang.ZH)[0][1] == "≤ 30 分钟"
    edges = [m for m in promise_map(FOUND, one).marks if isinstance(m, Shape)]
    assert not [m for m in edges if m.stroke == "#000000" and m.closed]


def test_a_station_without_a_place_is_not_drawn() -> None:
    spots = (*FOUND.stations["today"], Spot("x", "无坐标站", None, None, None))
    found = replace(FOUND, stations={**FOUND.stations, "today": spots})
    one = finding("fast")
    assert len(promise_map(found, one).marks) == len(promise_map(FOUND, one).marks)


def test_texts_are_escaped_and_own_scenarios_keep_their_name() -> None:
    mine = replace(SCENARIOS["today"], name="三号线 <S3>")
    found = commitments(TOY, [mine])
    page = commitments_html(found)
    assert "三号线 &lt;S3&gt;" in page
    assert "<here>" not in page
    assert scenario_table(found, mine.name).title == mine.name


def test_no_scenario_gives_a_page_without_promises() -> None:
    page = commitments_html(commitments(TOY, []))
    assert "判定规则" in page
    assert "<section" not in page


def test_the_page_says_at_which_speed_cars_go() -> None:
    assert "name no speed: free flow" in commitments_html(FOUND, Lang.EN)
    peak = commitments(TOY, ["today"], peak=True)
    assert "未注明车速的数字与地图：高峰" in commitments_html(peak)
