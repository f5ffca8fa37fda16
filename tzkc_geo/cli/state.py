"""What the commands share: the data folder, and the catalog made from it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tzkc_geo.io.folder import DataFolder, find_folder

if TYPE_CHECKING:
    from pathlib import Path

    import typer

    from tzkc_geo.catalog import Catalog


def remember(context: typer.Context, data: Path | None) -> None:
    """Keep the path of the data folder; it is opened when a command needs it."""
    context.obj = data


def folder_of(context: typer.Context) -> DataFolder:
    """Return the data folder, or raise `DataError` if it is not there."""
    return find_folder(context.obj)


def catalog_of(context: typer.Context) -> Catalog:
    """Return the catalog of the data folder."""
    from tzkc_geo.io.load import load

    return load(context.obj)
