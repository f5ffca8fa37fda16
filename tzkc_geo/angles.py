"""Read an angle as people write it: decimal degrees, or degrees, minutes and seconds (度分秒)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from tzkc_geo.errors import CrsError

Axis = Literal["lon", "lat"]

# What stands for °, ' and " where texts are pasted from; before NFKC, which would split some.
_MARKS: Final = str.maketrans(
    {
        **dict.fromkeys("°º˚度d", "°"),
        **dict.fromkeys("'′’‘ʹ＇´`分", "'"),
        **dict.fromkeys('"″”“ʺ＂〃秒', '"'),
        **dict.fromkeys("−–－", "-"),
    }
)
_HEMISPHERES: Final = {"东经": "E", "西经": "W", "北纬": "N", "南纬": "S"}
_AXES: Final[dict[str, Axis]] = {"E": "lon", "W": "lon", "N": "lat", "S": "lat"}
_NUMBER: Final = r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
_PLAIN: Final = re.compile(
    rf"\s*[+-]?(?:(?:{_NUMBER})(?:e[+-]?[0-9]+)?|nan|inf(?:inity)?)\s*", re.IGNORECASE
)
_ANGLE: Final = re.compile(
    rf"""\s* (?P<before>[NSEW]?) \s* (?P<sign>[+-]?) \s*
    (?P<degrees>{_NUMBER}) (?:
        \s* °? |
        (?: \s*[°:]\s* | \s+ ) (?P<minutes>{_NUMBER}) (?:
            \s* '? |
            (?: \s*[':]\s* | \s+ ) (?P<seconds>{_NUMBER}) \s* "?
        )
    ) \s* (?P<after>[NSEW]?) \s*""",
    re.VERBOSE,
)
_EXPECTED: Final = "expected degrees such as 121.44, 121°26'24.5\"E or 东经121度26分24.5秒"
_SIXTY: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """An angle, and which axis its text states."""

    degrees: float  # negative in the west and in the south
    axis: Axis | None  # from E, W, 东经, 西经 or N, S, 北纬, 南纬; None: the text does not say


def parse_angle(text: str) -> float:
    """Return the degrees that a text means (度分秒或十进制度); see `read_angle`."""
    return read_angle(text).degrees


def read_angle(text: str) -> Angle:
    """Return the degrees that a text means, and the axis that it states (度分秒或十进制度).

    Parameters
    ----------
    text
        A decimal number, or degrees, minutes and seconds with marks (``121°26'24.5"``, also
        typographic, full-width or ``度分秒``), colons or blanks between them; the last of them
        may have decimals. E, W, N, S or 东经, 西经, 北纬, 南纬 may stand before or after; in
        capitals, because a small s may mean seconds.

    Returns
    -------
    Angle
        Degrees, not limited: a plain number may be metres, which `faults` recognises.

    Raises
    ------
    CrsError
        The text is no angle, minutes or seconds reach 60, a part other than the last has
        decimals, or a sign stands beside a hemisphere.

    Examples
    --------
    >>> read_angle("28°39′N")
    Angle(degrees=28.65, axis='lat')
    """
    if _PLAIN.fullmatch(plain := unicodedata.normalize("NFKC", text.translate(_MARKS))):
        return Angle(degrees=float(plain), axis=None)
    for word, letter in _HEMISPHERES.items():
        plain = plain.replace(word, letter)
    found = _ANGLE.fullmatch(plain.replace("''", '"'))
    if found is None:
        msg = f"{text!r} is neither a number nor an angle, {_EXPECTED}"
        raise CrsError(msg)
    letter = _hemisphere(found, text)
    size = _degrees(found, text)
    negative = found["sign"] == "-" or letter in ("W", "S")
    return Angle(degrees=-size if negative else size, axis=_AXES.get(letter))


def _hemisphere(found: re.Match[str], text: str) -> str:
    """Return the one hemisphere letter, or an empty text."""
    letter = found["before"] or found["after"]
    if found["before"] and found["after"]:
        msg = f"{text!r} has two hemispheres, {_EXPECTED}"
        raise CrsError(msg)
    if letter and found["sign"]:
        msg = f"{text!r} has a sign beside a hemisphere, expected one of them"
        raise CrsError(msg)
    return letter


def _degrees(found: re.Match[str], text: str) -> float:
    """Return the size of the angle."""
    parts = [part for part in found.group("degrees", "minutes", "seconds") if part is not None]
    if any("." in part for part in parts[:-1]):
        msg = f"{text!r} has decimals before its last part, {_EXPECTED}"
        raise CrsError(msg)
    degrees, minutes, seconds = (*map(float, parts), 0.0, 0.0)[:3]
    if minutes >= _SIXTY or seconds >= _SIXTY:
        msg = f"{text!r} has 60 minutes or seconds or more, expected less than 60 of each"
        raise CrsError(msg)
    return degrees + (minutes * _SIXTY + seconds) / 3600.0
