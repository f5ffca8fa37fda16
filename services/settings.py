"""What an operator may set; read once, never changed."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping


SWITCH = {"": True, "1": True, "0": False}
SWITCH |= dict.fromkeys(("t", "true", "y", "yes", "on"), True)
SWITCH |= dict.fromkeys(("f", "false", "n", "no", "off"), False)
SETTINGS = "TZKC_SETTINGS"  # the environment variable that names the file of settings
WORDS = {int: "a whole number", bool: "true or false", str: "text", tuple: "a list of texts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may ask for; beyond it the answer is 413, or 503 where all are busy."""

    body_bytes: int = 32 * 2**20  # of the body of a request
    body_s: int = 60  # until the body of a request is there
    header_s: int = 10  # until the head of a request is there
    drain_s: int = 2  # between SIGTERM, when /ready turns 503, and the end of listening
    finish_s: int = 20  # that requests in flight have to finish after that
    upload_s: int = 30  # of the child that reads an upload
    upload_memory_bytes: int = 2**30
    vertices: int = 1_000_000  # of the parcels of one request
    points: int = 1_000_000  # of one batch
    rows: int = 50_000  # of a table that is answered with the grounds of each row
    ids: int = 1_000  # in one list of ids
    page: int = 100  # features on a page, where none is asked for
    page_most: int = 1_000  # features on a page at most
    bbox_km2: int = 100_000  # of the area that a list of features is asked for
    filter_length: int = 4_000  # characters of a CQL2 text
    filter_depth: int = 16  # of parentheses in a CQL2 text
    reach_minutes: int = 120  # of travel
    bands: int = 12  # times of one question of reach
    jobs: int = 2  # of heavy work at the same time
    waiting: int = 16  # heavy requests that wait for their turn; more are sent away
    job_s: int = 20  # of heavy work of one request, with its waiting
    connections: int = 512  # of one worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the service."""

    data_dir: Path | None = None  # a user's data folder, layered over the shipped one
    undo_shift: bool = True  # whether the offset of GCJ-02 and BD-09 may be removed
    title: str = "tzkc_geo"  # of the service
    token: str = ""  # bearer token of reload; empty: reload over HTTP is off
    rate: str = ""  # requests of one address, such as "120/minute"; empty: no limit
    origins: tuple[str, ...] = ()  # origins that may read answers from their own pages (CORS)
    ancestors: tuple[str, ...] = ()  # origins that may show /embed in a frame
    access_log: bool = True  # whether each request is logged
    log_positions: bool = False  # whether the access log keeps path and query of a request
    metrics: bool = True  # whether /metrics answers
    limits: Limits = field(default_factory=Limits)  # the table below

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings of a file and of the environment, which counts for more.

        Parameters
        ----------
        environment
            ``TZKC_SETTINGS`` names a TOML file; ``TZKC_DATA``, ``TZKC_UNDO_SHIFT`` and
            ``TZKC_TOKEN`` set single values.

        Raises
        ------
        DataError
            The file cannot be read or has a key or value that is not known; the switch is
            neither on nor off: a wrong word must not leave it on.
        """
        file = environment.get(SETTINGS, "")
        found = cls.from_file(Path(file)) if file else cls()
        if folder := environment.get("TZKC_DATA", ""):
            found = replace(found, data_dir=Path(folder))
        if token := environment.get("TZKC_TOKEN", ""):
            found = replace(found, token=token)
        word = environment.get("TZKC_UNDO_SHIFT", "")
        if (undo_shift := SWITCH.get(word.strip().lower())) is None:
            msg = f"TZKC_UNDO_SHIFT: not a switch, expected 1 or 0, got {word!r}"
            raise DataError(msg)
        return replace(found, undo_shift=undo_shift) if word.strip() else found

    @classmethod
    def from_file(cls, path: Path) -> Settings:
        """Return the settings of a TOML file, or raise `DataError`."""
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as exc:
            msg = f"{path}: settings cannot be read, expected a TOML file in UTF-8, got {exc}"
            raise DataError(msg) from exc
        except tomllib.TOMLDecodeError as exc:
            msg = f"{path.name}: is not TOML, expected key = value, got {exc}"
            raise DataError(msg) from exc
        limits = content.pop("limits", {})
        given = _checked(path.name, content, _kinds(cls, without="limits"))
        if not isinstance(limits, dict):
            msg = f"{path.name}: limits is not a table, expected [limits], got {limits!r}"
            raise DataError(msg)
        numbers = _checked(f"{path.name} [limits]", limits, _kinds(Limits))
        for key, value in numbers.items():
            if value < 1:
                msg = f"{path.name} [limits]: {key} is too small, expected 1 or more, got {value}"
                raise DataError(msg)
        if "data_dir" in given:
            given["data_dir"] = path.parent / given["data_dir"]
        return cls(**given, limits=Limits(**numbers))


def _kinds(settings: type, *, without: str = "") -> dict[str, type]:
    """Return which kind of value each key takes; a folder is given as text."""
    kinds = {"int": int, "bool": bool, "str": str, "tuple[str, ...]": tuple, "Path | None": str}
    return {one.name: kinds[str(one.type)] for one in fields(settings) if one.name != without}


def _checked(where: str, given: Mapping[str, Any], kinds: Mapping[str, type]) -> dict[str, Any]:
    """Return the values of known keys; a typing error is named with the nearest key."""
    found = {}
    for key, value in given.items():
        if key not in kinds:
            near = difflib.get_close_matches(key, kinds, n=1)
            hint = f"; did you mean {near[0]}" if near else ""
            msg = f"{where}: {key!r} is no setting, expected one of {', '.join(kinds)}{hint}"
            raise DataError(msg)
        kind = kinds[key]
        texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
        if not (texts if kind is tuple else type(value) is kind):
            msg = f"{where}: {key} is wrong, expected {WORDS[kind]}, got {value!r}"
            raise DataError(msg)
        found[key] = tuple(value) if texts else value
    return found
