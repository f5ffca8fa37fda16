"""CQL2 filters: read through the ``cql2`` package, evaluated over the columns of a collection.

Logic has three values: a comparison with a value that is not known is not known, and a feature
counts only where the filter is true.
"""

from __future__ import annotations

import json
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from shapely.errors import GEOSException, ShapelyError

from services.ogc.bbox import box_of
from services.ogc.crs import in_order, shapes_in
from services.ogc.faults import QueryError
from services.ogc.instants import since
from tzkc_geo.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from services.ogc.crs import Crs
    from services.settings import Limits
    from tzkc_geo.collections import Collection

    Truth = list[bool | None]

TEXT_LANG, JSON_LANG = "cql2-text", "cql2-json"
# The parser needs four times as long for every two brackets that are opened and not understood:
# 40 ms for twelve, 0.6 s for sixteen; and it crashes on some thousand.
BRACKETS: Final = 12
GEOMETRY: Final = "geometry"
TEXT, NUMBER, FLAG, INSTANT = "text", "number", "boolean", "instant"
KINDS: Final = {"string": TEXT, "number": NUMBER, "integer": NUMBER, "boolean": FLAG}
COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SPATIAL: Final[dict[str, Callable[..., NDArray[np.bool_]]]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
}
LOGICAL: Final = ("and", "or", "not", "isNull", "like", "between", "in", "casei")
SUPPORTED: Final = (*COMPARED, *LOGICAL, *SPATIAL)


@dataclass(frozen=True, slots=True)
class Cells:
    """One value a feature, all of one kind."""

    kind: str
    values: list[Any]


def parse_filter(text: str, lang: str | None, *, limits: Limits) -> Any:  # noqa: ANN401 - JSON
    """Return a filter as CQL2 JSON.

    Parameters
    ----------
    text
        CQL2 text or CQL2 JSON.
    lang
        ``cql2-text`` or ``cql2-json``; None is text.
    limits
        Of length and depth.

    Raises
    ------
    QueryError
        It is no CQL2, or the language is not known.
    LimitError
        It is too long or too deep.
    """
    import cql2

    if lang not in (None, TEXT_LANG, JSON_LANG):
        msg = f"filter-lang: expected {TEXT_LANG} or {JSON_LANG}, got {lang!r}"
        raise QueryError(msg)
    if len(text) > limits.filter_length:
        msg = f"filter: too long, expected at most {limits.filter_length} characters, got"
        msg += f" {len(text)}"
        raise LimitError(msg)
    if lang != JSON_LANG:
        _check_brackets(text, most=min(BRACKETS, limits.filter_depth))
    try:
        found = cql2.parse_json(text) if lang == JSON_LANG else cql2.parse_text(text)
        tree = json.loads(json.dumps(found.to_json()))
    except (cql2.ParseError, cql2.ValidationError, ValueError) as exc:
        msg = f"filter: is not {lang or TEXT_LANG}, expected such as area_km2 > 5, got {exc}"
        raise QueryError(msg) from exc
    _check_depth(tree, most=limits.filter_depth)
    return tree


def matches(tree: Any, collection: Collection, crs: Crs) -> NDArray[np.bool_]:  # noqa: ANN401
    """Return for each feature whether a filter is true, shape ``(n,)``.

    Parameters
    ----------
    tree
        Of `parse_filter`.
    collection
        The features.
    crs
        Of the shapes in the filter, in its order of axes.

    Raises
    ------
    QueryError
        It names a property that does not exist, compares values of different kinds, or uses what
        is not supported; the message names it.
    """
    return np.array(
        [value is True for value in _Evaluation(collection, crs).truth(tree)], dtype=bool
    )


