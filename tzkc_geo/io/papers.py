"""Read what the plan and other texts say, beside the tables that the geometry follows from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tzkc_geo._version import __version__
from tzkc_geo.audit_sources import sources_used
from tzkc_geo.io.plan import EXTENTS_TABLE, KEYS, read_extents, read_plan
from tzkc_geo.io.tables import read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from tzkc_geo.audit_sources import SourceUse
    from tzkc_geo.claim_terms import PlanTables
    from tzkc_geo.io.folder import DataFolder
    from tzkc_geo.readings import Extent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Papers:
    """What an audit sets the geometry against (审计依据)."""

    plan: PlanTables
    extents: tuple[Extent, ...]
    sources: tuple[SourceUse, ...]
    digest: str  # sha256 of the files of the plan's tables and the extents, and the version


def read_papers(folder: DataFolder) -> Papers:
    """Return the plan's tables, the published extents, and the sources with their use.

    Parameters
    ----------
    folder
        The data folder.

    Raises
    ------
    DataError
        A table is missing or a row is wrong.
    """
    extents = read_extents(folder)
    return Papers(
        plan=read_plan(folder),
        extents=extents,
        sources=sources_used(read_tables(folder), extents),
        digest=folder.digest_of(paper_files(folder), __version__),
    )


def paper_files(folder: DataFolder) -> list[Path]:
    """Return the files of the plan's tables and the extents, from the bottom layer up."""
    return [path for name in (*KEYS, EXTENTS_TABLE) for path in folder.files(f"{name}.csv")]
