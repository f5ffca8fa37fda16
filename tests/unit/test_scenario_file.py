"""Scenario files: what they change in the toy network, and every way to get them wrong."""

import tomllib
from pathlib import Path

import pytest

from tests.toy import network as toy
from tests.toy.network import lonlat
from tzkc_geo.errors import CrsError, DataError, DuplicateIdError, UnknownIdError
from tzkc_geo.io import scenario_file
from tzkc_geo.io.scenario_file import read_scenario
from tzkc_geo.network.build import network
from tzkc_geo.network.route import Route, route
from tzkc_geo.network.scenario import SCENARIOS, Scenario, in_force, scenario_of

CATALOG = toy.catalog()
LON, LAT = lonlat(2500, 3000)
STATION = f'[[stations]]\nid = "x1"\nname = "新站"\nlon = {LON}\nlat = {LAT}\n'
TIMES = 'headway_s = 400\nfirst = "06:00"\nlast = "22:00"\n'
LINE = '[[lines]]\nline = "S3"\nstations = ["r1", "x1"]\nrun_s = [100]\n'
ROAD = '[[links]]\nid = "n"\nroad = "新路"\nclass = "bridge"\nfree_kmh = 36\npeak_kmh = 18\n'
ACROSS = ROAD + 'from = "a1"\nto = "n1"\n'


def read(folder: Path, text: str) -> Scenario:
    """Return the scenario of a text."""
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path, CATALOG)


def way(
    scenario: Scenario,
    modes: tuple[str, ...],
    start: tuple[float, float],
    end: tuple[float, float],
    depart: float | None = None,
) -> Route:
    """Return a route between metres of the toy network."""
    net = network(CATALOG, scenario=scenario, modes=modes)
    return route(net, lonlat(*start), lonlat(*end), depart=depart)


R1, R3 = (0, 1400), (2000, 6300)


def test_an_empty_file_is_today_under_its_own_name(tmp_path: Path) -> None:
    found = read(tmp_path, "")
    assert found.name == "mine"
    assert (found.date, found.closed, found.links) == (SCENARIOS["today"].date, frozenset(), ())


def test_another_base_and_name(tmp_path: Path) -> None:
    found = read(tmp_path, 'name = "later"\nbase = "2028"\n')
    assert (found.name, found.date) == ("later", "2028-12-31")


@pytest.mark.parametrize("closed", ["bridge", "大桥"])
def test_a_closed_bridge_sends_cars_over_the_expressway(tmp_path: Path, closed: str) -> None:
    found = read(tmp_path, f'closed = ["{closed}"]\n')
    assert way(found, ("road",), R1, R3).tenths == 10450
    assert way(found, ("walk",), R1, R3).reason is not None


def test_another_headway_halves_the_wait(tmp_path: Path) -> None:
    found = read(tmp_path, "[headways]\nS1 = 200\n")
    assert way(found, ("walk", "rail"), R1, R3).tenths == (60 + 100 + 360 + 30) * 10


def test_a_new_line_with_a_new_station(tmp_path: Path) -> None:
    found = read(tmp_path, STATION + LINE + TIMES)
    ride = way(found, ("walk", "rail"), R1, (2500, 3000))
    assert ride.tenths == (60 + 200 + 100 + 30) * 10
    assert [(leg.mode, leg.line, leg.end) for leg in ride.legs][2] == ("rail", "S3", "新站")
    assert found.stations[0].line == "S3"
    late = way(found, ("walk", "rail"), R1, (2500, 3000), depart=1319)  # the train of 22:00
    assert late.tenths == (60 + 100 + 30) * 10
    back = way(found, ("walk", "rail"), (2500, 3000), R1)
    assert back.tenths == ride.tenths


def test_a_line_that_runs_is_made_longer(tmp_path: Path) -> None:
    more = STATION + LINE.replace("S3", "S1").replace('"r1"', '"r3"')
    found = read(tmp_path, more)
    ride = way(found, ("walk", "rail"), R1, (2500, 3000))
    assert ride.tenths == (60 + 300 + 360 + 100 + 30) * 10
    assert [leg.line for leg in ride.legs if leg.mode == "rail"] == ["S1"]


def test_a_new_line_may_have_two_branches(tmp_path: Path) -> None:
    branch = '[[lines]]\nline = "S3"\nstations = ["r2", "r1"]\nrun_s = [50]\n'
    found = read(tmp_path, STATION + LINE + TIMES + branch)
    assert len(found.services) == 1
    assert way(found, ("walk", "rail"), (0, 3000), R1).tenths == (60 + 200 + 50 + 30) * 10


