"""Text to text: line for line, byte for byte, with the answers at the end."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from tests.toy.point_files import EDGES, LOST, PLACES, QUESTION, WORLD, parts
from tests.toy.world import middle
from tzkc_geo.bulk import Columns, Question, csv_file, csv_kernels
from tzkc_geo.bulk.csv_file import assign_csv
from tzkc_geo.bulk.question import Tally
from tzkc_geo.errors import DataError, LimitError
from tzkc_geo.membership import LEVELS, decide

C01 = "{},{}".format(*middle("c01"))
C14 = "{},{}".format(*middle("c14"))


def assigned(
    folder: Path, content: str | bytes, question: Question = QUESTION
) -> tuple[str, Tally]:
    source, target = folder / "in.csv", folder / "out.csv"
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    counted = assign_csv(source, target, question, workers=2)
    assert not parts(folder)
    return target.read_bytes().decode("utf-8", errors="surrogateescape"), counted


@pytest.fixture(params=["plain", "compiled"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read some bytes at a time, with both forms of the kernel."""
    monkeypatch.setattr(csv_file, "BLOCK", 4000)
    if request.param == "compiled":
        monkeypatch.setattr(csv_file, "COMPILE_FROM", 0)


@pytest.mark.usefixtures("small")
def test_every_place_has_the_answer_known_by_hand(tmp_path: Path) -> None:
    rows = [PLACES[k % len(PLACES)] for k in range(1000)]
    text = "".join(f"{k},{lon},{lat}\n" for k, (lon, lat, *_) in enumerate(rows))
    made, counted = assigned(tmp_path, "id,lon,lat\n" + text)
    wanted = "".join(
        f"{k},{lon},{lat},{cluster or ''},{zone or ''}\n"
        for k, (lon, lat, cluster, zone) in enumerate(rows)
    )
    assert made == "id,lon,lat,cluster,zone\n" + wanted
    assert counted.rows == 1000
    assert counted.faults == 0
    lost = sum(k % len(PLACES) >= len(PLACES) - LOST for k in range(1000))
    assert counted.without_position == lost


LON, LAT = C01.split(",")
HEAD = "<,cluster,zone>"


@pytest.mark.parametrize(
    "template",  # what is added stands in brackets
    [
        f"lon,lat{HEAD}\r\n{C01}<,c01,core>\r\n",
        f"lon,lat{HEAD}\n{C01}<,c01,core>",
        f"lon,lat{HEAD}\r\n{C01}<,c01,core>\r",
        f"lon,lat{HEAD}",
        f"lon,lat{HEAD}\n",
        f"\ufefflon,lat{HEAD}\n{C14}<,c14,z3>\n",
        f"lon, lat{HEAD}\n{LON}, {LAT}<,c01,core>\n",
        f"lat,lon{HEAD}\n{LAT},{LON}<,c01,core>\n",
        f"lon;lat<;cluster;zone>\n{LON};{LAT}<;c01;core>\n",
        f"lon\tlat<\tcluster\tzone>\n{LON}\t{LAT}<\tc01\tcore>\n",
        f'"lon","lat"{HEAD}\n"{LON}","{LAT}"<,c01,core>\n',
        f'a,lon,lat{HEAD}\n"x,\n""y""",{C01}<,c01,core>\nit\'s 5" wide,{C14}<,c14,z3>\n',
        f"lon,lat{HEAD}\n\n{C01}<,c01,core>\n\r\n",
        f"lon,lat{HEAD}\n,<,,>\nnan,NaN<,,>\n1e2,+2.8e1<,,>\n",
        f'lon,lat{HEAD}\n"",28.6<,,>\n  ,"28.6"<,,>\n121.4,<,,>\r\n',
        f"lon,lat{HEAD}\n1.21405e2,2.86545e+1<,c01,core>\n",
        f"lon,lat{HEAD}\n121.40500000000000000000001 ,28.6545<,c01,core>\n",
    ],
)
@pytest.mark.usefixtures("small")
def test_nothing_but_the_answers_is_added(template: str, tmp_path: Path) -> None:
    made, counted = assigned(tmp_path, re.sub("<[^>]*>", "", template))
    assert made == template.replace("<", "").replace(">", "")
    assert counted.faults == 0


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
def test_chinese_text_stays_in_its_encoding(encoding: str, tmp_path: Path) -> None:
    text = f"名称,经度,纬度\n台州湾𠮷,{C01}\n".replace("𠮷", "吉" if encoding == "gbk" else "𠮷")
    named = Question.of(WORLD, columns=Columns(lon="经度", lat="纬度"))
    assigned(tmp_path, text.encode(encoding), named)
    made = (tmp_path / "out.csv").read_bytes().decode(encoding)
    lines = text.splitlines()
    assert made == f"{lines[0]},cluster,zone\n{lines[1]},c01,core\n"


