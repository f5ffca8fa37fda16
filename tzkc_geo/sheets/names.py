"""The figures by name, and the file of one of them."""

from __future__ import annotations

from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.model import UnitKind
from tzkc_geo.sheets import answers, plans
from tzkc_geo.sheets.page import SETTINGS, SIZES, Look, Page, World, saved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tzkc_geo.catalog import Catalog

    Draw = Callable[[Page, World], None]

ENDINGS: Final = ("png", "svg", "pdf")
DPI: Final = (30.0, 1200.0)
FIXED: Final[dict[str, tuple[tuple[str, str], Draw]]] = {
    "overview": (
        ("台州湾科创走廊空间结构图", "Taizhou Bay sci-tech corridor: overview"),
        plans.overview,
    ),
    "extent": (("台州湾科创走廊规划范围图", "Planned extent of the corridor"), plans.extent),
    "clusters": (("台州湾科创走廊功能组团分布图", "Functional clusters"), plans.clusters),
    "carriers": (("产业承载与联动发展图", "Carriers and linkage areas"), plans.carriers),
    "reach": (("场址可达范围图", "Reach from a site"), answers.reach),
    "audit": (("规划面积审计图", "Audit of reported areas"), answers.audit),
}


def figure_names(catalog: Catalog) -> dict[str, tuple[str, str]]:
    """Return the title of every figure, Chinese and English, by name (图名).

    Parameters
    ----------
    catalog
        Each of its clusters has a sheet.

    Returns
    -------
    dict
        In the order in which they are listed: the fixed names, then ``c01`` and so on.
    """
    sheets = {name: title for name, (title, _) in FIXED.items()}
    for row in catalog.units:
        if row.kind is UnitKind.CLUSTER:
            sheets[row.unit_id] = (f"{row.unit_id} {row.name_zh}", f"{row.unit_id} {row.name_en}")
    return sheets


def figure_bytes(name: str, world: World, look: Look, ending: str) -> bytes:
    """Return a figure as the bytes of a file (静态图).

    Parameters
    ----------
    name
        A key of `figure_names`.
    world
        What is drawn: ``carriers`` needs the plan, ``audit`` the report, ``reach`` the reach.
    look
        Font, size, language, dots an inch, review number.
    ending
        ``png``, ``svg`` or ``pdf``.

    Returns
    -------
    bytes
        The same for the same input. Maps are in kilometres of EPSG:4549, grid north up.

    Raises
    ------
    UnknownIdError
        There is no such figure, ending or size.
    DataError
        What the figure needs is missing, or the dots an inch are out of range.
    """
    known("-o", ending, ENDINGS)
    return saved(drawn(name, world, look), ending)


def drawn(name: str, world: World, look: Look) -> Page:
    """Return a figure as a drawn page; raises as `figure_bytes`."""
    import matplotlib as mpl

    titles = figure_names(world.catalog)
    known("figure", name, titles)
    known("--size", look.size, SIZES)
    if not DPI[0] <= look.dpi <= DPI[1]:
        msg = f"--dpi: is out of range, expected {DPI[0]:g} to {DPI[1]:g}, got {look.dpi:g}"
        raise DataError(msg)
    with mpl.rc_context(SETTINGS):
        page = Page(look)
        page.head_and_foot(world.catalog, titles[name])
        draw = FIXED[name][1] if name in FIXED else partial(plans.cluster, unit_id=name)
        draw(page, world)
    return page


def known(what: str, text: str, names: Iterable[str]) -> None:
    """Raise `UnknownIdError` that names the nearest, unless a text is one of the names."""
    every = list(names)
    if text in every:
        return
    near = get_close_matches(text, every, 1, 0.4)
    remedy = f"; did you mean {near[0]!r}?" if near else ""
    msg = f"{what}: is not known, expected one of {', '.join(every)}, got {text!r}{remedy}"
    raise UnknownIdError(msg)
