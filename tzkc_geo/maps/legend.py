"""The legend of the overview: note, grades, colours, list of clusters, sources."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tzkc_geo.maps.layers import DASH
from tzkc_geo.maps.words import GRADES, NOTE, WORDS, both, unit_name
from tzkc_geo.model import Grade, UnitKind
from tzkc_geo.palette import colours

if TYPE_CHECKING:
    from tzkc_geo.catalog import Catalog
    from tzkc_geo.model import UnitRow

LINE = '<line x1="2" y1="{y}" x2="46" y2="{y}" stroke="#333" stroke-width="2.5"{more}/>'
DASHED = f' stroke-dasharray="{DASH}"'


def legend_html(catalog: Catalog, lang: int) -> str:
    """Return the panel as HTML; ``lang`` is 0 for Chinese, 1 for English first."""
    return "".join(
        [
            '<details id="legend" open><summary>',
            f"<strong>{escape(WORDS['title'][lang])}</strong></summary>",
            f'<p class="note">「{NOTE[0]}」 {NOTE[1]}</p>',
            _grades(lang),
            _clusters(catalog, lang),
            _stations(catalog, lang),
            '<p class="small">',
            "<br>".join(escape(WORDS[key][lang]) for key in ("source", "data")),
            f"<br>{WORDS['digest'][lang]} {catalog.digest[:12]}</p></details>",
        ]
    )


def _grades(lang: int) -> str:
    """Return what solid, dashed and fuzzy mean, with a sample of each."""
    rows = []
    for grade, (name, meaning) in GRADES.items():
        words = f"<b>{both(name, lang)}</b><br>{escape(meaning[lang])}"
        words += f'<br><span class="other">{escape(meaning[1 - lang])}</span>'
        rows.append(f'<div class="row">{_sample(grade)}<span>{words}</span></div>')
    return f"<h2>{escape(WORDS['grades'][lang])}</h2>" + "".join(rows)


def _sample(grade: Grade) -> str:
    """Return a picture of the outline of a grade."""
    lines = {
        Grade.LOCATED: LINE.format(y=10, more=""),
        Grade.CLOSED: LINE.format(y=6, more="") + LINE.format(y=14, more=DASHED),
        Grade.SCHEMATIC: '<line x1="2" y1="10" x2="46" y2="10" stroke="#333" stroke-width="14" '
        'opacity=".18"/>' + LINE.format(y=10, more=DASHED),
    }
    return f'<svg width="48" height="20" aria-hidden="true">{lines[grade]}</svg>'


def _clusters(catalog: Catalog, lang: int) -> str:
    """Return the numbered clusters under the core or zone they belong to."""
    parts = [f"<h2>{escape(WORDS['list'][lang])}</h2>"]
    for zone in catalog.units:
        if zone.kind not in (UnitKind.CORE, UnitKind.ZONE):
            continue
        fill, line = colours(zone)
        swatch = f'<i class="swatch" style="background:{fill};border-color:{line}"></i>'
        head = f"{escape(unit_name(zone, lang))} {escape(zone.reported_area_km2)}"
        parts.append(f'<div class="zone">{swatch}{head}</div><ol>')
        mine = (row for row in catalog.units if row.parent_id == zone.unit_id)
        parts += [_cluster(catalog, row, lang) for row in mine]
        parts.append("</ol>")
    return "".join(parts)


def _cluster(catalog: Catalog, row: UnitRow, lang: int) -> str:
    """Return one line of the list."""
    grade = GRADES[catalog.results[row.unit_id].grade][0][lang]
    badge = f'<b class="badge" style="background:{colours(row)[1]}">{number(row)}</b>'
    text = f"{escape(unit_name(row, lang))} {escape(row.reported_area_km2)}"
    return f"<li>{badge}<span>{text} <em>{grade}</em></span></li>"


def number(row: UnitRow) -> str:
    """Return the number of a cluster in the plan: 1 for c01."""
    return row.unit_id.lstrip("c0")


def _stations(catalog: Catalog, lang: int) -> str:
    """Return the signs of stations and places, and which stations could not be drawn."""
    circle = '<circle cx="10" cy="10" r="5" fill="#fff" stroke-width="2" {more}/>'
    signs = (
        (circle.format(more='stroke="#111"'), WORDS["operating"][lang]),
        (circle.format(more='stroke="#777" stroke-dasharray="3 2"'), WORDS["planned"][lang]),
        ('<circle cx="10" cy="10" r="3.5" fill="#444"/>', WORDS["places"][lang]),
    )
    drawn = "".join(
        f'<span class="sign"><svg width="20" height="20" aria-hidden="true">{sign}</svg>'
        f"{escape(word)}</span>"
        for sign, word in signs
    )
    lost = [
        (row.name_zh, row.name_en)[lang]
        for row in catalog.stations
        if row.lon is None or row.lat is None
    ]
    missing = f"{WORDS['unplaced'][lang]}: {', '.join(lost)}" if lost else ""
    tail = f'<p class="small">{escape(missing)}</p>' if missing else ""
    return f"<h2>{escape(WORDS['stations'][lang])}</h2><div>{drawn}</div>{tail}"
