"""Angles as people paste them."""

from __future__ import annotations

import math

import pytest

from tzkc_geo.angles import parse_angle, read_angle
from tzkc_geo.errors import CrsError

FULL = 121 + 26 / 60 + 24.5 / 3600
WHOLE = 121 + 26 / 60 + 24 / 3600


@pytest.mark.parametrize(
    ("text", "degrees", "axis"),
    [
        ("121.44", 121.44, None),
        (" -60 ", -60.0, None),
        ("−60.5", -60.5, None),  # U+2212
        ("1.2144e2", 121.44, None),
        ("640790.145", 640790.145, None),
        ("１２１．４４", 121.44, None),
        ("121.44°", 121.44, None),
        ("121.44°E", 121.44, "lon"),
        ("E121.44", 121.44, "lon"),
        ("28.645 N", 28.645, "lat"),
        ("60W", -60.0, "lon"),
        ("121°26'24.5\"E", FULL, "lon"),
        ("121°26′24.50″", FULL, None),
        ("E121°26'24\"", WHOLE, "lon"),
        ("E 121° 26' 24\"", WHOLE, "lon"),
        ("东经121度26分24.5秒", FULL, "lon"),
        ("东经 121°26′24.5″", FULL, "lon"),
        ("西经60度30分", -60.5, "lon"),
        ("北纬28度38分42秒", 28.645, "lat"),
        ("南纬28°38′42″", -28.645, "lat"),
        ("28°38'42\"北纬", 28.645, "lat"),
        ("121 26 24.5", FULL, None),
        ("121:26:24.5", FULL, None),
        ("121：26：24.5", FULL, None),
        ("121:27:00E", 121.45, "lon"),
        ("121°26.4084'", 121.44014, None),
        ("121 26.4084", 121.44014, None),
        ("121°26'24.5", FULL, None),
        ("121º26’24.5”E", FULL, "lon"),
        ("121˚26´24.5''E", FULL, "lon"),
        ("１２１°２６＇２４．５＂Ｅ", FULL, "lon"),
        ("121d26'24.5\"E", FULL, "lon"),
        ("+121°26'24.5\"", FULL, None),
        ("-0°30'", -0.5, None),
        ("0°30'S", -0.5, "lat"),
        ("121°59'59.999\"", 122 - 0.001 / 3600, None),
    ],
)
def test_a_text_is_read_as_it_is_meant(text: str, degrees: float, axis: str | None) -> None:
    angle = read_angle(text)
    assert angle.degrees == pytest.approx(degrees, abs=1e-13)
    assert angle.axis == axis
    assert parse_angle(text) == angle.degrees


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "neither a number nor an angle"),
        ("east", "neither a number nor an angle"),
        ("28 38 42s", "neither a number nor an angle"),  # seconds, or south?
        ("28D38M42S", "neither a number nor an angle"),
        ("E", "neither a number nor an angle"),
        ("12_1.4", "neither a number nor an angle"),
        ("121,44", "neither a number nor an angle"),
        ("٣٤", "neither a number nor an angle"),
        ('121°26"', "neither a number nor an angle"),
        ("121 -26 24", "neither a number nor an angle"),
        ("-121 -26 -24", "neither a number nor an angle"),
        ("121°26'24\"7", "neither a number nor an angle"),
        ("121°60'", "60 minutes or seconds or more, expected less than 60 of each"),
        ("121:26:60", "60 minutes or seconds or more"),
        ("121.5°26'", "decimals before its last part"),
        ("121 26.5 24", "decimals before its last part"),
        ("-121°E", "a sign beside a hemisphere"),
        ("W-60", "a sign beside a hemisphere"),
        ("E121°26'E", "two hemispheres"),
        ("东经121°W", "two hemispheres"),
    ],
)
def test_what_is_no_angle_is_refused_with_its_text(text: str, words: str) -> None:
    with pytest.raises(CrsError, match=words) as caught:
        read_angle(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-Infinity"])
def test_what_floats_may_be_is_read_so_that_the_check_can_name_it(text: str) -> None:
    assert not math.isfinite(parse_angle(text))
