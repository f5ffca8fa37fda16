"""The countable claims of the plan, each set against the plan's own tables (文字与表格核对)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tzkc_geo.audit_words import Words
from tzkc_geo.claim_terms import (
    Evidence,
    Figure,
    PlanTables,
    cell,
    count,
    dated,
    latest_start,
    named,
    names,
    numeral,
    rise,
    total,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from decimal import Decimal

CLAIMS: Final = "plan/claims"
TABLE: Final = "plan/table_2_1"
BOXES: Final = "plan/boxes"
UNTOLD: Final = "the tables hold no other figure to set it against"
PART_ONLY: Final = "only examples are listed, so the total cannot be counted"
LISTED: Final = r"^(.+?)(?:(?:共|等)\d+家.*|等省级.*|省级命名.*)?。$"


class Relation(StrEnum):
    """How the figure of a claim must stand to the figure that is counted."""

    SAME = "="
    AT_LEAST = ">="  # at least as much is counted as is claimed
    AT_MOST = "<="  # not more is counted than is claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A claim and the figure that it is set against."""

    claim_id: str
    says: Words
    found: Callable[[PlanTables], Figure]
    relation: Relation = Relation.SAME
    claimed: Callable[[PlanTables], Figure] | None = None  # None: the row of claims.csv


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheck:
    """A claim, whether it holds, and why."""

    claim_id: str
    claim: str
    claim_zh: str
    claimed: Decimal | None
    found: Decimal | None
    relation: Relation
    holds: bool | None  # None: the data cannot tell
    words: str
    evidence: tuple[Evidence, ...]


COUNTS: Final[Mapping[str, tuple[str, str]]] = {  # claim id: table, kind of its rows or all
    "action-community-pilots": ("plan/future_communities", ""),
    "clusters": ("plan/table_3_2", ""),
    "first-hubs": ("plan/starter_areas", "first_hub"),
    "port-cities": ("plan/port_cities", ""),
    "starter-areas": ("plan/starter_areas", "starter_area"),
    "zones": ("plan/table_3_1", ""),
}
NAMED: Final[Mapping[str, str]] = {  # claim id: kind of the areas that its sentence names
    "first-hubs-named": "first_hub",
    "starter-areas-named": "starter_area",
}
COUNTED: Final[Mapping[str, str]] = {  # claim id: what stands after the names that it counts
    "baseline-provincial-zones": "两家",
    "z1-carriers": "两大",
}
TARGETS: Final[Mapping[str, str]] = {  # claim id: row of table 2-1 with the same figure for 2026
    "action-incubators": "18",
    "target-awards": "03",
    "target-demonstration-bases": "08",
    "target-engineering-centres": "07",
    "target-future-communities": "23",
    "target-hightech-firms": "15",
    "target-hightech-share": "11",
    "target-hightech-value": "10",
    "target-incubators": "18",
    "target-innovation-centres": "04",
    "target-key-labs": "05",
    "target-patents": "09",
    "target-rd-share": "01",
    "target-rd-staff": "20",
    "target-soft-input": "02",
    "target-star-market": "14",
    "target-talent-flats": "24",
    "target-tech-smes": "16",
    "target-tech-trade": "19",
}
RISES: Final[Mapping[str, str]] = {  # claim id: row of table 2-1 that must rise by as much
    "action-engineering-centres": "07",
    "action-new-institutes": "06",
    "target-elite-500": "22",
    "target-new-institutes": "06",
    "target-top-talent": "21",
}
LISTS: Final[Mapping[str, str]] = {  # claim id: entry of box 1 that lists the names
    "baseline-colleges": "b1-01",
    "baseline-incubators": "b1-03",
    "baseline-makerspaces": "b1-04",
    "baseline-technology-centres": "b1-05",
}
BASES: Final[Mapping[str, str]] = {  # entry of box 1: row of table 2-1 with the figure of 2021
    "b1-06": "05",
    "b1-10": "07",
    "b1-11": "08",
}
DIRECTION: Final = "direction_zh"
WORDED: Final = (  # id, table, row, column, what stands before the list, the numeral, its noun
    ("linhai-industries", "plan/table_3_3", "01", DIRECTION, "重点发展", "三", "大先进制造业"),
    ("bay-industries", "plan/table_3_3", "02", DIRECTION, "重点发展", "四", "大战略性新兴产业"),
    ("wenling-centres", "plan/table_3_4", "02", DIRECTION, "打造", "两", "个产业创新协同中心"),
    ("tiantai-industries", "plan/table_3_4", "09", DIRECTION, "发展", "三", "大主导产业"),
    ("xianju-industries", "plan/table_3_4", "10", DIRECTION, "发展", "三", "大主导产业"),
    ("sanmen-industries", "plan/table_3_4", "11", DIRECTION, "提升", "三", "大主导产业"),
    ("caigen-industries", BOXES, "b4-01", "text_zh", "重点围绕", "四", "大产业"),
    ("pku-platforms", BOXES, "b4-05", "text_zh", "重点建设", "四", "大服务平台"),
)


