"""The header of a 界址点 file as JSON, for formats that can keep it."""

from __future__ import annotations

from typing import Any, Final

from tzkc_geo.errors import DataError
from tzkc_geo.features import Header

HEADER: Final = "parcel_file"  # member of a FeatureCollection, key of the metadata of a schema


def header_json(header: Header) -> dict[str, Any]:
    """Return a header as JSON values."""
    return {"attributes": header.attributes, "sections": header.sections}


def header_of(kept: Any, name: str) -> Header:  # noqa: ANN401  (JSON is anything)
    """Return the header that JSON keeps; None is an empty one.

    Raises
    ------
    DataError
        The JSON is not of `header_json`.
    """
    if kept is None:
        return Header()
    try:
        attributes = tuple((str(key), str(value)) for key, value in kept["attributes"])
        sections = tuple((str(k), tuple(str(v) for v in lines)) for k, lines in kept["sections"])
    except (KeyError, TypeError, ValueError) as exc:
        msg = f"{name}: {HEADER} is not ours, expected attributes and sections, got {exc}"
        raise DataError(msg) from exc
    return Header(attributes=attributes, sections=sections)
