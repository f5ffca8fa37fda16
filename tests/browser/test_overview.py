"""The pages in a real browser without a network: drawn, quiet, legible."""

import os
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.toy.world import catalog
from tzkc_geo.maps import overview_html

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
TOY = catalog()
WIDE, NARROW = (1280, 800), (390, 800)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as tool:
        # Root in a container has no sandbox; the pages are our own.
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[("zh", WIDE), ("en", WIDE), ("zh", NARROW)], ids=str)
def page(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, list[str]]]:
    lang, (width, height) = request.param
    file = tmp_path / "overview.html"
    file.write_text(overview_html(TOY, lang=lang), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda message: faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("request", lambda asked: faults.append(f"request: {asked.url[:80]}"))
    page.goto(file.as_uri())
    page.wait_for_selector(".leaflet-marker-pane .badge")
    faults.remove(f"request: {file.as_uri()[:80]}")
    yield page, [fault for fault in faults if not fault.startswith("request: data:")]
    context.close()


def boxes(page: Page, selector: str) -> list[dict[str, Any]]:
    found = [item.bounding_box() for item in page.query_selector_all(selector)]
    return [dict(box) for box in found if box is not None]


def meet(a: dict[str, Any], b: dict[str, Any]) -> bool:
    across = a["x"] < b["x"] + b["width"] and b["x"] < a["x"] + a["width"]
    return bool(across and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"])


def test_the_map_is_drawn_and_asks_for_nothing(page: tuple[Page, list[str]]) -> None:
    sheet, faults = page
    assert faults == []
    assert len(boxes(sheet, "path.leaflet-interactive")) > 14 + 4 + 1
    assert sheet.locator("path[stroke-dasharray]").count() > 0
    assert sheet.locator("path.dot").count() == 4  # three stations and a place
    assert sheet.locator(".leaflet-control-scale-line").is_visible()
    assert "非法定边界" in sheet.locator(".leaflet-control-attribution").inner_text()


def test_numbers_are_all_there_and_do_not_overlap(page: tuple[Page, list[str]]) -> None:
    sheet, _ = page
    badges = boxes(sheet, ".leaflet-marker-pane .badge")
    assert len(badges) == 14
    assert not any(meet(a, b) for a, b in combinations(badges, 2))
    names = [
        item.bounding_box()
        for item in sheet.query_selector_all(".line-label")
        if item.evaluate("item => getComputedStyle(item).visibility") == "visible"
    ]
    shown = [dict(box) for box in names if box is not None] + badges
    assert not any(meet(a, b) for a, b in combinations(shown, 2))


def test_a_tip_tells_the_grade_and_layers_switch(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "overview.html"
    file.write_text(overview_html(TOY), encoding="utf-8")
    sheet = browser.new_page(viewport={"width": 1280, "height": 800})
    sheet.goto(file.as_uri())
    (seven,) = (
        item
        for item in sheet.query_selector_all(".leaflet-marker-pane .badge")
        if item.inner_text() == "7"
    )
    box = seven.bounding_box()
    assert box is not None
    sheet.mouse.move(box["x"] + 30, box["y"] + 20)
    tip = sheet.locator(".leaflet-tooltip").inner_text()
    assert "组团07" in tip
    assert "示意 / schematic" in tip
    before = sheet.locator("path.leaflet-interactive").count()
    sheet.get_by_label("边线精度带").check()
    assert sheet.locator("path.leaflet-interactive").count() == before + 4 * 14
    sheet.close()