class _Evaluation:
    """The values of the parts of a filter over one collection."""

    def __init__(self, collection: Collection, crs: Crs) -> None:
        self.collection = collection
        self.crs = crs
        self.kinds = {column.name: KINDS[column.kind] for column in collection.columns}

    def truth(self, node: Any) -> Truth:  # noqa: ANN401
        """Return what a condition says of each feature."""
        if not (isinstance(node, dict) and "op" in node):
            cells = self.cells(node)
            return _expect(cells, FLAG).values
        name, args = str(node["op"]), node.get("args", [])
        if name in ("and", "or"):
            return _join([self.truth(arg) for arg in args], ends=name == "or")
        if name == "not":
            return [None if value is None else not value for value in self.truth(_one(args, name))]
        if name in COMPARED:
            return _compare(name, *(self.cells(arg) for arg in _of(args, 2, name)))
        if name in SPATIAL:
            return self.spatial(name, _of(args, 2, name))
        return self.advanced(name, args)

    def advanced(self, name: str, args: Sequence[Any]) -> Truth:
        """Return what IS NULL, LIKE, BETWEEN or IN say."""
        if name == "isNull":
            return self.is_null(_one(args, name))
        if name == "like":
            texts, patterns = (_expect(self.cells(arg), TEXT).values for arg in _of(args, 2, name))
            pairs = zip(texts, patterns, strict=True)
            return [None if None in pair else _is_like(*pair) for pair in pairs]
        if name == "between":
            value, low, high = (self.cells(arg) for arg in _of(args, 3, name))
            return _join([_compare(">=", value, low), _compare("<=", value, high)], ends=False)
        if name == "in":
            value, listed = _of(args, 2, name)
            if not isinstance(listed, list) or not listed:
                msg = f"filter: IN needs a list of values, got {listed!r}"
                raise QueryError(msg)
            cells = self.cells(value)
            return _join([_compare("=", cells, self.cells(one)) for one in listed], ends=True)
        msg = f"filter: {name!r} is not supported here, expected one of {', '.join(SUPPORTED)}"
        raise QueryError(msg)

    def is_null(self, node: Any) -> Truth:  # noqa: ANN401
        if node == {"property": GEOMETRY}:
            return [shape is None for shape in self.collection.shapes]
        return [value is None for value in self.cells(node).values]

    def spatial(self, name: str, args: Sequence[Any]) -> Truth:
        """Return a relation of shapes, in the system of the filter."""
        one, other = (self.shapes(arg) for arg in args)
        try:
            found = SPATIAL[name](one, other)
        except GEOSException as exc:  # before GEOS 3.13, of a collection of shapes
            msg = f"filter: {name} cannot be said of these shapes, got {exc}"
            raise QueryError(msg) from exc
        known = ~(shapely.is_missing(one) | shapely.is_missing(other))
        return [bool(yes) if sure else None for yes, sure in zip(found, known, strict=True)]

    def shapes(self, node: Any) -> NDArray[np.object_]:  # noqa: ANN401
        """Return the shapes of the features, or one shape for all of them, x first."""
        if node == {"property": GEOMETRY}:
            return shapes_in(self.collection, self.crs)
        if isinstance(node, dict) and isinstance(node.get("bbox"), list):
            shape = box_of(node["bbox"], self.crs, name="filter: BBOX")
        elif isinstance(node, dict) and "type" in node:
            shape = self.literal(node)
        else:
            msg = f"filter: expected the property {GEOMETRY} or a shape, got {_shown(node)}"
            raise QueryError(msg)
        return np.full(len(self.collection), shape, dtype=object)

    def literal(self, node: dict[str, Any]) -> shapely.Geometry:
        """Return a shape that stands in the filter, x first."""
        try:
            shape = shapely.geometry.shape(node)
        except (ShapelyError, GEOSException, ValueError, TypeError, KeyError, IndexError) as exc:
            msg = f"filter: shape is not valid GeoJSON or WKT, got {_shown(node)}: {exc}"
            raise QueryError(msg) from exc
        if shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
            msg = f"filter: shape has no finite coordinates, got {_shown(node)}"
            raise QueryError(msg)
        return in_order(shapely.force_2d(shape), self.crs)

    def cells(self, node: Any) -> Cells:  # noqa: ANN401
        """Return the values of a property or of a literal."""
        if isinstance(node, dict):
            return self.made(node)
        kind = {bool: FLAG, int: NUMBER, float: NUMBER, str: TEXT}.get(type(node))
        if kind is None:
            msg = f"filter: expected a property, number, text or truth value, got {_shown(node)}"
            raise QueryError(msg)
        return Cells(kind, [node] * len(self.collection))

    def made(self, node: dict[str, Any]) -> Cells:
        """Return the values of a property, an instant or a function."""
        if "property" in node:
            name = node["property"]
            if name not in self.kinds:
                msg = f"filter: no property {name!r}, expected one of {', '.join(self.kinds)}"
                raise QueryError(msg)
            return Cells(self.kinds[name], list(self.collection.values[name]))
        for key in ("date", "timestamp"):
            if key in node:
                return Cells(INSTANT, [_instant(node[key])] * len(self.collection))
        if node.get("op") == "casei":
            inner = _expect(self.cells(_one(node.get("args", []), "casei")), TEXT)
            folded = [None if text is None else text.casefold() for text in inner.values]
            return Cells(TEXT, folded)
        if str(node.get("op")) in SUPPORTED:
            return Cells(FLAG, list(self.truth(node)))
        name = node.get("op", _shown(node))
        msg = f"filter: {name!r} is not supported here, expected one of {', '.join(SUPPORTED)}"
        raise QueryError(msg)


