"""A square kilometre between four roads, in metres of EPSG:4549 from a corner near Taizhou."""

from collections.abc import Sequence

import numpy as np
import shapely

from tzkc_geo import crs
from tzkc_geo.bounds import Bound, bounds_of_text
from tzkc_geo.catalog import Catalog
from tzkc_geo.model import LineKind
from tzkc_geo.named_lines import NamedLine

EAST0, NORTH0 = 640_000.0, 3_170_000.0
ORIGIN = np.array([EAST0, NORTH0])
TEXT = "东至东路，南至南路，西至西路，北至北路。"
Pairs = Sequence[tuple[float, float]]


def lonlat(points: Pairs) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return local metres as lon, lat."""
    return crs.to_geographic(np.array(points, dtype=np.float64) + ORIGIN)


def polygon(points: Pairs, *holes: Pairs) -> shapely.Polygon:
    """Return a polygon of local metres as lon lat."""
    return shapely.Polygon(lonlat(points), [lonlat(hole) for hole in holes])


def box(
    east: float = 1000.0, south: float = 0.0, west: float = 0.0, north: float = 1000.0
) -> shapely.Polygon:
    """Return a box; without arguments the square between the roads."""
    return polygon([(west, south), (east, south), (east, north), (west, north)])


def line(  # noqa: PLR0913  (one argument a field)
    name: str,
    points: Pairs,
    *,
    sigma: float | None = 10.0,
    kind: LineKind = LineKind.ROAD,
    line_id: str = "",
    written: str | None = "",
) -> NamedLine:
    """Return a line of local metres; it goes by its name unless told otherwise."""
    xy = np.array(points, dtype=np.float64) + ORIGIN
    return NamedLine(
        line_id=line_id or name,
        name_zh=name,
        written=name if written == "" else written,
        names=frozenset({name}),
        kind=kind,
        grade="schematic" if sigma is None else "located",
        band_m=300.0,
        points=xy,
        sigma_m=None if sigma is None else np.full(len(xy), sigma),
    )


ROADS = (
    line("东路", [(1000, -500), (1000, 1500)]),
    line("南路", [(-500, 0), (1500, 0)]),
    line("西路", [(0, -500), (0, 1500)]),
    line("北路", [(1500, 1000), (-500, 1000)]),
)


def bounds(text: str = TEXT, *more: NamedLine) -> tuple[Bound, ...]:
    """Return what a text says in this world."""
    return bounds_of_text(text, [*ROADS, *more])


def lines_of(catalog: Catalog) -> tuple[NamedLine, ...]:
    """Return the edges of the toy world as named lines; an edge without a line is none."""
    return tuple(
        NamedLine(
            line_id=edge.line_id,
            name_zh=edge.name_zh,
            written=edge.name_zh,
            names=frozenset({edge.name_zh}),
            kind=LineKind.ROAD,
            grade="located",
            band_m=edge.band_m,
            points=crs.to_metric(edge.points),
            sigma_m=edge.sigma_m,
        )
        for edge in catalog.edges
        if edge.line_id is not None and edge.accuracy_m is not None
    )