def check_claims(tables: PlanTables) -> tuple[ClaimCheck, ...]:
    """Set every figure that the plan claims against what its own tables say.

    Parameters
    ----------
    tables
        ``units`` and the tables of ``plan/`` by name, rows by key.

    Returns
    -------
    tuple of ClaimCheck
        First the rows of ``claims.csv`` in their order, then the totals that boxes and tables
        print beside their own lists, then boxes against table 2-1. ``holds`` is None where the
        data hold no second figure.

    Raises
    ------
    UnknownIdError
        A row that a claim is checked by is missing.
    """
    known = {check.claim_id: check for check in (*_areas(), *_counts(), *_dates(), *_figures())}
    rows = tables[CLAIMS].rows
    first = [_checked(tables, key, known.get(key)) for key in rows]
    rest = [check for key, check in known.items() if key not in rows]
    return (*first, *(_compared(tables, check) for check in (*rest, *_boxes(tables))))


def _areas() -> Iterator[Check]:
    """Yield the claims about areas."""
    printed = "reported_area_km2"
    yield Check(
        claim_id="area-parts",
        says=Words(
            en="the four parts sum to the area of the corridor", zh="四部分面积之和为走廊面积"
        ),
        found=total("units", printed, parent_id="corridor"),
    )
    for unit_id in ("corridor", "core", "z1", "z2", "z3"):
        yield Check(
            claim_id=f"area-{unit_id}",
            says=Words(
                en=f"text and table print the same area of {unit_id}",
                zh=f"{unit_id} 的面积，正文与表格相同",
            ),
            found=cell("units", unit_id, printed),
        )


def _counts() -> Iterator[Check]:
    """Yield the claims about how many units, areas and sides there are."""
    for claim_id, (table, kind) in COUNTS.items():
        where = {"kind": kind} if kind else {}
        says = Words(
            en=f"there are so many rows in {table}.csv" + (f", kind {kind}" if kind else ""),
            zh=f"{table}.csv 中有如此多行" + (f"（类别 {kind}）" if kind else ""),
        )
        yield Check(claim_id=claim_id, says=says, found=count(table, **where))
    for claim_id, kind in NAMED.items():
        found = named(claim_id, "plan/starter_areas", kind=kind)
        says = Words(en="the sentence names those of the table", zh="句中列名与表格相同")
        yield Check(claim_id=claim_id, says=says, found=found)
    for claim_id, after in COUNTED.items():
        found = names(CLAIMS, claim_id, "text_zh", f"^(.+){after}")
        says = Words(en="the sentence names so many", zh="句中列名与其数相同")
        yield Check(claim_id=claim_id, says=says, found=found)
    yield Check(
        claim_id="frame",
        says=Words(en="the frame of the corridor has so many sides", zh="走廊四至有如此多边"),
        found=names("units", "corridor", "description_zh", r"^(.+)$"),
    )


def _dates() -> Iterator[Check]:
    """Yield the claims about when clusters and starter areas are built."""
    yield Check(
        claim_id="clusters-2026",
        says=Words(
            en="so many clusters are dated at the end of the plan or earlier",
            zh="建成年份不晚于规划期末的组团有如此多个",
        ),
        found=dated("clusters-2026"),
    )
    yield Check(
        claim_id="starter-areas-2022",
        says=Words(
            en="the starter areas are in use in that year; a cluster that is one as a whole too",
            zh="首建区于该年投入使用；整体为首建区的组团亦然",
        ),
        found=latest_start("the whole unit"),
        relation=Relation.AT_MOST,
    )


