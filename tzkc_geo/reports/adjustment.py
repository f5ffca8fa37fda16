"""The adjustment as a page: a picture, then every table; no outside address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tzkc_geo.reports.html import STYLE, number, table
from tzkc_geo.reports.picture import COLOURS, picture_svg

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tzkc_geo.catalog import Catalog

GRADES = {
    "located": "已定位 located: evidence of its own",
    "closed": "面积闭合 closed: placed by one reported area",
    "schematic": "示意 schematic: a prior only, no 95 % figure",
}


def adjust_html(catalog: Catalog) -> str:
    """Return the adjustment (平差) as one page that works without a network.

    Parameters
    ----------
    catalog
        Whose adjustment is shown.
    """
    content = catalog.adjustment
    legend = " ".join(
        f'<span><span class="key" style="background:{COLOURS[grade]}"></span>{text}</span>'
        for grade, text in GRADES.items()
    )
    figures = (
        f"unknowns {content['unknowns']}, rank {content['rank']}, sigma0 {content['sigma0']:.2f},"
        f" active constraints {len(content['active_constraints'])}"
    )
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8"><title>平差 adjustment</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style><h1>参照线平差 · adjustment of the reference lines</h1>"
        f"<p><b>示意图，非法定边界</b> · a reconstruction, not a legal boundary. {figures}.</p>"
        f"{picture_svg(catalog)}<p>{legend}<br>"
        "Shaded: 95 % band, wider where a line is prolonged past its points. Circles: control"
        " points, the ring shows one sigma. © OpenStreetMap contributors (ODbL)</p>"
        f"{_units(catalog)}{_lines(content['lines'])}{_observations(content['observations'])}"
        f"{_readings(content['readings'])}{_sensitivity(content['prior_sensitivity'])}"
        f"{_findings(content['findings'])}</html>"
    )


def _units(catalog: Catalog) -> str:
    rows = []
    for unit in catalog.units:
        r = catalog.results[unit.unit_id]
        rows.append(
            [
                f"{unit.unit_id} {unit.name_zh}",
                unit.reported_area_km2,
                number(r.area_km2, 3),
                number(None if r.area_sigma_km2 is None else 1.96 * r.area_sigma_km2, 3),
                number(r.leave_one_out_km2, 2),
                number(r.leave_one_out_sigma_km2, 2),
                number(r.redundancy, 3),
                number(r.w, 2),
                str(r.grade),
                str(r.verdict),
                r.method,
            ]
        )
    head = ["单元 unit", "规划 reported km²", "测得 km²", "±95 %", "去己 left out km²", "σ", "r"]
    return table("单元 units", [*head, "w", "等级", "判定", "how"], rows)


def _lines(lines: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        [
            line["name_zh"],
            line["line_id"],
            line["kind"],
            line["grade"],
            number(line["accuracy_m"], 0),
            number(None if line["accuracy_m"] is not None else line["band_m"], 0),
            number(line["offset_m"], 0),
            number(line["rotation_m_per_km"], 1),
            line["note"],
        ]
        for line in lines
    ]
    head = ["参照线 line", "id", "kind", "grade", "±95 % m", "band m", "offset m", "turn m/km"]
    return table("参照线 reference lines", [*head, "note"], rows)


def _observations(observations: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        [
            o["id"],
            o["kind"],
            f"{o['value']:g}",
            f"{o['sigma']:g}",
            number(o["residual"], 3),
            number(o["redundancy"], 3),
            number(o["w"], 2),
            number(o["detectable"], 2),
            "yes" if o["used"] else f"no: {o['reason']}",
        ]
        for o in observations
    ]
    head = ["观测 observation", "kind", "value", "sigma", "residual", "r", "w", "detectable"]
    return table("观测 observations", [*head, "used"], rows)


def _readings(readings: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        [
            r["reading_id"],
            "是 yes" if r["chosen"] else "否 no",
            r["reported_area_km2"],
            number(r["area_km2"], 2),
            number(r["area_sigma_km2"], 2),
            number(r["difference_km2"], 2),
            r["failure"] or r["reason"],
        ]
        for r in readings
    ]
    head = ["解读 reading", "chosen", "reported km²", "without own area km²", "σ", "difference"]
    return table("解读 readings", [*head, "reason"], rows)


def _sensitivity(rows: Iterable[Mapping[str, Any]]) -> str:
    listed = list(rows)
    trials = list(listed[0]["outline_m"]) if listed else []
    body = [
        [
            row["unit_id"],
            *(number(row["outline_m"][trial], 0) for trial in trials),
            "yes" if row["stable"] else "no",
        ]
        for row in listed
    ]
    title = "先验敏感度 prior sensitivity: largest shift of a corner, m"
    return table(title, ["unit", *trials, "stable"], body)


def _findings(findings: Iterable[Mapping[str, str]]) -> str:
    rows = [[f["unit_id"], f["what"], f["text"]] for f in findings]
    return table("平差前检查 check", ["unit", "what", "text"], rows)
