"""The tables of the promises, which the page shows and the command prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.model import UnitKind
from tzkc_geo.reports.labels import Lang
from tzkc_geo.reports.report_table import Cell, Column, ReportTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tzkc_geo.network.commitments import Commitments, Finding
    from tzkc_geo.network.promise_places import Place
    from tzkc_geo.network.promise_shares import Reading

VERDICTS: Final[Mapping[object, str]] = {
    "met": "符合",
    "partly": "部分符合",
    "not_met": "不符合",
    "not_checkable": "不可检核",
}
SCENARIOS: Final = {
    "2022": ("2022（S1 之前）", "2022 (before S1)"),
    "today": ("现状（S1）", "today (S1)"),
    "2028": ("2028（S1、S2）", "2028 (S1 and S2)"),
}
DETAILS: Final = {  # what is told of the rows of a test, in the order of the columns
    "target": ("目标", "target"),
    "journey": ("行程", "journey"),
    "to_zh": ("到", "to"),
    "station_zh": ("车站", "station"),
    "kind": ("依据", "grounds"),
    "minutes": ("列车分钟", "train, min"),
    "kept": ("不超时", "kept"),
    "access_median_min": ("到站分钟（中位）", "way to the station, median min"),
    "unit_id": ("组团", "cluster"),
    "name_zh": ("名称", "name"),
    "lon": ("经度", "lon"),
    "lat": ("纬度", "lat"),
    "sigma_m": ("位置中误差 m", "sigma, m"),
    "mean_before_min": ("之前 分钟", "before, min"),
    "mean_after_min": ("之后 分钟", "after, min"),
    "mean_saved_min": ("节省 分钟", "saved, min"),
    "newly_reached": ("新可达组团", "newly reached"),
    "note": ("说明", "note"),
}
DIGITS: Final = {"lon": 6, "lat": 6, "sigma_m": 0}
LOOSE: Final = ("（组团外）", " (outside the clusters)")


def scenario_name(name: str, lang: Lang) -> str:
    """Return the name of a scenario as a reader knows it."""
    return lang.pick(*SCENARIOS[name]) if name in SCENARIOS else name


def percent(share: float | None) -> float | None:
    """Return a share of 0 to 1 in per cent."""
    return None if share is None else 100.0 * share


def scenario_table(found: Commitments, name: str, lang: Lang = Lang.ZH) -> ReportTable:
    """Return all promises in one scenario: shares, verdicts and how they move at peak.

    Parameters
    ----------
    found
        The promises.
    name
        Of the scenario.
    lang
        Of titles and terms.
    """
    rows = tuple(
        (
            f.promise.promise_id,
            f.promise.text_zh,
            f.promise.threshold_min,
            percent(f.speeds["free"][0]),
            percent(f.speeds["peak"][0]),
            percent(f.reading.shares.clusters),
            f.reading.median_min,
            lang.term(VERDICTS, str(f.speeds["free"][1])),
            lang.term(VERDICTS, str(f.speeds["peak"][1])),
            lang.pick(*f.reason) if f.reason else "",
        )
        for f in found.findings[name]
    )
    columns = (
        Column(title="id"),
        Column(title=lang.pick("规划承诺", "promise")),
        Column(title=lang.pick("时限 分钟", "limit, min"), digits=0),
        Column(title=lang.pick("面积符合 %（畅通）", "area kept %, free flow"), digits=1),
        Column(title=lang.pick("（高峰）", "at peak"), digits=1),
        Column(title=lang.pick("组团符合 %", "clusters kept %"), digits=1),
        Column(title=lang.pick("中位 分钟", "median, min"), digits=1),
        Column(title=lang.pick("判定（畅通）", "verdict, free flow")),
        Column(title=lang.pick("（高峰）", "at peak")),
        Column(title=lang.pick("说明", "why")),
    )
    return ReportTable(title=scenario_name(name, lang), columns=columns, rows=rows)


def cluster_table(found: Commitments, promise_id: str, lang: Lang = Lang.ZH) -> ReportTable:
    """Return the readings of one promise in all scenarios, with the share of each cluster."""
    clusters = [u.unit_id for u in found.catalog.units if u.kind is UnitKind.CLUSTER]
    rows = tuple(
        _reading_row(scenario_name(f.scenario, lang), reading, clusters, lang)
        for f in _of(found, promise_id)
        for reading in (f.reading, *f.rivals)
    )
    columns = (
        Column(title=lang.pick("情景", "scenario")),
        Column(title=lang.pick("读法", "reading")),
        Column(title=lang.pick("判定", "verdict")),
        Column(title=lang.pick("面积 %", "area %"), digits=1),
        *(Column(title=unit_id, digits=0) for unit_id in clusters),
        Column(title=lang.pick("组团外 %", "outside %"), digits=0),
        Column(title=lang.pick("中位 分钟", "median, min"), digits=1),
    )
    title = lang.pick("各组团符合的面积 %", "share of each cluster's ground, %")
    return ReportTable(title=title, columns=columns, rows=rows)


def _reading_row(
    scenario: str, reading: Reading, clusters: Sequence[str], lang: Lang
) -> tuple[Cell, ...]:
    shares = reading.shares
    return (
        scenario,
        lang.pick(*reading.words),
        lang.term(VERDICTS, str(reading.verdict)),
        percent(shares.area),
        *(percent(shares.by_cluster.get(unit_id)) for unit_id in clusters),
        percent(shares.outside),
        reading.median_min,
    )


def places_table(found: Commitments, finding: Finding, lang: Lang = Lang.ZH) -> ReportTable:
    """Return the worst places of one promise in one scenario, numbered, then those not reached."""
    columns = (
        Column(title="#"),
        Column(title=lang.pick("所在", "in")),
        Column(title=lang.pick("分钟", "minutes"), digits=1),
        Column(title=lang.pick("经度", "lon"), digits=5),
        Column(title=lang.pick("纬度", "lat"), digits=5),
        Column(title=lang.pick("不可达 km²", "not reached, km²"), digits=3),
        Column(title=lang.pick("原因", "reason")),
    )
    numbered = [*enumerate(finding.worst, start=1), *((None, p) for p in finding.unreached)]
    rows = tuple(
        (number, place_name(found, p, lang), p.minutes, p.lon, p.lat, p.area_km2, p.reason or "")
        for number, p in numbered
    )
    title = lang.pick("最差之处与不可达之处", "worst places, and places without a way")
    return ReportTable(title=title, columns=columns, rows=rows)


def place_name(found: Commitments, place: Place, lang: Lang) -> str:
    """Return the name of a place; of ground in no cluster that of its zone, and that it is so."""
    if place.unit_id is None:
        return place.name_zh
    loose = found.catalog.unit(place.unit_id).kind is not UnitKind.CLUSTER
    return f"{place.unit_id} {place.name_zh}{lang.pick(*LOOSE) if loose else ''}"


def details_table(finding: Finding, lang: Lang = Lang.ZH) -> ReportTable | None:
    """Return what else the test of a promise gives; None: nothing."""
    if not finding.details:
        return None
    keys = [key for key in DETAILS if key in finding.details[0]]
    columns = tuple(
        Column(title=lang.pick(*DETAILS[key]), digits=DIGITS.get(key, 1)) for key in keys
    )
    rows = tuple(tuple(_cell(row[key]) for key in keys) for row in finding.details)
    return ReportTable(title=lang.pick("细目", "details"), columns=columns, rows=rows)


def _cell(value: Any) -> Cell:  # noqa: ANN401
    """Return a value as a cell."""
    cell: Cell = value
    return cell


def _of(found: Commitments, promise_id: str) -> list[Finding]:
    """Return the findings of one promise, one a scenario."""
    return [
        finding
        for findings in found.findings.values()
        for finding in findings
        if finding.promise.promise_id == promise_id
    ]
