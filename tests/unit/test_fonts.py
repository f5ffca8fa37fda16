"""A font for Chinese: found, chosen, or refused with the remedy."""

import shutil
from pathlib import Path

import pytest

from tzkc_geo.errors import DataError
from tzkc_geo.io.fonts import find_font, font_folders


def test_the_face_for_simplified_chinese_is_taken_of_a_collection() -> None:
    from fontTools.ttLib import TTCollection

    face = find_font(None)
    assert face.path.suffix == ".ttc"
    name = TTCollection(face.path).fonts[face.number]["name"].getDebugName(4)
    assert name.startswith("Noto Sans CJK SC")


def test_a_font_of_the_users_own_folder_is_found_first(tmp_path: Path) -> None:
    own = tmp_path / "below" / "NotoSansCJK-Regular.ttc"
    own.parent.mkdir()
    shutil.copy(find_font(None).path, own)
    assert find_font(None, [tmp_path, *font_folders()]).path == own
    assert find_font(own) == find_font(None, [tmp_path])


def test_no_font_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no font with Chinese .* fonts-noto-cjk, or name a font"):
        find_font(None, [tmp_path, tmp_path / "absent"])


def test_windows_keeps_its_fonts_below_windir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINDIR", raising=False)
    before = font_folders()
    monkeypatch.setenv("WINDIR", "/windows")
    assert font_folders() == (*before, Path("/windows/Fonts"))


@pytest.mark.parametrize("name", ["a.ttf", "a.ttc"])
def test_a_file_that_is_no_font_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"cannot be read, expected a font"):
        find_font(tmp_path / name)
    (tmp_path / name).write_bytes(b"no font at all, but long enough to be read as one")
    with pytest.raises(DataError, match=r"cannot be read, expected a font"):
        find_font(tmp_path / name)


def test_a_font_without_chinese_is_refused_by_what_it_lacks(tmp_path: Path) -> None:
    latin = latin_font(tmp_path / "latin.ttf")
    with pytest.raises(DataError, match=r"latin\.ttf: .* got one without '台州'; install"):
        find_font(latin)


def latin_font(path: Path) -> Path:
    """Make a font of the marks that are needed, without Chinese."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs = {".notdef": 0, **{f"g{ord(c):04x}": ord(c) for c in "km²σχ±"}}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({code: name for name, code in glyphs.items() if code})
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in glyphs})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Latin", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path
