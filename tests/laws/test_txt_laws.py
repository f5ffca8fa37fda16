"""Laws of the 界址点 TXT: write then read is identity, in every style."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.toy.parcel_texts import E0, N0
from tzkc_geo import crs
from tzkc_geo.io.txt_read import parse_txt
from tzkc_geo.io.txt_write import TxtStyle, txt_bytes
from tzkc_geo.parcel_file import ParcelFile, Plot, assemble, rings_of

CELL_M = 200.0
# What survives a line: no comma, no line break, no outer blank.
words = st.text("台州湾科创走廊临海一二三ABC12-_()（） ", max_size=8).map(str.strip)
corner = st.floats(0.0, 1.0).map(lambda share: round(20 * share, 3))


@st.composite
def rings(draw: st.DrawFn) -> list[list[tuple[float, float]]]:
    """Return rings that nest in one cell: a shell, and perhaps a hole and an island in it."""
    found = []
    for level in range(draw(st.integers(1, 3))):
        low, high = 25.0 * level, CELL_M - 1.0 - 25.0 * level
        moves = [draw(corner) for _ in range(8)]
        ring = [
            (low + moves[0], low + moves[1]),
            (high - moves[2], low + moves[3]),
            (high - moves[4], high - moves[5]),
            (low + moves[6], high - moves[7]),
        ]
        start = draw(st.integers(0, 3))
        turned = ring[start:] + ring[:start]
        found.append(turned[::-1] if draw(st.booleans()) else turned)
    return found


@st.composite
def plots(draw: st.DrawFn) -> Plot:
    """Return a plot of parts with holes near Taizhou."""
    corners = []
    for cell in range(draw(st.integers(1, 3))):
        shift = np.array([E0 + CELL_M * cell, N0])
        corners += [np.array(ring) + shift for ring in draw(rings())]
    metric = assemble(corners)
    return Plot(
        polygon=shapely.transform(metric, crs.to_geographic),
        plot_id=draw(words),
        name=draw(words),
        stated_area_ha=draw(st.sampled_from(["0.7655", "12", "3.0"])),
        sheet=draw(words),
        use=draw(words),
        land_class=draw(words),
        others=tuple(draw(st.lists(words, max_size=4))),
    )


styles = st.builds(
    TxtStyle,
    epsg=st.sampled_from([4528, 4529, 4549, 4550]),
    closed=st.booleans(),
    restart=st.booleans(),
    decimals=st.integers(2, 6),
    encoding=st.sampled_from(["gbk", "gb18030", "utf-8", "utf-8-sig"]),
    letter=st.sampled_from(["J", "", "P"]),
)
files = st.lists(plots(), min_size=1, max_size=3).map(lambda many: ParcelFile(plots=tuple(many)))


def rows(plot: Plot, epsg: int) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Return the rings of a plot in metres."""
    return [crs.project(shapely.get_coordinates(ring), epsg) for ring in rings_of(plot)]


@given(file=files, style=styles)
def test_write_then_read_is_identity(file: ParcelFile, style: TxtStyle) -> None:
    data = txt_bytes(file, style)
    reading = parse_txt(data, name="a.txt")
    for old, new in zip(file.plots, reading.file.plots, strict=True):
        assert [len(p.interiors) for p in new.parts] == [len(p.interiors) for p in old.parts]
        half = 0.5 * 10.0**-style.decimals + 1e-6
        for a, b in zip(rows(old, style.epsg), rows(new, style.epsg), strict=True):
            assert np.abs(a - b).max() <= half  # each vertex at its place in its ring
        texts = replace(new, polygon=old.polygon, stated_points=None)
        assert texts == old
        assert new.stated_points is not None
    found = reading.detected
    assert (found.epsg, found.closure) == (style.epsg, "closed" if style.closed else "open")
    assert found.encoding == style.encoding or {found.encoding, style.encoding} <= {
        *("ascii", "gbk", "gb18030")
    }
    assert found.variants == ()
    if found.numbering is not None:
        assert found.numbering == ("restarts" if style.restart else "runs on")
    assert not any("界址点数" in note for note in reading.notes)
    assert txt_bytes(reading.file, style) == data  # and once more it is the same to the last byte


@given(file=files, style=styles)
def test_the_style_changes_no_shape(file: ParcelFile, style: TxtStyle) -> None:
    plain = replace(style, closed=True, restart=False, encoding="utf-8", letter="J")
    one, other = (
        parse_txt(txt_bytes(file, chosen), name="a.txt").file.plots for chosen in (style, plain)
    )
    for a, b in zip(one, other, strict=True):
        assert shapely.equals_exact(a.polygon, b.polygon, tolerance=0.0)
