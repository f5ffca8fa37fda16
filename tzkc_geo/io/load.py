"""Load the catalog: the derived files where they are fresh, else built anew."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tzkc_geo.io.folder import DERIVED, DataFolder, find_folder, user_folder, write_all
from tzkc_geo.io.store import derived_texts, is_fresh, read_derived, write_derived
from tzkc_geo.io.tables import read_tables

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from tzkc_geo.catalog import Catalog


def load(data: str | os.PathLike[str] | None = None) -> Catalog:
    """Return the catalog (目录) of the shipped data, or of a user's folder over it.

    Parameters
    ----------
    data
        A user's data folder; None takes the environment variable ``TZKC_DATA``, if set.

    Returns
    -------
    Catalog
        Read from the derived files; built in memory where these are missing or stale.

    Raises
    ------
    DataError
        The folder is missing, or a row is wrong.
    DerivationError
        Sound rows, but an impossible geometry.
    """
    folder = find_folder(data)
    tables = read_tables(folder)
    for place in (folder, DataFolder(folder.shipped)):  # the shipped ones fit an empty folder too
        if is_fresh(tables, place):
            return read_derived(tables, place)
    from tzkc_geo.build import build

    return build(tables)


def rebuild(
    folder: DataFolder,
    *,
    texts: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Catalog, Path]:
    """Build the catalog anew and write its derived files; nothing is written if that fails.

    Parameters
    ----------
    folder
        The data folder.
    texts
        New texts of tables of the user's folder, by name; written together with the derived
        files, or not at all.
    progress
        Called with a short text before each stage.

    Returns
    -------
    tuple
        The catalog, and the folder that its derived files were written to.

    Raises
    ------
    DataError
        A row is wrong, the new texts have no user folder to go to, or the folder cannot be
        written.
    DerivationError
        Sound rows, but an impossible geometry.
    """
    from tzkc_geo.build import build

    if not texts:
        catalog = build(read_tables(folder), progress=progress)
        return catalog, write_derived(catalog, folder)
    user = user_folder(folder)
    with TemporaryDirectory(prefix="tzkc-") as name:
        trial = DataFolder(folder.shipped, Path(name))
        for path in (*folder.input_files(), *folder.network_files()):
            if path.parent == user:
                shutil.copyfile(path, trial.layers[-1] / path.name)
        write_all(trial.layers[-1], texts)
        catalog = build(read_tables(trial), progress=progress)
    derived = {f"{DERIVED}/{key}": text for key, text in derived_texts(catalog).items()}
    write_all(user, {**texts, **derived}, remedy="give another one with --data DIR")
    return catalog, folder.derived
