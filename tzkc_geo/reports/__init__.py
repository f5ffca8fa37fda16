"""Tables and pages about a catalog: values in, JSON objects or text out."""

from tzkc_geo.reports.adjustment import adjust_html
from tzkc_geo.reports.audit import AuditReport, audit_json, audit_report
from tzkc_geo.reports.audit_page import audit_html
from tzkc_geo.reports.audit_pdf import audit_pdf
from tzkc_geo.reports.audit_sheet import audit_xlsx
from tzkc_geo.reports.boundary import boundary_html
from tzkc_geo.reports.commitments import commitments_html
from tzkc_geo.reports.known import known_markdown, spliced
from tzkc_geo.reports.quality import quality_html, quality_json
from tzkc_geo.reports.units import unit_json, units_json

__all__ = [
    "AuditReport",
    "adjust_html",
    "audit_html",
    "audit_json",
    "audit_pdf",
    "audit_report",
    "audit_xlsx",
    "boundary_html",
    "commitments_html",
    "known_markdown",
    "quality_html",
    "quality_json",
    "spliced",
    "unit_json",
    "units_json",
]
