"""The page of video files."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui
from tests.media import street

pytestmark = pytest.mark.timeout(200)
CANVAS = """() => {
  const video = document.querySelector(".files-stage video");
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 90 });
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 160, 90);
  return [...context.getImageData(0, 0, 160, 90).data].filter((_, n) => n % 4 === 1);
}"""
SHOWN = "n => document.querySelector('[data-frame]')?.dataset.frame === String(n)"


def still(demo: Program, file: str, frame: int) -> np.ndarray:
    """Return the green of a frame as the server decodes it, in little."""
    with urllib.request.urlopen(f"{demo.address}/api/v1/file/{file}/thumbnail?frame={frame}") as answer:
        picture = Image.open(io.BytesIO(answer.read())).resize((160, 90), Image.Resampling.BOX)
    return np.asarray(picture)[:, :, 1].astype(float).ravel()


def test_a_file_is_sent_and_stepped_through_by_its_frames(open_page: Callable[..., Ui], demo: Program) -> None:
    ui = open_page("files")
    ui.page.get_by_text("There is no file yet.").wait_for()
    with ui.page.expect_file_chooser() as chosen:
        ui.page.get_by_role("button", name="Upload").click()
    chosen.value.set_files(street())
    demo.wait(lambda: demo.json("/api/v1/files?status=ready")["files"], 60, "file")
    ui.page.locator(".files-card:enabled").click()
    ui.until("document.querySelector('.files-stage video')?.readyState >= 2")
    file = demo.json("/api/v1/files")["files"][0]["file_uuid"]

    for n in range(1, 8):
        ui.page.keyboard.press(".")
        ui.until(SHOWN, n)
    ui.page.keyboard.press(",")
    ui.until(SHOWN, 6)
    ui.until("!document.querySelector('.files-stage video').seeking")
    ui.page.wait_for_timeout(200)
    seen = np.array(ui.page.evaluate(CANVAS), float)
    nearest = min(range(3, 10), key=lambda n: float(np.abs(still(demo, file, n) - seen).mean()))
    assert nearest == 6

    ui.page.get_by_role("button", name="Begin here").click()
    ui.page.get_by_role("button", name="From 6").wait_for()
    ui.page.get_by_role("button", name="Download").click()
    clip = ui.page.get_by_role("menuitem", name="The marked clip").get_attribute("href")
    assert clip is not None
    assert "start_frame=6" in clip
