"""JSON that strangers wrote: a value, or a sentence on what is wrong with it."""

from __future__ import annotations

import json

from tzkc_geo.errors import DataError

ESCAPED = "\\ud"  # how the escape of a surrogate begins


def json_value(text: str, *, name: str, expected: str) -> object:
    """Return what a JSON text says.

    Parameters
    ----------
    text
        The text; NaN and infinities, which many programs write, are read as such.
    name
        Of the file, for messages.
    expected
        What it should hold, in words.

    Raises
    ------
    DataError
        It is no JSON, is nested too deep, holds a number of thousands of digits, or half of a
        surrogate pair, which no file can hold.
    """
    try:
        content: object = json.loads(text)
        if ESCAPED in text.lower():
            json.dumps(content, ensure_ascii=False).encode()
    except json.JSONDecodeError as exc:
        msg = f"{name}:{exc.lineno}: is not JSON, expected {expected}, got {exc.msg.lower()}"
        raise DataError(msg) from exc
    except RecursionError as exc:
        msg = f"{name}:1: is nested too deep, expected {expected}"
        raise DataError(msg) from exc
    except UnicodeEncodeError as exc:
        msg = f"{name}:1: holds half of a surrogate pair, expected whole characters in {expected}"
        raise DataError(msg) from exc
    except ValueError as exc:
        msg = f"{name}:1: holds a number that is too long, expected {expected}"
        raise DataError(msg) from exc
    return content
