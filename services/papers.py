"""The audit of the world that is served, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.audit import Plane
from tzkc_geo.errors import UnknownIdError
from tzkc_geo.reports import audit_report

if TYPE_CHECKING:
    from services.world import World
    from tzkc_geo.reports import AuditReport


def report_of(world: World, plane: Plane = Plane.STATUTORY) -> AuditReport:
    """Return the audit of a world, or raise `UnknownIdError` where its papers are not loaded."""
    papers = world.papers
    if papers is None:
        msg = "audit: the plan's own tables are not loaded, expected a data folder with them"
        raise UnknownIdError(msg)
    asked = (papers.plan, papers.extents, papers.sources)
    return world.once(
        f"audit-report-{plane}", lambda catalog: audit_report(catalog, *asked, plane=plane)
    )
