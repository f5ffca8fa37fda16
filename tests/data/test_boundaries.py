"""The linter over the real tables: every row has grounds, every text is the plan's own."""

import json
import re
from collections import Counter
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest

from tests.toy.layers import SHIPPED, Row, rows
from tzkc_geo.catalog import Tables
from tzkc_geo.clauses import parse
from tzkc_geo.crs import TAIZHOU_WINDOW_DEG
from tzkc_geo.model import Certainty, ExceptionKind, LineKind, UnitKind

KEYS = {
    "clauses": ("unit_id", "reading_id", "part", "side", "step"),
    "constraints": ("constraint_id",),
    "editions": ("edition_date",),
    "exceptions": ("exception_id",),
    "lines": ("line_id",),
    "observations": ("observation_id",),
    "places": ("place_id",),
    "priors": ("line_id",),
    "readings": ("reading_id",),
    "sources": ("source_id",),
    "stations": ("station_id",),
}
SHAPES = ("districts", "lines")
SIDES = ("east", "south", "west", "north")
BORDERS = "official-borders-2019"
MAX_TRACED = 30  # vertices carried over from an outline that is reference only
ALL_TABLES = sorted(
    path.relative_to(SHIPPED).with_suffix("").as_posix() for path in SHIPPED.rglob("*.csv")
)


