"""Tables and pages about a catalog: values in, JSON objects or text out."""

from tzkc_geo.reports.adjustment import adjust_html
from tzkc_geo.reports.boundary import boundary_html
from tzkc_geo.reports.known import known_markdown, spliced
from tzkc_geo.reports.units import units_json

__all__ = ["adjust_html", "boundary_html", "known_markdown", "spliced", "units_json"]
