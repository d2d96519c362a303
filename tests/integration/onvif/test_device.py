"""One camera over SOAP: what it tells, how it moves, and what happens when it refuses or is away."""

import contextlib
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from unittest.mock import patch

import pytest

from dogwatch.api import self_signed
from dogwatch.onvif.device import OnvifDevice, OnvifError
from dogwatch.onvif.probing import probe
from dogwatch.onvif.settings import OnvifAddress
from dogwatch.onvif.soap_answers import own_address
from dogwatch.testing.app import until
from tests.onvif_camera import PASSWORD, USER, OnvifStandIn, onvif_camera

OPTIONS, SPACE = "PTZConfigurationOptions", "<tt:RelativePanTiltTranslationSpace/>"


@pytest.fixture
def camera() -> Iterator[OnvifStandIn]:
    with onvif_camera() as made:
        yield made


def address(camera: OnvifStandIn, password: str = PASSWORD, profile: str = "") -> OnvifAddress:
    return OnvifAddress("127.0.0.1", camera.port, USER, password, profile=profile)


async def test_what_it_can(camera: OnvifStandIn) -> None:
    async with OnvifDevice(address(camera)) as device:
        info = await device.learn()
    assert info.features == ("pt", "zoom", "pt-r", "zoom-r", "zoom-a", "pt-r-fov", "focus")
    assert dict(info.presets) == {"home": "1", "gate": "2"}
    assert list(info.profiles) == [("main", "t0"), ("sub", "t1")]
    assert info.profile == "t0"


async def test_another_profile(camera: OnvifStandIn) -> None:
    for wanted in ("sub", "t1"):
        async with OnvifDevice(address(camera, profile=wanted)) as device:
            assert (await device.learn()).profile == "t1"
    async with OnvifDevice(address(camera, profile="nothing")) as device:
        with pytest.raises(OnvifError, match="no profile"):
            await device.learn()


async def test_moves(camera: OnvifStandIn) -> None:
    mechanics = camera.mechanics
    async with OnvifDevice(address(camera)) as device:
        await device.turn(1, 0, 0)
        assert mechanics.moving
        assert await device.moving() == (True, 0.0)
        await device.halt()
        assert not camera.mechanics.moving
        assert mechanics.where[0] > 0
        await device.go_to("gate")
        await until(lambda: not mechanics.moving)
        assert mechanics.position == [0.5, -0.25, 0.5]
        await device.turn_by(0.5, 0.25, 0)
        await until(lambda: not mechanics.moving)
        assert mechanics.position == pytest.approx([0.5 + 0.5 * mechanics.half, -0.25 + 0.25 * mechanics.half, 0.5])
        await device.zoom_to(0.75)
        await until(lambda: not mechanics.moving)
        assert mechanics.position[2] == 0.75
        await device.turn(0, 0, -1)
        assert mechanics.velocity == [0, 0, -1]
        await device.focus(1)
        assert camera.focus_speed == 1
        await device.halt()
        assert camera.focus_speed == 0
        with pytest.raises(OnvifError, match="no preset 'roof'"):
            await device.go_to("roof")
        camera.presets["3"] = ("Roof", (0.0, 1.0, 0.0))
        await device.go_to("roof")
        assert mechanics.target == [0.0, 1.0, 0.0]


async def test_a_camera_that_does_not_turn() -> None:
    with onvif_camera(ptz=False) as camera:
        async with OnvifDevice(address(camera)) as device:
            with pytest.raises(OnvifError, match="no profile that turns it"):
                await device.learn()


async def test_less_features() -> None:
    with onvif_camera(fov=False, focus=False, status=False) as camera:
        async with OnvifDevice(address(camera)) as device:
            assert (await device.learn()).features == ("pt", "zoom", "pt-r", "zoom-r", "zoom-a")
            with pytest.raises(OnvifError, match="cannot focus"):
                await device.focus(1)
            assert (await device.moving())[0] is None


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("_trt_GetProfiles", "<trt:Profiles/>"),
        ("_trt_GetProfiles", "<a/><b/>"),
        ("_tptz_GetConfigurationOptions", f"<tptz:{OPTIONS}><tt:Spaces>{SPACE}</tt:Spaces></tptz:{OPTIONS}>"),
    ],
)
async def test_answers_of_another_form(camera: OnvifStandIn, operation: str, answer: str) -> None:
    with patch.object(OnvifStandIn, operation, lambda *_: answer):
        async with OnvifDevice(address(camera)) as device:
            for ask in (device.learn, device.moving):
                with pytest.raises(OnvifError, match="cannot be understood"):
                    await ask()
        if operation == "_trt_GetProfiles":
            with pytest.raises(OnvifError, match="cannot be understood"):
                await probe(address(camera))