def features(name: str) -> list[dict[str, Any]]:
    """Return the features of one shipped GeoJSON file."""
    content = json.loads((SHIPPED / f"{name}.geojson").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["features"]
    return found


def vertices(feature: dict[str, Any]) -> list[list[float]]:
    """Return the vertices of a line, or of the outer ring of a polygon without the closing one."""
    coordinates: list[Any] = feature["geometry"]["coordinates"]
    return coordinates if feature["geometry"]["type"] == "LineString" else coordinates[0][:-1]


def chosen(unit_id: str) -> list[Row]:
    """Return the clause rows of the reading of a unit that is drawn."""
    readings = [r for r in rows("readings") if r["unit_id"] == unit_id]
    primary = [r["reading_id"] for r in readings if r["chosen"] == "yes"] or ["corridor-a"]
    return [row for row in rows("clauses") if row["reading_id"] == primary[0]]


def described() -> list[Row]:
    """Return the units that have a 四至 text."""
    return [row for row in rows("units") if row["description_zh"]]


def limit(text_zh: str) -> str:
    """Return the name in a clause: 东至椒金线, 安海路以北 or 珠东小区."""
    return re.sub(r"^[东南西北]至|以[东南西北]$", "", text_zh)


def test_there_are_15_texts() -> None:
    assert [row["unit_id"] for row in described()] == [
        "corridor",
        *(f"c{number:02d}" for number in range(1, 15)),
    ]


@pytest.mark.parametrize("name", ALL_TABLES)
def test_a_table_is_utf8_with_plain_line_ends(name: str) -> None:
    data = (SHIPPED / f"{name}.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert not data.endswith(b"\n\n")
    for row in rows(name):
        assert all(cell == cell.strip() for cell in row.values()), row
        assert "\ufffd" not in "".join(row.values()), row


@pytest.mark.parametrize("name", KEYS)
def test_a_table_is_sorted_by_its_key(name: str) -> None:
    def order(row: Row) -> list[object]:
        cells: list[object] = [row[column] for column in KEYS[name]]
        return [SIDES.index(str(c)) if c in SIDES else c for c in cells]

    keys = [order(row) for row in rows(name)]
    assert keys == sorted(keys, key=str) if len(KEYS[name]) == 1 else keys == sorted(keys)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_sorted_where_they_have_an_order_and_lie_near_taizhou(name: str) -> None:
    west, east, south, north = TAIZHOU_WINDOW_DEG
    for feature in features(name):
        for lon, lat in vertices(feature):
            assert west < lon < east
            assert south < lat < north
    names = [f["properties"].get("line_id") for f in features("lines")]
    assert names == sorted(names)
    assert names == [row["line_id"] for row in rows("lines")]
    assert names == [row["line_id"] for row in rows("priors")]


def test_every_position_of_a_table_lies_near_taizhou() -> None:
    west, east, south, north = TAIZHOU_WINDOW_DEG
    for row in chain.from_iterable(rows(n) for n in ("observations", "places", "stations")):
        if row["lon"]:
            assert west < float(row["lon"]) < east, row
            assert south < float(row["lat"]) < north, row


def test_at_most_30_vertices_are_traced_from_an_outline_that_is_reference_only() -> None:
    traced = {row["line_id"] for row in rows("lines") if row["source_id"] == BORDERS}
    assert traced
    for feature in (*features("lines"), *features("districts")):
        facts = feature["properties"]
        if facts.get("line_id") in traced or facts.get("source_id") == BORDERS:
            assert len(vertices(feature)) <= MAX_TRACED, facts
    assert all(f["properties"]["source_id"] == BORDERS for f in features("districts"))


def test_an_approximate_shape_has_2_to_30_vertices_and_a_limit_is_straight(
    real_tables: Tables,
) -> None:
    for line in real_tables.lines:
        assert 2 <= len(line.points) <= 30, line.line_id
        assert line.kind is not LineKind.LIMIT or len(line.points) == 2, line.line_id


def test_every_line_is_used_or_named_by_a_text() -> None:
    texts = "".join(row["description_zh"] for row in rows("units"))
    used = {row["line_id"] for row in rows("clauses")}
    idle = [
        row["line_id"]
        for row in rows("lines")
        if row["line_id"] not in used and row["name_zh"] not in texts
    ]
    assert idle == []


def test_every_source_is_used_and_every_used_source_is_listed() -> None:
    listed = {row["source_id"] for row in rows("sources")}
    named = set()
    words = []
    for name in ALL_TABLES:
        if name not in {"editions", "sources"}:  # an edition is ours
            named |= {row["source_id"] for row in rows(name)}
            words += [cell for row in rows(name) for cell in row.values()]
    named |= {feature["properties"]["source_id"] for feature in features("districts")}
    assert named <= listed
    notes = " ".join(words)
    assert [source for source in sorted(listed - named) if source not in notes] == []


def test_the_derived_files_are_of_the_latest_edition(real_tables: Tables) -> None:
    manifest = json.loads((SHIPPED / "derived" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["edition"] == real_tables.edition_date == rows("editions")[-1]["edition_date"]


def test_every_source_says_title_licence_and_where() -> None:
    for row in rows("sources"):
        assert row["title"], row
        assert row["licence"], row
        assert row["address"] or row["note"], row
        assert "://" not in row["address"], row


def test_what_is_not_stated_has_a_note() -> None:
    for row in rows("clauses"):
        assert row["certainty"] == "stated" or row["note"], row
    for row in rows("lines"):
        assert row["note"], row
    for row in rows("observations"):
        assert row["used"] == "yes" or row["reason"], row
        assert row["note"], row
    for row in rows("places"):
        assert row["note"] or row["source_id"] != "team-inference", row


@pytest.mark.parametrize("unit_id", [row["unit_id"] for row in described()])
def test_the_clauses_of_a_unit_reproduce_from_its_text(unit_id: str) -> None:
    text = next(row["description_zh"] for row in rows("units") if row["unit_id"] == unit_id)
    read = parse(text)
    written = [row for row in chosen(unit_id) if row["text_zh"]]
    assert {(row["side"], limit(row["text_zh"])) for row in written} == {
        (str(clause.side), clause.name_zh) for clause in read.clauses
    }
    assert Counter(row["text_zh"] for row in written) == Counter(c.text_zh for c in read.clauses)
    for row in written:
        assert row["text_zh"] in text
        assert row["source_id"] == "plan-2022"
        named = next(c.named for c in read.clauses if c.text_zh == row["text_zh"])
        assert named or row["note"], row


def test_words_that_are_not_the_text_stand_in_no_chosen_clause() -> None:
    texts = {row["unit_id"]: row["description_zh"] for row in rows("units")}
    for row in rows("clauses"):
        assert row["text_zh"] in texts[row["unit_id"]], row
        assert row["certainty"] != "stated" or row["text_zh"], row
        assert row["certainty"] != "inferred" or not row["text_zh"], row


@pytest.mark.parametrize("unit_id", [row["unit_id"] for row in described()])
def test_sides_and_steps_are_counted_from_one_clockwise(unit_id: str) -> None:
    by_reading: dict[tuple[str, str], list[Row]] = {}
    for row in rows("clauses"):
        if row["unit_id"] == unit_id:
            by_reading.setdefault((row["reading_id"], row["part"]), []).append(row)
    assert by_reading
    for walk in by_reading.values():
        assert list(dict.fromkeys(row["side"] for row in walk)) == list(SIDES)
        for side in SIDES:
            steps = [int(row["step"]) for row in walk if row["side"] == side]
            assert steps == list(range(1, len(steps) + 1))


def test_a_line_has_the_name_that_the_text_gives_it(real_tables: Tables) -> None:
    lines = {line.line_id: line for line in real_tables.lines}
    for clause in real_tables.clauses:
        if clause.certainty is Certainty.STATED and clause.line_id is not None:
            line = lines[clause.line_id]
            name = limit(clause.text_zh)
            known = (line.name_zh.partition("(")[0], line.name_zh, *line.aliases)
            rival = line.kind is LineKind.BORDER and clause.note
            assert any(name.endswith(k) for k in known) or rival, (clause, known)


def test_the_parts_of_the_corridor_sum_as_the_plan_says(real_tables: Tables) -> None:
    area = {unit.unit_id: Decimal(unit.reported_area_km2) for unit in real_tables.units}
    sums = {
        parent: sum(area[u.unit_id] for u in real_tables.units if u.parent_id == parent)
        for parent in ("corridor", "core", "z1", "z2", "z3")
    }
    assert sums["corridor"] == area["corridor"] == 115
    assert [str(sums[zone]) for zone in ("core", "z1")] == ["26.08", "16.80"]
    assert [sums[zone] for zone in ("z2", "z3")] == [Decimal("25.020"), Decimal("17.19")]
    clusters = [u for u in real_tables.units if u.kind is UnitKind.CLUSTER]
    assert sum(area[u.unit_id] for u in clusters) == Decimal("85.090")


def test_every_starter_area_and_first_hub_is_a_place_in_its_cluster() -> None:
    places = {(r["kind"], r["name_zh"]): r["unit_id"] for r in rows("places")}
    listed = 0
    for unit in rows("units"):
        for kind, name in (
            ("starter_area", unit["starter_area_zh"]),
            ("first_hub", unit["first_hub_zh"]),
        ):
            if name:
                assert places[kind, name] == unit["unit_id"]
                listed += 1
    assert listed == sum(kind in ("starter_area", "first_hub") for kind, _ in places) == 8


def test_every_cluster_has_one_chosen_reading_with_a_seed_a_part(real_tables: Tables) -> None:
    chosen_ids = Counter(r.unit_id for r in real_tables.readings if r.chosen)
    clusters = {u.unit_id for u in real_tables.units if u.kind is UnitKind.CLUSTER}
    assert chosen_ids == dict.fromkeys(clusters, 1)
    parts = {r.unit_id: len(r.seeds) for r in real_tables.readings if r.chosen}
    assert {unit_id for unit_id, count in parts.items() if count > 1} == {"c07"}
    assert parts["c07"] == 2  # 分两片布局


def test_a_reported_area_is_observed_as_printed(real_tables: Tables) -> None:
    printed = {u.unit_id: float(u.reported_area_km2) for u in real_tables.units}
    seen = {o.unit_id: o.value for o in real_tables.observations if o.unit_id is not None}
    assert seen == {k: v for k, v in printed.items() if re.fullmatch(r"c\d\d", k)}


def test_open_sides_are_declared_and_declared_ones_are_open(real_tables: Tables) -> None:
    primary = {r.reading_id for r in real_tables.readings if r.chosen}
    open_sides = {
        (c.unit_id, c.line_id)
        for c in real_tables.clauses
        if c.reading_id in primary and (c.certainty is Certainty.UNNAMED or "damaged" in c.note)
    }
    declared = {
        (e.unit_id, e.other_id) for e in real_tables.exceptions if e.kind is ExceptionKind.OPEN_SIDE
    }
    whole = {unit_id for unit_id, line_id in declared if line_id is None}
    assert {(u, line) for u, line in open_sides if u not in whole} | {
        (u, None) for u, _ in open_sides if u in whole
    } == declared


def test_a_line_of_our_own_says_so_in_its_kind(real_tables: Tables) -> None:
    texts = "".join(unit.description_zh for unit in real_tables.units)
    for line in real_tables.lines:
        ours = line.name_zh not in texts and not any(a in texts for a in line.aliases)
        assert (
            not ours
            or line.kind in (LineKind.LIMIT, LineKind.BANK, LineKind.BORDER)
            or (line.source_id != "plan-2022")
        ), line.line_id
