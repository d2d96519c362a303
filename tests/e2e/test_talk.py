"""Talking through a camera from the player's page, in Chromium with a microphone that hears a tone."""

from __future__ import annotations

import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.e2e.conftest import CHROMIUM_ARGUMENTS, chromium
from tests.e2e.program import Program
from tests.talking_camera import RATE, TalkingCamera, pitch

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

pytestmark = pytest.mark.timeout(150)
TONE_HZ = 600


def tone(path: Path) -> Path:
    """Write a WAV file that plays in a loop without a click."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((np.sin(2 * np.pi * TONE_HZ * np.arange(48_000) / 48_000) * 12_000).astype("<i2").tobytes())
    return path


def test_the_button(tmp_path: Path, playwright: Playwright) -> None:
    microphone = tone(tmp_path / "tone.wav")
    browser = playwright.chromium.launch(
        executable_path=chromium(),
        args=[
            *CHROMIUM_ARGUMENTS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
        ],
    )
    with TalkingCamera(tmp_path) as heard:
        config = f"cameras: {{door: {{ffmpeg: {{inputs: [{{path: '{heard.url}', roles: [record]}}]}}, "
        config += "detect: {enabled: false}}}\ngo2rtc: {webrtc: {listen: ':0'}, rtsp: {listen: ''}}\n"
        program = Program.run(tmp_path / "data", config)
        try:
            program.wait(lambda: program.segments("door"), 60, "recording")
            page = browser.new_context(ignore_https_errors=True).new_page()
            page.set_default_timeout(30_000)
            page.goto(f"{program.address}/live/webrtc/webrtc.html?src=door")
            page.get_by_role("button", name="Talk", exact=True).click()
            page.get_by_text("You are heard at the camera.").wait_for()
            program.wait(lambda: len(heard.heard) > 3 * RATE, 30, "sound")
            second = heard.heard[-RATE:]
            # Chromium takes a steady tone for noise, and makes it quieter.
            assert abs(pitch(second) - TONE_HZ) < 10, (pitch(second), np.abs(second).max())
            page.get_by_role("button", name="End talk").click()
            page.get_by_role("button", name="Talk", exact=True).wait_for()
            before = time.monotonic()
            program.wait(lambda: heard.connections[0] - heard.connections[1] <= 1, 30, "the end")  # it is recorded
            assert time.monotonic() - before < 15
            assert "Traceback" not in program.output()
        finally:
            program.stop()
            browser.close()
