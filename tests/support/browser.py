"""A headless Chromium that tells what a page does and how it looks."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--no-first-run", "--disable-dev-shm-usage", "--disable-component-update"),
)
#: Text that is drawn, its colour, and everything that lies under its middle.
_TEXTS = (Path(__file__).parent / "browser_texts.js").read_text()


@dataclass(frozen=True)
class Shown:
    """A page at one size.

    Attributes:
        width: of the window.
        content: how wide the page is.
        texts: every piece of text: `text`, `left`, `right`, `size` in pixels, `contrast`.
    """

    width: int
    content: int
    texts: list[dict[str, Any]]


class Browser:
    """One window; `close` ends it."""

    def __init__(self, profile: Path) -> None:
        webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
        program = shutil.which("chromium") or shutil.which("google-chrome")
        driver = shutil.which("chromedriver")
        if program is None or driver is None:
            pytest.skip("not installed: chromium and its chromedriver (apt: chromium-driver)")
        options = webdriver.ChromeOptions()
        options.binary_location = program
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(driver))

    def close(self) -> None:
        self.driver.quit()

    def show(self, page: Path, width: int, scheme: str) -> Shown:
        """Load a page in a window as high as it."""
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        self._resize(width, 800)
        self.driver.get(page.as_uri())
        self._resize(width, int(self.driver.execute_script(_HEIGHT)))
        content = int(self.driver.execute_script("return document.documentElement.scrollWidth"))
        return Shown(width, content, self.driver.execute_script(_TEXTS))

    def errors(self) -> list[str]:
        """What the console complained about since the last call."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """What the pages asked for since the last call; the browser itself asks for more."""
        entries = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        sent = [e["params"] for e in entries if e["method"] == "Network.requestWillBeSent"]
        return [str(e["request"]["url"]) for e in sent if e["documentURL"].startswith("file:")]

    def _resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


_HEIGHT = "return document.documentElement.scrollHeight"
