"""What OpenAPI says of the OGC addresses, and the document of OpenAPI 3.0 made of that of 3.1."""

from __future__ import annotations

from typing import Any, Final

from services.ogc.crs import OFFERED
from services.ogc.filters import JSON_LANG, TEXT_LANG
from services.ogc.media import Format
from services.settings import Limits

Object = dict[str, Any]

LIMITS: Final = Limits()
TEXT: Final[Object] = {"type": "string"}
LINK: Final[Object] = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": dict.fromkeys(("href", "rel", "type", "title"), TEXT),
}
LINKS: Final[Object] = {"type": "array", "items": LINK}
LANDING: Final[Object] = {
    "type": "object",
    "required": ["title", "links"],
    "properties": {"title": TEXT, "description": TEXT, "links": LINKS},
}
CONFORMS: Final[Object] = {
    "type": "object",
    "required": ["conformsTo"],
    "properties": {"conformsTo": {"type": "array", "items": TEXT}, "links": LINKS},
}
COLLECTION: Final[Object] = {
    "type": "object",
    "required": ["id", "title", "links", "crs", "storageCrs", "itemType"],
    "properties": {
        **dict.fromkeys(("id", "title", "description", "storageCrs"), TEXT),
        "itemType": {"type": "string", "enum": ["feature"]},
        "crs": {"type": "array", "items": TEXT},
        "extent": {"type": "object"},
        "links": LINKS,
    },
}
COLLECTIONS: Final[Object] = {
    "type": "object",
    "required": ["links", "collections"],
    "properties": {"links": LINKS, "collections": {"type": "array", "items": COLLECTION}},
}
QUERYABLES: Final[Object] = {
    "type": "object",
    "required": ["$schema", "$id", "type", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["object"]},
        "properties": {"type": "object"},
    },
}
FEATURE: Final[Object] = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": TEXT,
        "geometry": {"anyOf": [{"type": "object", "required": ["type"]}, {"type": "null"}]},
        "properties": {"type": "object"},
        "links": LINKS,
    },
}
FEATURES: Final[Object] = {
    "type": "object",
    "required": ["type", "features", "links", "numberMatched", "numberReturned", "timeStamp"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": FEATURE},
        "links": LINKS,
        "numberMatched": {"type": "integer", "minimum": 0},
        "numberReturned": {"type": "integer", "minimum": 0},
        "timeStamp": {"type": "string", "format": "date-time"},
    },
}
PROBLEM: Final[Object] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT},
}
PROBLEMS: Final[dict[int | str, Object]] = {
    status: {
        "description": words,
        "content": {
            "application/problem+json": {
                "schema": PROBLEM,
                "example": {
                    "type": "about:blank",
                    "title": title,
                    "status": code,
                    "detail": detail,
                },
            }
        },
    }
    for status, code, words, title, detail in (
        (400, 400, "参数有误 A parameter is wrong", "QueryError", "limit: expected a whole number"),
        (404, 404, "没有这一项 No such id", "UnknownIdError", "units: no feature 'c99'"),
        (413, 413, "超出限额 Beyond a limit", "LimitError", "filter: too long"),
        ("default", 500, "其他错误 Another error", "Internal Server Error", "the fault is ours"),
    )
}
COLLECTION_IDS: Final = (
    *("units", "clusters", "zones", "edges", "reference_lines", "control_points", "stations"),
    *("rail", "roads", "places"),
)
ONE: Final = "/collections/{collectionId}"  # the path of one collection, as the standard names it
CRS_SCHEMA: Final[Object] = {"type": "string", "format": "uri", "enum": list(OFFERED)}


def query(name: str, about: str, schema: Object, **more: object) -> Object:
    """Return a parameter of a query, as OpenAPI writes it."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": about,
        "schema": schema,
    } | more


def f_parameter(offers: tuple[Format, ...]) -> Object:
    """Return the parameter of the format."""
    names = [one.name for one in offers]
    about = "格式，优先于 Accept  The format; counts for more than the header Accept."
    return query("f", about, {"type": "string", "enum": names})


CRS_PARAMETER: Final = query("crs", "坐标系 The system of the answer.", CRS_SCHEMA)
ITEMS_PARAMETERS: Final = (
    query(
        "limit",
        "每页条数 Features on a page; more than the maximum is taken as the maximum.",
        {"type": "integer", "minimum": 1, "maximum": LIMITS.page_most, "default": LIMITS.page},
    ),
    query("cursor", "分页游标 Of a link next or prev.", TEXT),
    query(
        "bbox",
        "范围框 The lowest corner, then the highest, in the order of axes of bbox-crs; across the "
        "antimeridian the first longitude is the larger.",
        {
            "type": "array",
            "items": {"type": "number"},
            "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        },
        style="form",
        explode=False,
        example=[121.3, 28.5, 121.6, 28.8],
    ),
    query("bbox-crs", "bbox 的坐标系 The system of bbox.", CRS_SCHEMA),
    query(
        "datetime",
        "时刻或区间 An instant or an interval; features without a time always match.",
        TEXT,
        example="2022-01-01T00:00:00Z/..",
    ),
    query("ids", "要素编号，逗号分隔 Ids with commas between.", TEXT, example="c01,c02"),
    query("filter", "CQL2 过滤条件 A CQL2 filter.", TEXT, example="area_km2 > 5"),
    query(
        "filter-lang",
        "过滤语言 The language of the filter.",
        {"type": "string", "enum": [TEXT_LANG, JSON_LANG], "default": TEXT_LANG},
    ),
    query("filter-crs", "过滤条件的坐标系 The system of shapes in the filter.", CRS_SCHEMA),
    query(
        "properties",
        "按属性筛选 Properties of queryables by name, such as name_zh=…; the values are equal.",
        {"type": "object", "additionalProperties": TEXT},
        style="form",
        explode=True,
        example={},
    ),
)


def answers(schema: Object, offers: tuple[Format, ...]) -> dict[int | str, Object]:
    """Return the responses of an address: JSON of a schema, the other formats, problems."""
    content: Object = {}
    for one in offers:
        binary = {"type": "string", "format": "binary"}
        is_json = one.name == "json"
        content[one.media] = {"schema": schema if is_json else binary}
    return {200: {"description": "答复 The answer", "content": content}, **PROBLEMS}


def to_openapi_30(document: Object) -> Object:
    """Return an OpenAPI 3.1 document in the words of 3.0.

    Nullable types, constants, examples and exclusive bounds are written as 3.0 does; nothing else
    differs in what FastAPI writes.
    """
    old: Object = _older(document)
    return old | {"openapi": "3.0.3"}


def _older(node: Any, *, named: bool = False) -> Any:  # noqa: ANN401 - JSON
    """Return a node in the words of 3.0; under ``properties`` keys are names, not words."""
    if isinstance(node, list):
        return [_older(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: value
        if key in ("example", "default", "enum") and not named
        else _older(value, named=key in ("properties", "patternProperties") and not named)
        for key, value in node.items()
    }
    return made if named else _older_schema(made)


def _older_schema(node: Object) -> Object:
    made = dict(node)
    if isinstance(made.get("anyOf"), list) and {"type": "null"} in made["anyOf"]:
        rest = [one for one in made.pop("anyOf") if one != {"type": "null"}]
        made |= rest[0] if len(rest) == 1 else {"anyOf": rest}
        made["nullable"] = True
    if "const" in made:
        made["enum"] = [made.pop("const")]
    if isinstance(made.get("examples"), list):
        made["example"] = made.pop("examples")[0]
    for bound, word in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(bound), int | float) and not isinstance(made[bound], bool):
            made[word], made[bound] = made[bound], True
    return made
