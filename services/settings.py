"""What an operator may set; read once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping


SWITCH = {"": True, "1": True, "0": False}
SWITCH |= dict.fromkeys(("t", "true", "y", "yes", "on"), True)
SWITCH |= dict.fromkeys(("f", "false", "n", "no", "off"), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the service."""

    data_dir: Path | None = None  # a user's data folder, layered over the shipped one
    undo_shift: bool = True  # whether the offset of GCJ-02 and BD-09 may be removed
    title: str = "tzkc_geo"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings that the environment states: ``TZKC_DATA``, ``TZKC_UNDO_SHIFT``.

        Raises
        ------
        DataError
            The switch is neither on nor off: a wrong word must not leave it on.
        """
        folder = environment.get("TZKC_DATA", "")
        word = environment.get("TZKC_UNDO_SHIFT", "")
        if (undo_shift := SWITCH.get(word.strip().lower())) is None:
            msg = f"TZKC_UNDO_SHIFT: not a switch, expected 1 or 0, got {word!r}"
            raise DataError(msg)
        return cls(data_dir=Path(folder) if folder else None, undo_shift=undo_shift)
