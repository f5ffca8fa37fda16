"""Find a font with Chinese characters for what is printed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

# The best first; each holds simplified Chinese and Latin letters.
NAMES: Final = (
    *("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf"),
    *("NotoSansSC-Regular.ttf", "SourceHanSansSC-Regular.otf", "SourceHanSansCN-Regular.otf"),
    *("SourceHanSans.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc", "msyh.ttc", "simhei.ttf"),
)
COLLECTION: Final = b"ttcf"  # the first bytes of a file of several faces
NEEDED: Final = "台州km²σχ±"
REMEDY: Final = "install the package fonts-noto-cjk, or name a font with --font FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFace:
    """One face of a font file."""

    path: Path
    number: int  # in a collection (.ttc); 0 in a file of one face


def font_folders() -> tuple[Path, ...]:
    """Return the folders in which systems keep fonts, those of the user first."""
    home = Path.home()
    folders = [home / ".local/share/fonts", home / ".fonts", home / "Library/Fonts"]
    folders += [Path("/usr/local/share/fonts"), Path("/usr/share/fonts"), Path("/Library/Fonts")]
    if "WINDIR" in os.environ:
        folders.append(Path(os.environ["WINDIR"]) / "Fonts")
    return tuple(folders)


def find_font(file: Path | None, folders: Iterable[Path] | None = None) -> FontFace:
    """Return the face that prints Chinese (中文字体).

    Parameters
    ----------
    file
        A font file of the user's choice (.ttf, .otf, .ttc); None: the first known one that the
        folders hold.
    folders
        Searched with all that is below them; None: those of the system.

    Raises
    ------
    DataError
        There is no such font; the file is no font, or has no Chinese characters.
    """
    if file is not None:
        return _face(file)
    searched = tuple(font_folders() if folders is None else folders)
    for name in NAMES:
        for folder in searched:
            for path in sorted(folder.rglob(name)):
                return _face(path)
    msg = f"--font: no font with Chinese characters is known in {', '.join(map(str, searched))},"
    msg += f" expected one of {', '.join(NAMES)}; {REMEDY}"
    raise DataError(msg)


def _face(path: Path) -> FontFace:
    """Return the face for simplified Chinese of a file, its only one where it has but one."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        with path.open("rb") as file:
            many = file.read(len(COLLECTION)) == COLLECTION
            file.seek(0)
            faces = TTCollection(file, lazy=True).fonts if many else [TTFont(file, lazy=True)]
            names = [f"{face['name'].getDebugName(4)}" for face in faces]
            number = next((k for k, name in enumerate(names) if " SC" in name), 0)
            known = faces[number].getBestCmap() or {}
    except (OSError, TTLibError, KeyError) as exc:
        msg = f"{path}: cannot be read, expected a font (.ttf, .otf, .ttc), got {exc}; {REMEDY}"
        raise DataError(msg) from exc
    if lacking := [c for c in NEEDED if ord(c) not in known]:
        msg = f"{path}: does not do, expected a font with {NEEDED!r}, got one without"
        msg += f" {''.join(lacking)!r}; {REMEDY}"
        raise DataError(msg)
    return FontFace(path=path, number=number)
