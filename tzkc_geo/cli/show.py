"""What a person sees in the terminal: tables to standard output, notes to standard error."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tzkc_geo.cli.tables import render as _print
from tzkc_geo.cli.tables import table as _table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tzkc_geo.catalog import Catalog
    from tzkc_geo.verdict import Verdict

NONE = "–"
GRADE_ZH = {"located": "已定位", "closed": "面积闭合", "schematic": "示意"}
VERDICT_ZH = {
    "consistent": "一致",
    "inconsistent": "不一致",
    "not_checkable": "不可检核",
    "in_cluster": "组团内",
    "zone_only": "仅片区内",
    "corridor_only": "仅走廊内",
    "outside": "走廊外",
    "undecided": "待定",
    "split": "跨多个单元",
}
RELATION_ZH = {"inside": "内", "edge": "边上", "outside": "外"}
DISCLAIMER = "示意图，非法定边界 · a reconstruction, not a legal boundary"
NEAREST = 6


def as_json(content: object) -> None:
    """Print one JSON object to standard output."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")


def plain(text: str) -> None:
    """Print a text as it is to standard output."""
    sys.stdout.write(text)


def note(text: str) -> None:
    """Print a message to standard error."""
    sys.stderr.write(text + "\n")


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Show the stages of long work on standard error; gone when it is done."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("reading tables") as status:
        yield status.update


