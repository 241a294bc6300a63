"""report.html in a real browser: silent, self-contained, and legible at every size and colour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edgekit.report import page
from tests.support.browser import Browser, Shown
from tests.support.findings import HOSTILE, findings

PAGES = {
    "measured": lambda: findings(),
    "hostile": lambda: findings(HOSTILE),
    "converted": lambda: findings(measured=False),
}
#: Of normal text, by WCAG 2 level AA.
CONTRAST = 4.5
SMALLEST_PX = 10


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.close()


def write(name: str, folder: Path) -> Path:
    path = folder / f"{name}.html"
    path.write_text(page.render(PAGES[name]()), encoding="utf-8")
    return path


def unreadable(shown: Shown) -> list[str]:
    """What a reader would complain about."""
    found = []
    if shown.content > shown.width:
        found.append(f"the page is {shown.content} px wide")
    for each in shown.texts:
        if each["left"] < -0.5 or each["right"] > shown.width + 0.5:
            found.append(f"outside of the window: {each}")
        if each["size"] < SMALLEST_PX:
            found.append(f"too small: {each}")
        if each["contrast"] < CONTRAST:
            found.append(f"too pale: {each}")
    return found


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_legible_and_silent(name: str, browser: Browser, tmp_path: Path) -> None:
    path = write(name, tmp_path)
    browser.errors()
    browser.requests()
    for width in (1280, 400):
        for scheme in ("light", "dark"):
            shown = browser.show(path, width, scheme)
            assert len(shown.texts) > 100, "the page is there"
            assert unreadable(shown) == [], (width, scheme)
    assert browser.errors() == []
    outside = [url for url in browser.requests() if not url.startswith(("file:", "data:"))]
    assert outside == []


def test_light_and_dark_differ(browser: Browser, tmp_path: Path) -> None:
    path = write("converted", tmp_path)
    colours = set()
    for scheme in ("light", "dark"):
        browser.show(path, 1280, scheme)
        script = "return getComputedStyle(document.body).backgroundColor"
        colours.add(browser.driver.execute_script(script))
    assert len(colours) == 2


def test_what_this_test_would_find(browser: Browser, tmp_path: Path) -> None:
    """A page with each fault is seen to have it."""
    path = tmp_path / "bad.html"
    path.write_text(
        "<!doctype html><body style='background:#fff'><p style='color:#bbb'>pale</p>"
        "<p style='width:900px'>wide</p><p style='font-size:8px'>small</p>"
        "<svg viewBox='0 0 100 20' width='100'><rect width='100' height='20' fill='#224'/>"
        "<text y='15' fill='#000'>dark on dark</text></svg>"
        "<script>undefined_name()</script><img src='http://127.0.0.1:9/x.png'>"
    )
    browser.errors()
    browser.requests()
    found = "\n".join(unreadable(browser.show(path, 400, "light")))
    for fault in ("too pale: {'contrast'", "'pale'", "dark on dark", "too small", "px wide"):
        assert fault in found, fault
    assert any("undefined_name" in error for error in browser.errors())
    assert "http://127.0.0.1:9/x.png" in browser.requests()