def test_a_new_road_over_the_river(tmp_path: Path) -> None:
    found = read(tmp_path, ACROSS + 'crosses = ["toy-river"]\nlength_m = 4000\n')
    assert way(found, ("road",), R1, (2000, 3800)).tenths == 4000
    one = read(tmp_path, ACROSS + 'crosses = ["toy-river"]\nlength_m = 4000\noneway = true\n')
    assert way(one, ("road",), R1, (2000, 3800)).tenths == 4000
    assert way(one, ("road",), (2000, 3800), R1).tenths == 4400


def test_a_new_road_to_a_new_junction_can_be_closed_as_well(tmp_path: Path) -> None:
    lon, lat = lonlat(0, 400)
    new = f'[[junctions]]\nid = "x"\nname = "新路口"\nlon = {lon}\nlat = {lat}\n'
    link = ROAD.replace("bridge", "arterial") + 'from = "x"\nto = "a1"\n'
    found = read(tmp_path, new + link)
    assert way(found, ("road",), (0, 400), R1).tenths == 1000
    shut = read(tmp_path, 'closed = ["新路"]\n' + new + link)
    assert way(shut, ("road",), (0, 400), R1).tenths == 3000


def test_the_example_of_the_module_is_read_but_for_its_ids(tmp_path: Path) -> None:
    text = "\n".join(str(scenario_file.__doc__).splitlines()[2:])
    example = tomllib.loads(text)
    assert set(example) == set(scenario_file.TOP)
    assert set(example["links"][0]) == set(scenario_file.LINK)
    assert set(example["lines"][0]) == set(scenario_file.LINE)
    with pytest.raises(UnknownIdError, match=r"mine\.toml:lines\[1\]: station 's1-01' points at"):
        read(tmp_path, text)


