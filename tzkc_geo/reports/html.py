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
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.note{color:#444}.key{display:inline-block;width:2.2rem;height:.5rem;margin-right:.4rem}
"""


def table(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a heading and a table; cells are texts, numbers stand to the right."""
    top = "".join(f"<th>{escape(text)}</th>" for text in head)
    body = "".join("<tr>" + "".join(_cell(text) for text in row) + "</tr>" for row in rows)
    return (
        f"<h2>{escape(title)}</h2><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(text: str) -> str:
    numeric = text.lstrip("-+±").replace(".", "", 1).replace(",", "").isdigit()
    return f'<td class="n">{text}</td>' if numeric else f"<td>{escape(text)}</td>"


def number(value: float | None, digits: int, *, signed: bool = False) -> str:
    """Return a number with so many decimals, never a minus zero; a dash where there is none."""
    if value is None:
        return NONE
    rounded = round(value, digits) + 0.0
    return f"{rounded:+.{digits}f}" if signed and rounded else f"{rounded:.{digits}f}"
