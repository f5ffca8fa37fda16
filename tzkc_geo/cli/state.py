"""What the commands share: the global options, and the catalog made from the data folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tzkc_geo.io.folder import DataFolder, find_folder

if TYPE_CHECKING:
    from pathlib import Path

    import typer

    from tzkc_geo.catalog import Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The global options of one call."""

    data: Path | None  # the user's data folder; opened when a command needs it
    undo_shift: bool  # whether the offset of GCJ-02 and BD-09 may be removed


def remember(context: typer.Context, data: Path | None, *, undo_shift: bool) -> None:
    """Keep the global options for the command that follows."""
    context.obj = State(data=data, undo_shift=undo_shift)


def undo_shift_of(context: typer.Context) -> bool:
    """Say whether the offset of GCJ-02 and BD-09 may be removed."""
    state: State = context.obj
    return state.undo_shift


def folder_of(context: typer.Context) -> DataFolder:
    """Return the data folder, or raise `DataError` if it is not there."""
    return find_folder(context.obj.data)


def catalog_of(context: typer.Context) -> Catalog:
    """Return the catalog of the data folder."""
    from tzkc_geo.io.load import load

    return load(context.obj.data)
