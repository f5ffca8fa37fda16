"""A DXF file as text: its version, code page and units, with no character guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tzkc_geo.errors import CrsError, DataError
from tzkc_geo.io.encoding import decode

if TYPE_CHECKING:
    from ezdxf.document import Drawing

BINARY: Final = b"AutoCAD Binary DXF"
HEADER_BYTES: Final = 100_000  # the variables that are looked for stand at the top
UNICODE: Final = "AC1021"  # from this version on a DXF is UTF-8
GBK_PAGES: Final = ("ANSI_936", "GB2312", "GBK", "ANSI_54936")
PAGE: Final = re.compile(r"(?:ANSI_|DOS)(\d+)", re.ASCII)
METRES: Final = 6
UNSAID: Final = 0
UNITS: Final = {1: "inches", 2: "feet", 4: "millimetres", 5: "centimetres", 7: "kilometres"}
IDEOGRAPHS: Final = ("一", "鿿")


def read_drawing(data: bytes, *, name: str) -> tuple[Drawing, str, tuple[str, ...]]:
    """Return the drawing of a DXF file, its encoding, and notes.

    Parameters
    ----------
    data
        All bytes. Up to R2004 the text is in the code page that the file says ($DWGCODEPAGE),
        from R2007 on it is UTF-8.
    name
        Of the file, for messages.

    Raises
    ------
    DataError
        The file is no DXF in text form, is cut off, or its text is not in its code page.
    CrsError
        Its unit is not the metre.
    """
    import io

    from ezdxf.filemanagement import read
    from ezdxf.lldxf.const import DXFError

    text, encoding = _text(data, name)
    try:
        drawing = read(io.StringIO(text))
    except (DXFError, ValueError, KeyError, IndexError, AttributeError) as exc:
        got = " ".join(f"{exc}".split())
        msg = f"{name}: cannot be read, expected DXF, got {got}; save it as DXF R2018"
        raise DataError(msg) from exc
    return drawing, encoding, _units(drawing, name)


def _text(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of a file and its encoding."""
    if data.startswith((BINARY, b"AC10")):
        got = "a binary DXF" if data.startswith(BINARY) else "a DWG"
        msg = f"{name}: is {got}, expected DXF in text form; save it as DXF R2018"
        raise DataError(msg)
    if not data.strip():
        msg = f"{name}:1: is empty, expected DXF"
        raise DataError(msg)
    if not re.search(rb"(?m)^\s*0\s*$\s*^EOF\s*\Z", data):
        line = data.count(b"\n") + 1
        msg = f"{name}:{line}: is cut off, expected EOF at the end; copy it anew"
        raise DataError(msg)
    version = _variable(data, "$ACADVER")
    if data.isascii():
        return data.decode("ascii"), "ascii"
    page = _variable(data, "$DWGCODEPAGE").upper()
    if version >= UNICODE or not version:
        expected = "utf-8"
    elif page in GBK_PAGES:
        expected = "gb18030"
    else:
        match = PAGE.fullmatch(page)
        expected = f"cp{match[1]}" if match else "utf-8"
    try:
        text = data.decode(expected)
    except LookupError as exc:
        msg = f"{name}: $DWGCODEPAGE is not known, expected ANSI_936 or UTF-8, got {page!r}"
        raise DataError(msg) from exc
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        msg = (
            f"{name}:{line}: text is not {expected}, expected what {version} {page} says, got byte"
        )
        msg += f" {data[exc.start]:#x}; save it as DXF R2018"
        raise DataError(msg) from exc
    if expected.startswith("cp"):
        _check_no_chinese(data, page, name)
    return text, "gbk" if expected == "gb18030" else expected


def _check_no_chinese(data: bytes, page: str, name: str) -> None:
    """Raise `DataError` if the text of a western code page reads as Chinese all through."""
    try:
        text, found = decode(data, name=name)
    except DataError:
        return  # neither GBK nor UTF-8, so the code page may be right
    first, last = IDEOGRAPHS
    if all(character.isascii() or first <= character <= last for character in text):
        line = next(k for k, part in enumerate(text.split("\n"), 1) if not part.isascii())
        msg = (
            f"{name}:{line}: text looks like {found}, expected {page} as $DWGCODEPAGE says; set it"
        )
        msg += " to ANSI_936, or save the drawing as DXF R2018"
        raise DataError(msg)


def _variable(data: bytes, variable: str) -> str:
    """Return the value of a variable of the header, empty if it is not there."""
    pattern = rb"\$" + variable[1:].encode() + rb"\s*\n\s*\d+\s*\n\s*(\S+)"
    match = re.search(pattern, data[:HEADER_BYTES])
    return match[1].decode("ascii", errors="replace") if match else ""


def _units(drawing: Drawing, name: str) -> tuple[str, ...]:
    """Return a note if no unit is said; another unit than the metre is refused."""
    unit = int(drawing.header.get("$INSUNITS", UNSAID))
    if unit == METRES:
        return ()
    if unit == UNSAID:
        return (f"{name}: $INSUNITS says no unit, metres are taken",)
    got = UNITS.get(unit, f"code {unit}")
    msg = f"{name}: $INSUNITS is not metres, expected 6 (metres), got {got}; scale the drawing to"
    msg += " metres, or set INSUNITS to 6 if its figures are metres"
    raise CrsError(msg)
