"""Read what a page needs to work offline: the script and style of Leaflet."""

from __future__ import annotations

import base64
import re
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PICTURE = re.compile(r"url\((images/[\w.-]+\.png)\)")
IDLE = re.compile(r"/\*.*?\*/|\s*behavior:\s*url\(#default#VML\);", re.DOTALL)  # old browsers
CREDIT = 'href="https://leafletjs.com"'  # of a prefix that our maps do not show
SOURCE_MAP = re.compile(r"\n//# sourceMappingURL=\S+\s*$")


def leaflet() -> tuple[str, str]:
    """Return the style sheet and the script of Leaflet, with no address in them to fetch.

    They come with the package ``XStatic-Leaflet``. The pictures of the style sheet are put into
    it; the address of the source map and the link to Leaflet's own site are left out.
    """
    folder = files("xstatic.pkg.leaflet") / "data"
    css = (folder / "leaflet.css").read_text(encoding="utf-8")
    css = PICTURE.sub(lambda match: f"url({_data_uri(folder / match[1])})", css)
    js = (folder / "leaflet.js").read_text(encoding="utf-8")
    return IDLE.sub("", css), SOURCE_MAP.sub("\n", js.replace(CREDIT, 'href="#"'))


def _data_uri(picture: Traversable) -> str:
    """Return a picture as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode("ascii")