@pytest.mark.usefixtures("small")
def test_bad_rows_are_kept_and_named(tmp_path: Path) -> None:
    rows = [f'"a\nb",{C01}', "x,12l,28.6", "x,121.4", "x,121.4,28.6,more", "x,1_0,28", "x,1,°"]
    made, counted = assigned(tmp_path, "a,lon,lat\n" + "\n".join([*rows * 100, ""]))
    added = [",c01,core", ",,", ",,", ",,", ",,", ",,"]
    lines = [row + cells for row, cells in zip(rows, added, strict=True)]
    assert made == "a,lon,lat,cluster,zone\n" + "\n".join([*lines * 100, ""])
    assert (counted.rows, counted.faults, counted.without_position) == (600, 500, 500)
    assert [(fault.line, fault.reason) for fault in counted.named] == [
        (4, "lon is '12l', expected degrees"),
        (5, "the number of cells is not that of the header, expected 3"),
        (6, "the number of cells is not that of the header, expected 3"),
        (7, "lon is '1_0', expected degrees"),
        (8, "lat is '°', expected degrees"),
    ]


@pytest.mark.usefixtures("small")
def test_lines_are_counted_across_blocks(tmp_path: Path) -> None:
    good = f'"{"x" * 30}\n",{C01}\n' * 1000
    _, counted = assigned(tmp_path, "a,lon,lat\n" + good + "bad\n")
    assert [fault.line for fault in counted.named] == [2002]


@pytest.mark.usefixtures("small")
def test_a_quote_that_is_not_closed_takes_the_rest(tmp_path: Path) -> None:
    content = f'a,lon,lat\nx,{C01}\n"x,{C01}\n' + f"x,{C01}\n" * 3
    made, counted = assigned(tmp_path, content)
    assert counted.faults == 1
    assert made.startswith(f"a,lon,lat,cluster,zone\nx,{C01},c01,core\n")
    assert made.endswith(",,\n")


def test_a_record_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "BLOCK", 100)
    monkeypatch.setattr(csv_file, "LONGEST", 300)
    with pytest.raises(LimitError, match=r"^in.csv: a record does not end, .*; close its quotes$"):
        assigned(tmp_path, f'a,lon,lat\n"x,{C01}\n' + f"x,{C01}\n" * 100)
    assert not (tmp_path / "out.csv").exists()
    assert not parts(tmp_path)


def test_edges_stand_behind(tmp_path: Path) -> None:
    made, _ = assigned(tmp_path, f"lon,lat\n{C01}\n{C14}\n,\n", EDGES)
    lon, lat = np.array([middle("c01"), middle("c14")]).T
    found = decide(lon, lat, WORLD)
    edge_m = found.measures.distance_m[[0, 1], found.nearest]
    verdicts = [str(LEVELS[level]) for level in found.level]
    assert made.splitlines() == [
        "lon,lat,cluster,zone,verdict,edge_m",
        f"{C01},c01,core,{verdicts[0]},{edge_m[0]:.3f}",
        f"{C14},c14,z3,{verdicts[1]},{edge_m[1]:.3f}",
        ",,,,,",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "^in.csv:1: expected one column 'lon', got 0 among"),
        (b"x,y\n1,2\n", "got 0 among x, y; name the columns of the positions with --lon COL"),
        (b"lon;lat;lat\n", "'lat', got 2 among lon, lat, lat"),
        (b"lon,lat,zone\n", "expected no column 'zone', it would be added, got one; rename it"),
        ("lon,lat\n".encode("utf-16"), "is UTF-16, .*; save it as UTF-8"),
        (gzip.compress(b"lon,lat\n", mtime=0), "in.csv"),
    ],
)
def test_headers_that_cannot_be_are_refused(content: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        assigned(tmp_path, content)
    assert not (tmp_path / "out.csv").exists()


def test_plain_and_compiled_kernels_find_the_same_records() -> None:
    data = b'a,"b\n",c\n"d""\n"\n\n"e'
    view = np.frombuffer(data, np.uint8)
    run = csv_kernels.compiled()
    for begin in (0, 8, 9, 16, 17, 18):
        end = csv_kernels.record_end(data, begin, ord(","))
        assert run["record_end"](view, begin, ord(",")) == end
    assert csv_kernels.record_end(data, 17, ord(",")) == len(data) + 1
    assert csv_kernels.whole_records(data, ord(",")) == 17
    assert run["whole_records"](view, ord(",")) == csv_kernels.whole_records(data, ord(","))
    assert run["line_feeds"](view) == csv_kernels.line_feeds(data) == data.count(b"\n")