WRONG: dict[str, tuple[str, type[DataError] | type[CrsError], str]] = {
    "no TOML": ("closed = [", DataError, "mine.toml: is not TOML, expected key = value"),
    "key with a typo": (
        "close = []\n",
        DataError,
        (
            "mine.toml: key 'close' is not known, expected some of name, base, closed, headways, "
            "stations, lines, junctions, links, got 'close'; did you mean 'closed'"
        ),
    ),
    "key far from all": ("zzz = 1\n", DataError, "links, got 'zzz'"),
    "key in a table": (
        STATION + "long = 3\n",
        DataError,
        (
            "mine.toml:stations[1]: key 'long' is not known, expected some of "
            "id, name, name_en, lon, "
            "lat, got 'long'; did you mean 'lon'"
        ),
    ),
    "missing key": (
        '[[stations]]\nid = "x1"\n',
        DataError,
        "mine.toml:stations[1]: key 'lon' is missing, expected a number, got nothing; add it",
    ),
    "base": (
        'base = "tody"\n',
        UnknownIdError,
        (
            "mine.toml: base 'tody' points at nothing, expected one of 2022, "
            "today, 2028, got 'tody'; "
            "did you mean 'today'"
        ),
    ),
    "closed link": (
        'closed = ["bridg"]\n',
        UnknownIdError,
        (
            "mine.toml: closed 'bridg' points at nothing, expected the id of a "
            "link or the name of a "
            "road, got 'bridg'; did you mean 'bridge'"
        ),
    ),
    "closed is a text": (
        'closed = "bridge"\n',
        DataError,
        "closed has a wrong value, expected a list of texts, got 'bridge'",
    ),
    "name is a number": ("name = 3\n", DataError, "name has a wrong value, expected a text"),
    "headways is a list": (
        "headways = [3]\n",
        DataError,
        "headways has a wrong value, expected a table under [headways], got [3]",
    ),
    "headway of no line": (
        "[headways]\nS2 = 300\n",
        UnknownIdError,
        (
            "mine.toml:headways: line 'S2' points at nothing, expected a line "
            "that runs in scenario "
            "today, got 'S2'; did you mean 'S1'"
        ),
    ),
    "headway of nothing": (
        "[headways]\nS1 = 0\n",
        DataError,
        "mine.toml:headways: S1 has a wrong value, expected a number above 0, got 0",
    ),
    "headway that is endless": ("[headways]\nS1 = inf\n", DataError, "above 0, got inf"),
    "headway that is a flag": ("[headways]\nS1 = true\n", DataError, "above 0, got True"),
    "stations is a table": (
        "[stations]\nx = 1\n",
        DataError,
        "stations has a wrong value, expected tables, each under [[stations]]",
    ),
    "station that exists": (
        STATION.replace("x1", "r1"),
        DuplicateIdError,
        "mine.toml:stations[1]: id 'r1' stands twice, expected a new one, got 'r1'",
    ),
    "station twice": (STATION + STATION, DuplicateIdError, "mine.toml:stations[2]: id 'x1' stands"),
    "axes exchanged": (
        f'[[stations]]\nid = "x"\nname = "y"\nlon = {LAT}\nlat = {LON}\n',
        CrsError,
        "mine.toml:stations[1]",
    ),
    "station of a line": (
        STATION + LINE.replace("r1", "r9") + TIMES,
        UnknownIdError,
        (
            "mine.toml:lines[1]: station 'r9' points at nothing, expected the id of a station, "
            "got 'r9'; did you mean"
        ),
    ),
    "station that is not open": (
        STATION + LINE.replace("r1", "u1") + TIMES,
        DataError,
        (
            "mine.toml:lines[1]: station 'u1' is not open in scenario today, expected one that is, "
            "got 'u1'; take another base, or add it under [[stations]]"
        ),
    ),
    "runs that do not fit": (
        STATION + LINE.replace("[100]", "[100, 200]") + TIMES,
        DataError,
        (
            "run_s does not fit, expected one number from each station to the next, at least one, "
            "got 2 for 2 stations"
        ),
    ),
    "no run": (
        LINE.replace('["r1", "x1"]', '["r1"]').replace("[100]", "[]") + TIMES,
        DataError,
        "got 0 for 1 stations",
    ),
    "run of no time": (
        STATION + LINE.replace("[100]", "[0]") + TIMES,
        DataError,
        "mine.toml:lines[1]: run_s[1] has a wrong value, expected a number above 0, got 0",
    ),
    "runs as one number": (
        STATION + LINE.replace("[100]", "100") + TIMES,
        DataError,
        "run_s has a wrong value, expected a list of numbers, got 100",
    ),
    "line without trains": (
        STATION + LINE,
        DataError,
        "mine.toml:lines[1]: key 'first' is missing, expected a text, got nothing; add it",
    ),
    "time of day": (
        STATION + LINE + TIMES.replace("06:00", "6 am"),
        DataError,
        "first has a wrong value, expected a time of day \"HH:MM\", got '6 am'",
    ),
    "last before first": (
        STATION + LINE + TIMES.replace("22:00", "05:00"),
        DataError,
        "last is before first, expected a later time, got '05:00' after '06:00'",
    ),
    "trains of a line that has some": (
        STATION + LINE.replace("S3", "S1") + TIMES,
        DataError,
        (
            "mine.toml:lines[1]: headway_s is not expected, for trains of S1 run already, expected "
            "line, stations and run_s, got 400; another headway goes under [headways]"
        ),
    ),
    "link that is not told to cross": (
        ACROSS,
        DataError,
        (
            "mine.toml:links[1]: link 'n' meets 大江, expected 'toy-river' in "
            "crosses, got []; name it "
            "if this is a bridge, a tunnel or a crossing"
        ),
    ),
    "barrier": (
        ACROSS + 'crosses = ["toy-rivr"]\n',
        UnknownIdError,
        (
            "crosses 'toy-rivr' points at nothing, expected the id of a "
            "barrier, got 'toy-rivr'; did "
            "you mean 'toy-river'"
        ),
    ),
    "class": (
        ACROSS.replace('"bridge"', '"brigde"'),
        DataError,
        (
            "class 'brigde' is not allowed, expected one of motorway, expressway, arterial, ramp, "
            "bridge, got 'brigde'; did you mean 'bridge'"
        ),
    ),
    "junction": (
        ACROSS.replace('"a1"', '"a9"'),
        UnknownIdError,
        "mine.toml:links[1]: from 'a9' points at nothing, expected the id of a junction, got 'a9'",
    ),
    "link to itself": (
        ACROSS.replace('"n1"', '"a1"'),
        DataError,
        "to is the same as from, expected another junction, got 'a1'",
    ),
    "peak": (
        ACROSS.replace("18", "50"),
        DataError,
        "peak_kmh is above free_kmh, expected at most 36.0, got 50.0",
    ),
    "one way": (ACROSS + 'oneway = "yes"\n', DataError, "expected true or false, got 'yes'"),
    "link that exists": (
        ACROSS.replace('"n"', '"bridge"', 1),
        DuplicateIdError,
        "mine.toml:links[1]: id 'bridge' stands twice",
    ),
    "empty id": (ACROSS.replace('"n"', '" "', 1), DataError, "expected a text that is not empty"),
}


@pytest.mark.parametrize(("text", "kind", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_in_one_sentence(
    tmp_path: Path, text: str, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind) as error:
        read(tmp_path, text)
    assert sentence in str(error.value)
    assert type(error.value) is kind
    assert str(error.value).startswith("mine.toml:")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.toml: cannot be read"):
        read_scenario(tmp_path / "none.toml", CATALOG)


def test_openings_decide_what_counts() -> None:
    lines = {
        name: {row.line for row in in_force(CATALOG, scenario_of(name)).services}
        for name in SCENARIOS
    }
    assert lines == {"2022": set(), "today": {"S1"}, "2028": {"S1", "S2"}}
    open_now = in_force(CATALOG, SCENARIOS["2022"])
    assert set(open_now.stations) == {"nr"}
    assert open_now.runs == ()
    assert set(open_now.junctions) == set(toy.JUNCTIONS)
