"""Take pictures of every page of the web UI: `python scripts/screenshots.py http://127.0.0.1:5000 docs/images`.

Dogwatch has to run there, best `make demo` for some minutes. Each page is taken light, dark and as on a phone.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PAGES = {
    "live": "",
    "review": "review",
    "recordings": "playback?camera=street",
    "explore": "explore",
    "exports": "export",
    "files": "files",
    "faces": "faces",
    "settings": "settings",
    "zones": "settings?part=zones",
    "storage": "settings?part=storage",
    "notifications": "settings?part=notifications",
    "configuration": "config",
    "wizard": "wizard",
    "system": "system",
    "charts": "system?part=charts",
    "log": "system?part=logs",
}
KINDS = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "is_mobile": True, "has_touch": True,
    },
}  # fmt: skip
SETTLED_MS = 6000
QUALITY = 70


def take(browser: Browser, base: str, folder: Path) -> None:
    """Take all pictures."""
    for kind, options in KINDS.items():
        page = browser.new_context(locale="en-GB", **options).new_page()  # type: ignore[arg-type]
        for name, path in PAGES.items():
            page.goto(f"{base}/{path}")
            page.wait_for_timeout(SETTLED_MS)
            page.screenshot(path=folder / f"{name}-{kind}.jpg", type="jpeg", quality=QUALITY)
        page.context.close()


def main(base: str, folder: str) -> None:
    """Start Chromium, and take the pictures."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as runtime:
        browser = runtime.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        take(browser, base.rstrip("/"), Path(folder))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
