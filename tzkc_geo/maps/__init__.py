"""Maps as single pages that work offline."""

from tzkc_geo.maps.overview import overview_html

__all__ = ["overview_html"]