def _figures() -> Iterator[Check]:
    """Yield the claims that table 2-1, box 1 or a list in a table prints again."""
    for claim_id, row in TARGETS.items():
        says = Words(
            en="text and table 2-1 print the same figure for 2026",
            zh="2026 年目标值，正文与表 2-1 相同",
        )
        yield Check(claim_id=claim_id, says=says, found=cell(TABLE, row, "value_2026"))
    for claim_id, row in RISES.items():
        says = Words(
            en="table 2-1 rises by at least as much from 2021 to 2026",
            zh="表 2-1 中 2021 至 2026 年增量不少于此数",
        )
        yield Check(claim_id=claim_id, says=says, found=rise(row), relation=Relation.AT_LEAST)
    for claim_id, entry in LISTS.items():
        says = Words(en="box 1 lists so many names", zh="专栏 1 列名与其数相同")
        yield Check(claim_id=claim_id, says=says, found=names(BOXES, entry, "text_zh", LISTED))
    for name, table, row, column, before, digit, what in WORDED:
        yield Check(
            claim_id=f"list-{name}",
            says=Words(
                en=f"so many are listed before 「{digit}{what}」",
                zh=f"「{digit}{what}」前所列与其数相同",
            ),
            claimed=numeral(table, row, column, f"(.){what}"),
            found=names(table, row, column, f"{before}([^，,。]+){digit}{what}"),
        )


def _boxes(tables: PlanTables) -> Iterator[Check]:
    """Yield the totals that boxes print, against their lists and against table 2-1."""
    for key, row in tables[BOXES].rows.items():
        if row["stated_count"]:
            yield Check(
                claim_id=f"box-{key}",
                says=Words(
                    en=f"{row['head_zh']}: the box lists as many names as it says",
                    zh=f"{row['head_zh']}：专栏列名与其数相同",
                ),
                claimed=cell(BOXES, key, "stated_count"),
                found=names(BOXES, key, "text_zh", LISTED),
            )
    for key, row_id in BASES.items():
        head = tables[BOXES].rows[key]["head_zh"]
        yield Check(
            claim_id=f"box-{key}-table-2-1",
            says=Words(
                en=f"{head}: box 1 and table 2-1 print the same figure for 2021",
                zh=f"{head}：2021 年数值，专栏 1 与表 2-1 相同",
            ),
            claimed=cell(BOXES, key, "stated_count"),
            found=cell(TABLE, row_id, "value_2021"),
        )


def _checked(tables: PlanTables, claim_id: str, check: Check | None) -> ClaimCheck:
    """Return one row of ``claims.csv``, checked if anything is known to check it by."""
    if check is not None:
        return _compared(tables, check)
    said = cell(CLAIMS, claim_id, "value")(tables)
    return ClaimCheck(
        claim_id=claim_id,
        claim=said.evidence[0].text,
        claim_zh=said.evidence[0].text,
        claimed=said.value,
        found=None,
        relation=Relation.SAME,
        holds=None,
        words=UNTOLD,
        evidence=said.evidence,
    )


def _compared(tables: PlanTables, check: Check) -> ClaimCheck:
    """Set the claimed figure against the one that is found."""
    said = (check.claimed or cell(CLAIMS, check.claim_id, "value"))(tables)
    found = check.found(tables)
    holds = _holds(said.value, found.value, check.relation)
    words = f"claimed {said.value}, found {found.value} (expected found {check.relation} claimed)"
    if holds is False and _examples(tables, check):
        holds, words = None, PART_ONLY
    elif holds is None:
        words = UNTOLD
    return ClaimCheck(
        claim_id=check.claim_id,
        claim=check.says.en,
        claim_zh=check.says.zh,
        claimed=said.value,
        found=found.value,
        relation=check.relation,
        holds=holds,
        words=words,
        evidence=tuple(dict.fromkeys((*said.evidence, *found.evidence))),
    )


def _holds(claimed: Decimal | None, found: Decimal | None, relation: Relation) -> bool | None:
    if claimed is None or found is None:
        return None
    if relation is Relation.AT_LEAST:
        return found >= claimed
    return found <= claimed if relation is Relation.AT_MOST else found == claimed


def _examples(tables: PlanTables, check: Check) -> bool:
    """Say whether a claim is the total of a box that lists examples only (等)."""
    row = tables[BOXES].rows.get(check.claim_id.removeprefix("box-"))
    return row is not None and row["listing"] == "examples"
