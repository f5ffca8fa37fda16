"""The parts of a page: style, tables, numbers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NONE = "–"
STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;margin:1.5rem auto;max-width:1500px;
padding:0 1rem;color:#111}
svg{width:100%;height:auto;border:1px solid #bbb;background:#fff}
table{border-collapse:collapse;margin:.6rem 0 1.6rem}
th,td{padding:.2rem .7rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}
th.n{text-align:right}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.note{color:#444}.key{display:inline-block;width:2.2rem;height:.5rem;margin-right:.4rem}
"""


def table(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a heading and a table; cells are texts, columns of numbers stand to the right."""
    lines = [list(row) for row in rows]
    titles = list(head)
    right = [numeric(column) for column in zip(*lines, strict=True)] or [False] * len(titles)
    top = _cells("th", titles, right)
    body = "".join(f"<tr>{_cells('td', line, right)}</tr>" for line in lines)
    return (
        f"<h2>{escape(title)}</h2><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )


def numeric(column: Iterable[str]) -> bool:
    """Say whether a column holds numbers, and no text; such a column stands to the right."""
    told = [cell for cell in column if cell != NONE]
    return bool(told) and all(map(_is_number, told))


def _is_number(text: str) -> bool:
    return text.lstrip("-+±").replace(".", "", 1).replace(",", "").isdigit()


def _cells(tag: str, texts: Iterable[str], right: Iterable[bool]) -> str:
    """Return one row, the cells of some columns to the right."""
    return "".join(
        f"<{tag}{' class=n' if to_right else ''}>{escape(text)}</{tag}>"
        for text, to_right in zip(texts, right, strict=True)
    )


def number(value: float | None, digits: int, *, signed: bool = False) -> str:
    """Return a number with so many decimals, never a minus zero; a dash where there is none."""
    if value is None:
        return NONE
    rounded = round(value, digits) + 0.0
    return f"{rounded:+.{digits}f}" if signed and rounded else f"{rounded:.{digits}f}"
