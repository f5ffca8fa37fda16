"""The plan's promises on travel as a page: tables, maps, worst places; no outside address."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from tzkc_geo.network.promise_shares import RULES
from tzkc_geo.network.reach import accuracy_words
from tzkc_geo.reports.commitments_map import WORST_FILL, legend, promise_map
from tzkc_geo.reports.commitments_tables import (
    VERDICTS,
    cluster_table,
    details_table,
    percent,
    places_table,
    scenario_name,
    scenario_table,
)
from tzkc_geo.reports.drawing import svg
from tzkc_geo.reports.html import STYLE, number, table
from tzkc_geo.reports.labels import CREDIT, NOT_LEGAL, Lang
from tzkc_geo.transport import Test

if TYPE_CHECKING:
    from tzkc_geo.network.commitments import Commitments, Finding
    from tzkc_geo.reports.report_table import ReportTable

TITLE: Final = ("规划交通承诺检验", "The plan's promises on travel, tested")
MAP_STYLE: Final = """
.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(430px,100%),1fr));gap:1rem}.maps>div{max-width:760px}
.maps h3{margin:.4rem 0}.wide{overflow-x:auto;font-size:13px}.wide td,.wide th{padding:.2rem .5rem}
.wide td,.wide th{word-break:keep-all;overflow-wrap:break-word}.wide td:nth-child(2){min-width:13em}
.wide td:first-child{white-space:nowrap}.wide td:last-child:not(.n){min-width:14em}
.legend span{margin-right:1.2rem;white-space:nowrap}
.dot{display:inline-block;width:.8rem;height:.8rem;border-radius:50%;margin-right:.4rem;
vertical-align:-.1rem}.station{background:#fff;border:2px solid #000;box-sizing:border-box}
section{border-top:2px solid #333;margin-top:2rem}h2{margin-bottom:.3rem}
"""
SPEEDS: Final = (
    ("未注明车速的数字与地图：畅通", "Figures and maps that name no speed: free flow"),
    ("未注明车速的数字与地图：高峰", "Figures and maps that name no speed: peak"),
)
INTRO: Final = {
    Lang.ZH: (
        "份额按 50 米格网的陆地面积计（水面不计），畅通与高峰两种车速并列；每格只取最近的路网入口，"
        "份额因此偏小，至多约 0.5 个百分点。读法、竞争读法与判定规则均在页内写明。"
        "绿色为在时限之内，黑线为时限等时线，数字圆点为最差之处。"
    ),
    Lang.EN: (
        "Shares are of dry ground by cells of 50 m, at free flow and at peak; each cell takes its"
        " nearest entries alone, which makes shares too small by up to about 0.5 points. The"
        " reading, its rivals and the rules of the verdicts are stated on the page. Green is within"
        " the time, the black line is the isochrone of the time, numbered discs are the worst"
        " places."
    ),
}


def commitments_html(found: Commitments, lang: Lang = Lang.ZH) -> str:
    """Return the promises, tested (规划承诺检验), as one page that works without a network.

    Parameters
    ----------
    found
        From `network.commitments.commitments`; every number on the page is one of its values.
    lang
        Of titles and terms. Texts that exist in one language only stand as they are.
    """
    title = escape(lang.pick(*TITLE))
    first = next(iter(found.findings.values()), ())
    overview = "".join(_table(scenario_table(found, name, lang), lang) for name in found.findings)
    sections = "".join(_section(found, finding, lang) for finding in first)
    digest = lang.pick("数据摘要", "digest")
    speed = lang.pick(*SPEEDS[found.peak])
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}{MAP_STYLE}</style><h1>{title}</h1>"
        f"<p><b>{lang.pick(*NOT_LEGAL)}</b> · {escape(INTRO[lang])}</p>"
        f"<p>{speed} · {digest} {found.catalog.digest[:12]} · {CREDIT}</p>"
        f"{overview}{_rules(lang)}{sections}</html>"
    )


def _rules(lang: Lang) -> str:
    """Say what the verdicts mean."""
    lines = "".join(
        f"<li><b>{escape(lang.term(VERDICTS, key))}</b>: {escape(lang.pick(*words))}</li>"
        if key in VERDICTS
        else f"<li>{escape(lang.pick(*words))}</li>"
        for key, words in RULES.items()
    )
    return f"<h2>{lang.pick('判定规则', 'rules of the verdicts')}</h2><ul>{lines}</ul>"


def _section(found: Commitments, finding: Finding, lang: Lang) -> str:
    """Return everything about one promise, in all scenarios."""
    row = finding.promise
    limit = number(row.threshold_min, 0)
    every = [f for part in found.findings.values() for f in part if f.promise == row]
    return (
        f'<section id="{escape(row.promise_id)}"><h2>{escape(row.text_zh)}</h2>'
        f"<p>{escape(row.promise_id)} · {escape(row.cite)} ·"
        f" {lang.pick('时限', 'limit')} {limit} {lang.pick('分钟', 'min')} ·"
        f' <span class="note">{escape(row.note)}</span></p>'
        f"{_maps(found, every, lang)}{_table(cluster_table(found, row.promise_id, lang), lang)}"
        + "".join(_more(found, one, lang) for one in every)
        + "</section>"
    )


def _maps(found: Commitments, every: list[Finding], lang: Lang) -> str:
    """Return the maps of one promise, a scenario each, and what the colours mean."""
    drawn = [finding for finding in every if finding.minutes is not None]
    if not drawn:
        return f"<p>{lang.pick('没有可制图的时间。', 'There are no times to map.')}</p>"
    keys = " ".join(
        f'<span><span class="key" style="background:{colour}"></span>{escape(words)}</span>'
        for colour, words in legend(drawn[0], lang)
    )
    keys += (
        f'<span><span class="dot station"></span>{lang.pick("车站", "station")}</span>'
        f'<span><span class="dot" style="background:{WORST_FILL}"></span>'
        f"{lang.pick('最差之处', 'worst places')}</span>"
    )
    maps = "".join(
        f"<div><h3>{escape(_map_title(finding, lang))}</h3>"
        f"{svg(promise_map(found, finding, lang))}</div>"
        for finding in drawn
    )
    reading = escape(lang.pick(*drawn[0].shown.words))
    return (
        f"<p>{lang.pick('图示读法', 'reading on the maps')}: {reading}</p>"
        f'<p class="legend">{keys}</p><div class="maps">{maps}</div>'
    )


def _map_title(finding: Finding, lang: Lang) -> str:
    share = percent(finding.shown.shares.area)
    kept = lang.pick("面积符合", "area kept")
    told = "" if share is None else f" · {kept} {number(share, 1)} %"
    return f"{scenario_name(finding.scenario, lang)}{told}"


def _more(found: Commitments, finding: Finding, lang: Lang) -> str:
    """Return worst places, details and accuracy of one promise in one scenario, folded."""
    details = details_table(finding, lang)
    parts = [] if details is None else [_table(details, lang)]
    if finding.worst or finding.unreached:
        parts.append(_table(places_table(found, finding, lang), lang))
    words = accuracy_words(finding.accuracy, str(lang))
    if finding.planned_walk_min is not None:
        minutes = number(finding.planned_walk_min, 1)
        words += lang.pick(
            f"；规划站点的位置中误差相当于步行 {minutes} 分钟",
            f"; the standard deviation of planned stations is {minutes} minutes on foot",
        )
    head = f"{scenario_name(finding.scenario, lang)}: "
    head += lang.pick("细目、最差之处与精度", "details, worst places and accuracy")
    told = finding.scenario == "today" or (details and finding.promise.test is Test.TRUNK)
    return (
        f"<details{' open' if told else ''}><summary>{escape(head)}"
        f"</summary>{''.join(parts)}<p>{escape(words)}</p></details>"
    )


def _table(shown: ReportTable, lang: Lang) -> str:
    told = table(shown.title, (c.title for c in shown.columns), shown.texts(lang))
    return f'<div class="wide">{told}</div>'
