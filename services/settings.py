"""What an operator may set; read once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the service."""

    data_dir: Path | None = None  # a user's data folder, layered over the shipped one
    title: str = "tzkc_geo"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings that the environment states: ``TZKC_DATA``."""
        folder = environment.get("TZKC_DATA", "")
        return cls(data_dir=Path(folder) if folder else None)
