"""Following a walker with a camera that is asked over SOAP: pictures are what its window shows of a large scene."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest

from dogwatch.bus.messages import FrameTracks
from dogwatch.model import Box, TrackedObject
from dogwatch.onvif.autotracker import RETRY_S
from dogwatch.outputs.commands import parse
from dogwatch.testing.app import CONFIG, Nvr, nvr, until
from tests.onvif_camera import PASSWORD, SPACES, USER, OnvifStandIn, onvif_camera

WIDTH, HEIGHT = 640, 360
TRACKING = (
    "    onvif: {{host: 127.0.0.1, port: {port}, user: {user}, password: '{password}', autotracking: "
    "{{enabled: true, required_zones: [porch], timeout: 2{more}}}}}\n"
)


def config(camera: OnvifStandIn, more: str = "") -> str:
    text = TRACKING.format(port=camera.port, user=USER, password=PASSWORD, more=more)
    return CONFIG.replace("  front:\n", f"  front:\n{text}", 1)


def frame(camera: OnvifStandIn, x: float, y: float, number: int, key: str = "walker") -> FrameTracks:
    """Return what analysis tells of a picture with a walker at a position of the scene."""
    with camera.lock:
        seen_x, seen_y = camera.mechanics.seen(x, y)
    at = time.time()
    middle_x, middle_y = (seen_x + 1) / 2 * WIDTH, (1 - seen_y) / 2 * HEIGHT
    box = Box(int(middle_x - 20), int(middle_y - 40), int(middle_x + 20), int(middle_y + 40))
    inside = -1 < seen_x < 1 and -1 < seen_y < 1
    walker = TrackedObject(
        key, "front", "person", at, at, box, box, 0.9, 0.9, 0.9, false_positive=False,
        current_zones=("porch",) if number < 3 else (),
    )  # fmt: skip
    return FrameTracks("front", at, WIDTH, HEIGHT, 0, objects=(walker,) if inside else ())


async def walk(
    app: Nvr, camera: OnvifStandIn, seconds: float, path: Callable[[float], tuple[float, float]]
) -> list[float]:
    """Show pictures, ten a second; return how far from the middle the walker was, once it could be."""
    began, off = time.monotonic(), list[float]()
    number = 0
    while (passed := time.monotonic() - began) < seconds:
        x, y = path(passed)
        app.parts.autotracker.on_tracks(frame(camera, x, y, number))
        with camera.lock:
            off.append(max(map(abs, camera.mechanics.seen(x, y))))
        number += 1
        await asyncio.sleep(0.1)
    return off


async def test_a_walker_is_followed_and_the_camera_goes_home(tmp_path: Path) -> None:
    with onvif_camera() as camera, nvr(tmp_path, config(camera)) as app:
        camera.mechanics.speed = 0.5
        told: list[tuple[str, object]] = []
        publish = app.services.broadcast.publish

        def tell(topic: str, payload: object, /) -> None:
            told.append((topic, payload))
            publish(topic, payload)

        app.parts.autotracker._publish = tell
        off = await walk(app, camera, 5, lambda t: (0.05 * t, 0.02 * t))
        assert camera.mechanics.where[0] > 0.1
        assert max(off) < 1
        assert sorted(off)[len(off) // 2] < 0.5
        assert told == [("front/ptz_autotracker/active", "ON")]
        for _ in range(100):
            app.parts.autotracker.tick()
            await asyncio.sleep(0.1)
            if len(told) > 1:
                break
        assert told == [("front/ptz_autotracker/active", "ON"), ("front/ptz_autotracker/active", "OFF")]
        await until(lambda: camera.mechanics.where == [0.0, 0.0, 0.0] or (camera.mechanics.moving and False))
        assert camera.operations()[-1] in ("GetStatus", "GotoPreset")


async def test_switched_off_it_goes_home_and_follows_nothing(tmp_path: Path) -> None:
    with onvif_camera() as camera, nvr(tmp_path, config(camera)) as app:
        await walk(app, camera, 1.5, lambda t: (0.1, 0.0))
        assert app.parts.autotracker._cameras["front"].following.active
        app.services.switches.set("front", "ptz_autotracker", value=False)
        await until(lambda: "GotoPreset" in camera.operations())
        moves = camera.operations().count("RelativeMove")
        await walk(app, camera, 0.5, lambda t: (0.2, 0.0))
        assert camera.operations().count("RelativeMove") == moves


async def test_who_moves_it_by_hand_is_left_alone(tmp_path: Path) -> None:
    with onvif_camera() as camera, nvr(tmp_path, config(camera)) as app:
        await walk(app, camera, 1, lambda t: (0.1, 0.0))
        app.services.commands.do(parse("front/ptz", "preset_gate"))
        await until(lambda: camera.mechanics.where[0] == 0.5)
        moves = camera.operations().count("RelativeMove")
        await walk(app, camera, 0.5, lambda t: (0.6, -0.25))
        assert camera.operations().count("RelativeMove") == moves
        assert camera.mechanics.where[0] == 0.5


async def test_nothing_is_asked_while_nobody_is_there(tmp_path: Path) -> None:
    with onvif_camera() as camera, nvr(tmp_path, config(camera)) as app:
        empty = FrameTracks("front", time.time(), WIDTH, HEIGHT, 0)
        for _ in range(100):
            app.parts.autotracker.on_tracks(empty)
            app.parts.autotracker.tick()
        assert not app.parts.ptz._thread.running
        assert camera.operations() == []


@pytest.mark.parametrize(
    ("error", "later"),
    [
        (ValueError("an odd answer"), RETRY_S + 1),
        (OSError(113, "no route to host"), RETRY_S + 1),
        (TimeoutError(), RETRY_S + 1),
        (KeyError("x"), -3600.0),  # the clock was set back
    ],
)
async def test_any_error_ends_in_the_home_position(tmp_path: Path, error: Exception, later: float) -> None:
    """Whatever goes wrong in a movement: the camera is left alone for a while, sent home, and follows again."""
    now = time.time()
    shift = 0.0
    with onvif_camera() as camera, nvr(tmp_path, config(camera), clock=lambda: time.time() + shift) as app:
        tracker = app.parts.autotracker
        front = tracker._cameras["front"]
        device = app.parts.ptz.device("front")
        working = device.moving
        failing = True

        async def moving() -> tuple[bool | None, float | None]:
            if failing:
                raise error
            return await working()

        device.moving = moving  # type: ignore[method-assign]
        await walk(app, camera, 1, lambda t: (0.1, 0.0))
        await until(lambda: front.away and front.task is None and front.quiet_until > now)
        assert not front.following.active
        moves = camera.operations().count("RelativeMove")
        await walk(app, camera, 0.5, lambda t: (0.2, 0.0))
        for _ in range(5):
            tracker.tick()
        assert camera.operations().count("RelativeMove") == moves == 1
        assert "GotoPreset" not in camera.operations()
        failing, shift = False, later
        tracker.tick()
        await until(lambda: not front.away and front.task is None and not camera.mechanics.moving, 30)
        assert camera.mechanics.where == [0.0, 0.0, 0.0]
        assert camera.operations().count("RelativeMove") == moves
        await walk_until(app, camera, (0.1, 0.0), lambda: camera.operations().count("RelativeMove") > moves, shift)


async def walk_until(
    app: Nvr, camera: OnvifStandIn, place: tuple[float, float], condition: Callable[[], bool], shift: float
) -> None:
    """Show somebody who stands at a place, as the clock is `shift` later, until a condition holds."""
    async with asyncio.timeout(30):
        while not condition():
            message = frame(camera, *place, 0)
            app.parts.autotracker.on_tracks(msgspec.structs.replace(message, frame_time=message.frame_time + shift))
            await asyncio.sleep(0.1)


async def test_a_zoom_that_is_none_does_not_move_the_lens(tmp_path: Path) -> None:
    with onvif_camera() as camera, nvr(tmp_path, config(camera)) as app:
        device = app.parts.ptz.device("front")
        for said in ("NaN", "INF", "57.5", "-1"):
            with patch.object(camera, "_tptz_GetStatus", zoomed(said), create=True):
                found = await asyncio.wrap_future(app.parts.ptz.run(device.moving))
            assert found[1] is None, said


def zoomed(value: str) -> Callable[[object], str]:
    """Return what answers with a zoom."""
    return lambda _: (
        f'<tptz:PTZStatus><tt:Position><tt:Zoom x="{value}" space="{SPACES}/ZoomSpaces/PositionGenericSpace"/>'
        "</tt:Position><tt:UtcTime>2026-01-01T00:00:00Z</tt:UtcTime></tptz:PTZStatus>"
    )
