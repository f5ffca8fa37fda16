"""Static figures for print and slides: maps and a chart as PNG, SVG and PDF (静态图)."""

from tzkc_geo.sheets.names import ENDINGS, figure_bytes, figure_names
from tzkc_geo.sheets.page import SIZES, Look, World

__all__ = ["ENDINGS", "SIZES", "Look", "World", "figure_bytes", "figure_names"]