async def test_a_wrong_password_is_told_without_it(camera: OnvifStandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with OnvifDevice(address(camera, "the wrong one")) as device:
        with pytest.raises(OnvifError) as error:
            await device.learn()
    assert camera.refused
    assert "not authorized" in str(error.value).lower()
    assert "the wrong one" not in caplog.text + str(error.value)


async def test_away_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.onvif.device.CONNECT_S", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with OnvifDevice(OnvifAddress("127.0.0.1", free.getsockname()[1], USER, PASSWORD)) as device:
            with pytest.raises(OnvifError):
                await device.learn()
    with onvif_camera(hang_s=30) as camera:
        async with OnvifDevice(address(camera)) as device:
            began = time.monotonic()
            with pytest.raises(OnvifError, match="does not answer"):
                await device.learn()
            assert time.monotonic() - began < 20
            camera.hang_s = 0
            assert "pt" in (await device.learn()).features


class Hostile(HTTPServer):
    """A camera that redirects requests to `target`, or answers without an end."""

    def __init__(self, target: str = "") -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(307 if target else 200)
                self.send_header("Location", target)
                self.send_header("Content-Type", "application/soap+xml")
                self.end_headers()
                with contextlib.suppress(OSError):
                    while not target:
                        self.wfile.write(bytes(1 << 20))

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@contextmanager
def hostile(target: str = "") -> Iterator[OnvifDevice]:
    with Hostile(target) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield OnvifDevice(OnvifAddress("127.0.0.1", server.server_port, USER, PASSWORD))
        finally:
            server.shutdown()
            thread.join()


async def test_a_camera_cannot_send_requests_elsewhere_by_redirections(camera: OnvifStandIn) -> None:
    camera.refused = 0
    with hostile(f"{camera.url}/api/restart") as redirecting:
        async with redirecting as device:
            with pytest.raises(OnvifError, match="redirection"):
                await device.learn()
    assert (camera.asked, camera.refused) == ([], 0)


async def test_an_answer_without_an_end_is_refused() -> None:
    with hostile() as endless:
        async with endless as device:
            with pytest.raises(OnvifError, match="larger than 8 MiB"):
                await device.learn()


@pytest.mark.parametrize(
    ("told", "host", "port", "used"),
    [
        ("http://127.0.0.1:5000/api/restart", "192.0.2.7", 8000, "http://192.0.2.7:8000/api/restart"),
        ("http://192.0.2.7/onvif/media", "192.0.2.7", 8000, "http://192.0.2.7/onvif/media"),
        ("http://10.0.0.2/onvif/ptz?a=b", "https://cam.example", 443, "https://cam.example:443/onvif/ptz?a=b"),
        ("http://10.0.0.2/x", "2001:db8::1", 80, "http://[2001:db8::1]:80/x"),
        ("file:///etc/passwd", "192.0.2.7", 80, "http://192.0.2.7:80/etc/passwd"),
        ("http://[", "192.0.2.7", 80, None),
        (None, "192.0.2.7", 80, None),
    ],
)
def test_services_are_at_the_camera(told: str | None, host: str, port: int, used: str | None) -> None:
    assert own_address(told, host, port) == used


async def test_services_at_another_address_are_asked_at_the_cameras(camera: OnvifStandIn) -> None:
    with onvif_camera() as other:
        elsewhere = f"http://localhost:{other.port}"
        with patch.object(OnvifStandIn, "url", elsewhere):
            async with OnvifDevice(address(camera)) as device:
                assert "pt" in (await device.learn()).features
        assert other.asked == []


async def test_certificates_are_checked_unless_the_owner_says_otherwise(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    file = tmp_path / "camera.pem"
    file.write_bytes(self_signed.make("camera", now - timedelta(days=1), now + timedelta(days=1)))
    with onvif_camera(certificate=file) as camera:
        checked = OnvifAddress("https://localhost", camera.port, USER, PASSWORD)
        async with OnvifDevice(checked) as device:
            with pytest.raises(OnvifError, match="certificate"):
                await device.learn()
        assert camera.asked == []
        async with OnvifDevice(replace(checked, tls_insecure=True)) as device:
            assert "pt" in (await device.learn()).features