def _compare(name: str, one: Cells, other: Cells) -> Truth:
    """Return a comparison; text beside an instant is read as a day or year."""
    if {one.kind, other.kind} == {TEXT, INSTANT}:
        one, other = (
            Cells(INSTANT, [since(v) for v in cells.values]) if cells.kind == TEXT else cells
            for cells in (one, other)
        )
    if one.kind != other.kind:
        msg = f"filter: {name} compares {one.kind} with {other.kind}, expected one kind"
        raise QueryError(msg)
    pairs = zip(one.values, other.values, strict=True)
    compared = COMPARED[name]
    return [None if a is None or b is None else compared(a, b) for a, b in pairs]


def _join(truths: Sequence[Truth], *, ends: bool) -> Truth:
    """Return OR where ``ends`` is true, AND where it is false; one such value decides."""
    if not truths:
        msg = "filter: AND and OR need conditions, got none"
        raise QueryError(msg)
    rows = zip(*truths, strict=True)
    return [ends if ends in row else (None if None in row else not ends) for row in rows]


def _is_like(text: str, pattern: str) -> bool:
    r"""Say whether a text fits a pattern: ``%`` any signs, ``_`` one, ``\\`` takes the next plain.

    The parts between ``%`` are looked for from left to right, so that no pattern takes longer than
    its length times that of the text.
    """
    first, *rest = _parts(pattern)
    if not _fits(first, text, 0):
        return False
    if not rest:
        return len(text) == len(first)
    *middle, last = rest
    at = len(first)
    for part in middle:
        found = (i for i in range(at, len(text) + 1) if _fits(part, text, i))
        start = next(found, None)
        if start is None:
            return False
        at = start + len(part)
    return len(text) - len(last) >= at and _fits(last, text, len(text) - len(last))


def _parts(pattern: str) -> list[list[str | None]]:
    """Return the signs between ``%``; None: any sign."""
    parts: list[list[str | None]] = [[]]
    plain = False
    for sign in pattern:
        if sign == "\\" and not plain:
            plain = True
            continue
        if sign == "%" and not plain:
            parts.append([])
        else:
            parts[-1].append(None if sign == "_" and not plain else sign)
        plain = False
    return parts


def _fits(part: list[str | None], text: str, at: int) -> bool:
    return at + len(part) <= len(text) and all(
        sign is None or sign == text[at + i] for i, sign in enumerate(part)
    )


def _expect(cells: Cells, kind: str) -> Cells:
    if cells.kind != kind:
        msg = f"filter: expected {kind}, got {cells.kind}"
        raise QueryError(msg)
    return cells


def _of(args: Sequence[Any], number: int, name: str) -> Sequence[Any]:
    if len(args) != number:
        msg = f"filter: {name} needs {number} arguments, got {len(args)}"
        raise QueryError(msg)
    return args


def _one(args: Sequence[Any], name: str) -> Any:  # noqa: ANN401
    return _of(args, 1, name)[0]


def _instant(text: object) -> Any:  # noqa: ANN401
    found = since(text)
    if found is None:
        msg = f"filter: is no day or instant, expected such as 2028-01-01, got {text!r}"
        raise QueryError(msg)
    return found


def _check_brackets(text: str, *, most: int) -> None:
    """Raise an error where brackets outside of texts are too deep or do not close."""
    depth = 0
    for sign in re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"", "", text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth > most:
            msg = f"filter: brackets are too deep, expected at most {most}"
            raise LimitError(msg)
        if depth < 0:
            break
    if depth:
        msg = "filter: brackets do not close, expected as many ( as )"
        raise QueryError(msg)


def _check_depth(tree: object, *, most: int) -> None:
    """Raise `LimitError` for conditions within conditions beyond a limit."""
    level, depth = [tree], 0
    while level:
        inner = [arg for node in level if isinstance(node, dict) for arg in node.get("args", [])]
        depth += bool(inner)
        level = inner
    if depth > most:
        msg = f"filter: too deep, expected at most {most} conditions within each other"
        msg += f", got {depth}"
        raise LimitError(msg)


def _shown(node: object) -> str:
    return json.dumps(node, ensure_ascii=False, default=str)[:80]