@contextmanager
def progress(total: int, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """Show how many rows of long work are done on standard error; gone when it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    off = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=off) as bar:
        task = bar.add_task("rows", total=total)
        yield lambda done: bar.advance(task, done)


def verdict_counts(verdicts: Mapping[str, int], *, rows: int, faults: int) -> None:
    """Print how many rows have which verdict."""
    table = _table("判定 verdict", "行 rows", "%")
    for verdict, count in verdicts.items():
        name = VERDICT_ZH.get(verdict, "")
        table.add_row(f"{name} {verdict}", f"{count}", f"{100 * count / rows:.1f}")
    if faults:
        table.add_row("无法判定 fault", f"{faults}", f"{100 * faults / rows:.1f}")
    _print(table)
    _print(DISCLAIMER)


def units_table(content: Mapping[str, Any]) -> None:
    """Print the area table of all units."""
    table = _table(
        "",
        "单元 unit",
        "规划 reported km²",
        "测得 measured km²",
        "±95 %",
        "去己 left out",
        "r",
        "等级 grade",
        "判定 verdict",
    )
    for row in content["units"]:
        sigma = row["area_sigma_km2"]
        table.add_row(
            row["unit_id"],
            row["name_zh"],
            row["reported_area_km2"],
            f"{row['area_km2']:.3f}",
            NONE if sigma is None else f"{1.96 * sigma:.2f}",
            _with_sigma(row["leave_one_out_km2"], row["leave_one_out_sigma_km2"]),
            NONE if row["redundancy"] is None else f"{row['redundancy']:.2f}",
            f"{GRADE_ZH[row['grade']]} {row['grade']}",
            f"{VERDICT_ZH[row['verdict']]} {row['verdict']}",
        )
    _print(table)
    _print(
        "去己: area without the unit's own reported area, ± one sigma · r: redundancy;"
        " below 0.10 the reported area placed a side: agreement is arithmetic, not proof\n"
        + DISCLAIMER
    )


def verdict(found: Verdict, catalog: Catalog) -> None:
    """Print where a site lies, with the nearest outlines as grounds."""
    level = str(found.verdict)
    held = " · ".join(
        f"{unit_id} {catalog.unit(unit_id).name_zh}"
        for unit_id in (found.cluster, found.zone)
        if unit_id is not None
    )
    datum = f"{found.used}" + ("" if found.declared else ", not declared: WGS84 taken")
    _print(f"{VERDICT_ZH[level]} {level}" + (f": {held}" if held else ""))
    _print(f"{found.lon:.6f} {found.lat:.6f} EPSG:4490 (datum {datum})")
    table = _table(
        "单元 unit", "关系", "距边 m", "最近边 nearest edge", "±95 % m", "概率 p", "等级"
    )
    rows = [r for r in found.units if r.distance_m is not None]
    for row in sorted(rows, key=lambda r: abs(r.distance_m or 0.0))[:NEAREST]:
        table.add_row(
            f"{row.unit_id} {row.name_zh}",
            f"{RELATION_ZH[row.relation]} {row.relation}",
            f"{row.distance_m:.0f}",
            row.edge or NONE,
            "带 band" if row.sigma_m is None else f"{1.96 * row.sigma_m:.0f}",
            f"{row.probability:.2f}",
            GRADE_ZH[row.grade],
        )
    _print(table)
    for line in _grounds(found):
        _print(line)
    for other in found.alternatives:
        _print(
            f"注意: read as {other.datum}, the same numbers give {other.verdict}"
            f" {other.cluster or ''}; say which with --datum"
        )
    if not found.undo_shift:
        _print("注意: GCJ-02 and BD-09 were not considered, undoing their offset is switched off")
    _print(DISCLAIMER)


def _grounds(found: Verdict) -> Iterator[str]:
    """Yield what leaves the site undecided, what is near, and what the plan says, a line each."""
    for doubt in found.undecided_by:
        reach = NONE if doubt.reach_m is None else f"{doubt.reach_m:.0f}"
        yield f"待定 undecided by {doubt.unit_id} {doubt.edge or NONE} ({doubt.grounds} {reach} m)"
    if len(found.on_edge_of) > 1:
        yield f"边上 on the outline of {', '.join(found.on_edge_of)}: the first of them counts"
    if found.nearest_cluster is not None:
        near = found.nearest_cluster
        yield f"最近组团 nearest: {near.unit_id} {near.name_zh}, {near.distance_m:.0f} m"
    plan = found.plan
    if plan["unit_id"] is not None:
        built = plan["build_out_year"]
        yield f"规划 {plan['name_zh']}: 建成 {built or NONE}" + "".join(
            f" · {name} {plan[key]}"
            for name, key in (("首建区", "starter_area_zh"), ("首聚地", "first_hub_zh"))
            if plan[key]
        )
        if plan["function_zh"]:
            yield f"功能 {plan['function_zh']}"
    reached = ", ".join(
        f"{row['name_zh']} {row['line']} {row['distance_m']:.0f} m"
        for row in plan["stations_in_reach"]
    )
    unplaced = plan["stations_unplaced"]
    yield (
        f"车站 stations within {plan['reach_m']:.0f} m (straight line): {reached or '无 none'}"
        + (f"; 位置未知 {unplaced} of unknown place" if unplaced else "")
    )


def adjustment(content: Mapping[str, Any]) -> None:
    """Print the adjustment: figures, lines, what stands out, rival readings."""
    _print(
        f"unknowns {content['unknowns']}, rank {content['rank']}, sigma0 {content['sigma0']:.2f},"
        f" active constraints: {', '.join(content['active_constraints']) or 'none'}"
    )
    lines = _table("参照线 line", "name", "等级 grade", "±95 % m", "offset m", "turn m/km")
    for row in content["lines"]:
        lines.add_row(
            row["line_id"],
            row["name_zh"],
            f"{GRADE_ZH[row['grade']]} {row['grade']}",
            NONE if row["accuracy_m"] is None else f"{row['accuracy_m']:.0f}",
            f"{row['offset_m']:.0f}",
            f"{row['rotation_m_per_km']:.1f}",
        )
    _print(lines)
    aside = _table("观测 observation", "value", "computed", "w", "why not used")
    for row in content["observations"]:
        if not row["used"]:
            w = NONE if row["w"] is None else f"{row['w']:.1f}"
            aside.add_row(
                row["id"], f"{row['value']:g}", f"{row['computed']:.3f}", w, row["reason"]
            )
    _print(aside)
    rivals = _table("解读 reading", "chosen", "reported km²", "without own area km²", "reason")
    for row in content["readings"]:
        area = _with_sigma(row["area_km2"], row["area_sigma_km2"])
        rivals.add_row(
            row["reading_id"],
            "是 yes" if row["chosen"] else "否 no",
            row["reported_area_km2"],
            area if not row["failure"] else "no ring",
            row["reason"],
        )
    _print(rivals)


def changes_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print what a survey changed, in m2 per unit."""
    table = _table("单元 unit", "变化 change m²", "得 gained", "失 lost", "等级", "判定")
    for row in rows:
        table.add_row(
            f"{row['unit_id']} {row['name_zh']}",
            f"{row['change_m2']:+,.1f}",
            f"{row['gained_m2']:,.1f}",
            f"{row['lost_m2']:,.1f}",
            f"{GRADE_ZH[row['grade']]} {row['grade']}",
            f"{VERDICT_ZH[row['verdict']]} {row['verdict']}",
        )
    _print(table)


def _with_sigma(value: float | None, sigma: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:.2f}" if sigma is None else f"{value:.2f} ±{sigma:.2f}"
