"""Read a TOML file cell by cell: every key is known and of its kind, or the error says where."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from tzkc_geo.errors import DataError, UnknownIdError
from tzkc_geo.io.text import read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Cells:
    """One table of a TOML file."""

    where: str  # file, or file:name[number]
    values: Mapping[str, Any]

    def only(self, keys: Sequence[str]) -> Cells:
        """Return these cells, or raise `DataError` for a key that is none of ``keys``."""
        for key in self.values:
            if key not in keys:
                expected = f"expected some of {', '.join(keys)}"
                msg = f"{self.where}: key {key!r} is not known, {expected}, got {key!r}"
                raise DataError(msg + nearest(key, keys))
        return self

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty; without a default the key is needed."""
        value = self._value(key, default, "a text")
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        raise self._wrong(key, "a text that is not empty", value)

    def number(self, key: str, *, above: float | None = None) -> float:
        """Return a finite number, above a bound if one is given; the key is needed."""
        return self._number(key, self._value(key, None, "a number"), above)

    def flag(self, key: str) -> bool:
        """Return true or false; false if it is not given."""
        value = self.values.get(key, False)
        if isinstance(value, bool):
            return value
        raise self._wrong(key, "true or false", value)

    def clock(self, key: str) -> int:
        """Return minutes after midnight of a text HH:MM."""
        value = self.text(key)
        if (found := CLOCK.fullmatch(value)) is None:
            raise self._wrong(key, 'a time of day "HH:MM"', value)
        return 60 * int(found[1]) + int(found[2])

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; none if it is not given."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        raise self._wrong(key, "a list of texts", value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """Return a list of numbers above 0; the key is needed."""
        value = self._value(key, None, "a list of numbers")
        if not isinstance(value, list):
            raise self._wrong(key, "a list of numbers", value)
        return tuple(
            self._number(f"{key}[{position}]", item, 0.0)
            for position, item in enumerate(value, start=1)
        )

    def tables(self, key: str) -> tuple[Cells, ...]:
        """Return the tables under ``[[key]]``; none if there are none."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return tuple(Cells(f"{self.where}:{key}[{k}]", item) for k, item in enumerate(value, 1))
        raise self._wrong(key, f"tables, each under [[{key}]]", value)

    def table(self, key: str) -> Cells:
        """Return the table under ``[key]``; an empty one if there is none."""
        value = self.values.get(key, {})
        if isinstance(value, dict):
            return Cells(f"{self.where}:{key}", value)
        raise self._wrong(key, f"a table under [{key}]", value)

    def known(self, key: str, value: str, ids: Collection[str], what: str) -> str:
        """Return an id of ``ids``, or raise `UnknownIdError` with the nearest of them."""
        if value in ids:
            return value
        msg = f"{self.where}: {key} {value!r} points at nothing, expected {what}, got {value!r}"
        raise UnknownIdError(msg + nearest(value, ids))

    def choice(self, key: str, options: Sequence[str]) -> str:
        """Return a text that is one of some; the key is needed."""
        value = self.text(key)
        if value in options:
            return value
        expected = f"expected one of {', '.join(options)}"
        msg = f"{self.where}: {key} {value!r} is not allowed, {expected}, got {value!r}"
        raise DataError(msg + nearest(value, options))

    def _value(self, key: str, default: str | None, kind: str) -> object:
        if key in self.values or default is not None:
            return self.values.get(key, default)
        msg = f"{self.where}: key {key!r} is missing, expected {kind}, got nothing; add it"
        raise DataError(msg)

    def _number(self, key: str, value: object, above: float | None) -> float:
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and isfinite(value)
            and (above is None or value > above)
        ):
            return float(value)
        bound = "" if above is None else f" above {above:g}"
        raise self._wrong(key, f"a number{bound}", value)

    def _wrong(self, key: str, expected: str, value: object) -> DataError:
        msg = f"{self.where}: {key} has a wrong value, expected {expected}, got {value!r}"
        return DataError(msg)


def nearest(name: str, names: Collection[str]) -> str:
    """Return words that offer the nearest known name; empty if none is near."""
    close = get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}" if close else ""


def read_toml(path: Path) -> Cells:
    """Return the top table of a TOML file.

    Raises
    ------
    DataError
        The file cannot be read, or it is not TOML: the message says where.
    """
    try:
        values = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as exc:
        msg = f"{path.name}: is not TOML, expected key = value, [table] or [[table]], got: {exc}"
        raise DataError(msg) from exc
    return Cells(path.name, values)
