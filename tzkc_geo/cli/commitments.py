"""``tzkc commitments``: the plan's promises on travel, tested."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tzkc_geo.cli import show, tables, travel
from tzkc_geo.cli.state import catalog_of
from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from tzkc_geo.network.commitments import Commitments, Finding
    from tzkc_geo.network.promise_outcome import Words

EXAMPLE = (
    "Examples: tzkc commitments --scenario 2028; "
    "tzkc commitments --html promises.html --lang en; tzkc commitments --json --peak"
)
NONE = "–"


def commitments(  # noqa: PLR0917  (one parameter an option)
    context: typer.Context,
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario",
            help="2022, today, 2028 or your own .toml file; all three if left out. 情景",
        ),
    ] = None,
    peak: travel.Peak = False,
    json: travel.Json = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page with maps. 输出网页")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Of the page: zh or en. 语言")] = "zh",
) -> None:
    """Test the plan's promises on travel: shares of ground, worst places. 规划承诺检验.

    Each promise has its reading in words, and a verdict by a stated rule; one that the data
    cannot judge is not_checkable, with the reason.
    """
    from tzkc_geo.network.commitments import commitments as test
    from tzkc_geo.network.scenario import SCENARIOS

    if lang not in ("zh", "en"):
        msg = f"--lang: {lang!r} is not known, expected zh or en"
        raise DataError(msg)
    catalog = catalog_of(context)
    chosen = SCENARIOS if scenario is None else [travel.scenario_of(scenario, catalog)]
    found = test(catalog, chosen, peak=peak)
    if html is not None:
        _write(html, found, lang)
    if json:
        show.as_json(found.to_json())
    elif html is None:
        _tell(found)


def _write(path: Path, found: Commitments, lang: str) -> None:
    """Write the page."""
    from tzkc_geo.io.folder import write_file
    from tzkc_geo.reports import commitments_html
    from tzkc_geo.reports.labels import Lang

    write_file(path, commitments_html(found, Lang(lang)))
    show.note(f"written: {path}")


def _tell(found: Commitments) -> None:
    """Print the promises for a person."""
    for name, findings in found.findings.items():
        shown = tables.table(
            "承诺 promise", "时限 min", "畅通 free %", "高峰 peak %", "判定 verdict", "最差 worst"
        )
        for finding in findings:
            shown.add_row(*_row(finding))
        tables.render(f"\n情景 scenario {name}")
        tables.render(shown)
    tables.render("\n读法 readings:")
    for every in zip(*found.findings.values(), strict=True):
        words = every[0].reading.words
        tables.render(f"{every[0].promise.promise_id}: {words.zh} · {words.en}")
        for reason in dict.fromkeys(one.reason for one in every if one.reason is not None):
            tables.render(f"  {reason.zh} · {reason.en}")
        told: dict[Words, list[str]] = {}
        for one in every:
            for rival in one.rivals:
                share = f"{one.scenario} {_percent(rival.shares.area)} %"
                told.setdefault(rival.words, []).append(share)
        for rival_words, shares in told.items():
            tables.render(f"  另一读法 rival: {rival_words.zh} · {rival_words.en}:")
            tables.render(f"    {', '.join(shares)}")


def _row(finding: Finding) -> tuple[str, ...]:
    """Return one promise as a row: at both speeds, and where it takes longest."""
    from tzkc_geo.reports.commitments_tables import VERDICTS

    limit = finding.promise.threshold_min
    worst = finding.worst[:1] if finding.shown.name == finding.reading.name else ()
    verdict = str(finding.reading.verdict)
    shares = [finding.speeds[name][0] for name in ("free", "peak")]
    return (
        f"{finding.promise.promise_id}\n{finding.promise.text_zh}",
        NONE if limit is None else f"{limit:g}",
        *map(_percent, shares),
        f"{VERDICTS[verdict]} {verdict}",
        "".join(f"{place.unit_id} {place.name_zh} {place.minutes:.0f} min" for place in worst),
    )


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{100.0 * share:.1f}"
