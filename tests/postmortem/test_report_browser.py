"""The report in a real browser: skipped where there is none, an error there if CI=true."""

from __future__ import annotations

import os
import shutil

import pytest

from postmortem_timeline.postmortem import html, model

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">\x00\x1b[31m"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")
def browser():
    binary = chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        binary = None
    if binary is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium or no playwright, and CI must not skip this")
        pytest.skip("no Chromium or no playwright")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=binary, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser, case, tmp_path):
    """visit(**context) -> the page with the report open; its `said` lists everything the console said."""
    opened = []

    def go(**options):
        path = tmp_path / "report.html"
        path.write_text(html.render(model.document(case["incident"], case["rows"], case["quotes"])), encoding="utf-8")
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        opened.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on(
            "request", lambda request: page.said.append(request.url) if not request.url.startswith("file:") else None
        )
        page.goto(path.as_uri())
        return page

    yield go
    for context in opened:
        context.close()


def test_hostile_text_is_shown_and_does_nothing(visit, case):
    case["rows"][4]["summary"] = HOSTILE
    case["quotes"][case["rows"][4]["citations"][0]]["text"] = HOSTILE
    page = visit()
    page.click("#e4")
    assert "<img src=x" in page.inner_text("#panel")
    assert page.title() == case["incident"]["title"]
    assert page.evaluate("document.images.length") == 0
    assert page.said == []


def test_lanes_are_visible_and_an_entry_opens_its_citation(visit, case):
    page = visit()
    for lane in ("changes", "alerts", "people", "errors", "requests", "status"):
        assert page.is_visible(f"#lane-{lane}") and page.inner_text(f"#name-{lane}").lower() == lane
    assert page.is_hidden("#panel")
    page.click("#e5")
    assert case["rows"][5]["citations"][0] in page.inner_text("#panel")
    assert "POST /auth/login" in page.inner_text("#panel")
    page.keyboard.press("Escape")
    assert page.is_hidden("#panel")
    assert page.said == []


def test_a_row_opens_its_records_by_keyboard(visit, case):
    page = visit()
    page.focus("#r4 > summary")
    page.keyboard.press("Enter")
    assert page.is_visible("#r4 pre >> nth=0")
    assert case["rows"][4]["citations"][0] in page.inner_text("#r4")


def test_zoom_moves_lanes_and_marks_together(visit):
    page = visit()
    place = "node => node.getBoundingClientRect().left"
    before = page.eval_on_selector("#e5", place) - page.eval_on_selector("#m1", place)
    page.click("#zoom-all")
    after = page.eval_on_selector("#e5", place) - page.eval_on_selector("#m1", place)
    assert abs(before - after) < 3
    assert not page.eval_on_selector("#e0", "node => node.classList.contains('before')")
    page.click("#zoom-incident")
    assert page.eval_on_selector("#e0", "node => node.classList.contains('before')")
    assert page.said == []


def test_search_and_filters_hide_rows_and_entries(visit):
    page = visit()
    page.fill("#find", "rollback")
    assert page.locator(".row:visible").count() == 1
    page.fill("#find", "")
    page.uncheck("#filters input[value=people]")
    assert page.locator(".row.people:visible").count() == 0
    assert page.locator("#lane-people .entry:visible").count() == 0


def test_it_says_all_without_scripts(visit):
    page = visit(java_script_enabled=False)
    assert page.is_visible("#static-curve path.failed") and page.is_visible("#e5")
    assert page.is_hidden("#tools")
    page.click("#r5 > summary")
    assert page.is_visible("#r5 pre >> nth=0")


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_never_scrolls_sideways(visit, width):
    page = visit(viewport={"width": width, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_paper_is_dark_and_printed_paper_is_white(visit):
    page = visit(color_scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colour) == "rgb(13, 17, 23)"
    page.emulate_media(media="print")
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    assert page.is_hidden("#tools")
