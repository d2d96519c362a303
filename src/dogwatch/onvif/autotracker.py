"""Follows objects with the cameras that are to: takes what analysis sees, and orders movements."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from dogwatch.errors import unexpected
from dogwatch.onvif.device import OnvifDevice, OnvifError
from dogwatch.onvif.following import Centre, Following, GoHome, SeenObject, Step, waits

if TYPE_CHECKING:
    from dogwatch.bus.messages import FrameTracks
    from dogwatch.onvif.ptz_cameras import PtzCameras
    from dogwatch.onvif.settings import OnvifCamera

log = logging.getLogger(__name__)

POLL_S = 0.1
MOVE_S = 6.0
"""How long a movement is waited for."""
UNKNOWN_MOVE_S = 1.0
"""How long a movement takes with a camera that does not tell whether it moves."""
HANDS_OFF_S = 30.0
"""How long nothing is followed after somebody has moved the camera."""
RETRY_S = 60.0


class PublishState(Protocol):
    """Takes what is told of a camera; as `outputs.broadcast.Publish`."""

    def __call__(self, topic: str, payload: object, /) -> None:
        """Publish `payload` on `topic`."""


@dataclass(slots=True)
class _Camera:
    """A camera. `away` tells that it may look elsewhere than its home preset shows, because of a movement from here."""

    following: Following
    newest: tuple[float, tuple[SeenObject, ...]] | None = None
    task: asyncio.Task[None] | None = None
    told: bool = False
    quiet_until: float = 0.0
    away: bool = False


class Autotracker:
    """Follows with all cameras. `on_tracks` and `tick` are for the core's event loop, the rest for the ONVIF thread."""

    def __init__(
        self,
        ptz: PtzCameras,
        cameras: Mapping[str, OnvifCamera],
        publish: PublishState,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Follow with those of `cameras` whose tracking is enabled; `clock` gives epoch seconds."""
        self._ptz, self._publish, self._clock = ptz, publish, clock
        self._cameras: dict[str, _Camera] = {}
        ptz.ordered = self._somebody_moves
        self.configure(cameras)

    def configure(self, cameras: Mapping[str, OnvifCamera]) -> None:
        """Follow these settings; a camera that is not to follow any more goes home."""
        wanted = {name: one.tracking for name, one in cameras.items() if one.tracking.enabled}
        for name in self._cameras.keys() - wanted.keys():
            camera = self._cameras.pop(name)
            if (camera.following.active or camera.away) and self._ptz.turns(name):
                self._ptz.run(partial(self._give_up, name, camera))
        for name, settings in wanted.items():
            if name in self._cameras:
                self._cameras[name].following.settings = settings
            else:
                self._cameras[name] = _Camera(Following(settings))

    def on_tracks(self, message: FrameTracks) -> None:
        """Take what was seen in one picture."""
        camera = self._cameras.get(message.camera)
        if camera is None:
            return
        seen = seen_in(message)
        if not camera.following.active and not any(one.zones & camera.following.settings.zones for one in seen):
            return  # nothing to begin with, as nearly always
        camera.newest = message.frame_time, seen
        self._ptz.run(partial(self._wake, message.camera, camera))

    def tick(self) -> None:
        """Notice that nothing has been seen for long; call it about every second."""
        now = self._clock()
        for name, camera in list(self._cameras.items()):
            if camera.following.active or (camera.away and not waits(now, camera.quiet_until)):
                self._ptz.run(partial(self._wake, name, camera))

    async def _wake(self, name: str, camera: _Camera) -> None:
        if camera.task is None:
            camera.task = asyncio.create_task(self._work(name, camera))

    async def _work(self, name: str, camera: _Camera) -> None:
        """Handle the newest picture, and those that come meanwhile; at least look at the clock."""
        step: Step
        try:
            while True:
                newest, camera.newest = camera.newest, None
                if waits(self._clock(), camera.quiet_until):
                    return
                if camera.away and not camera.following.active:  # zones mean nothing until it is at home
                    await self._do(name, camera, GoHome())
                    return
                step = camera.following.wait(self._clock()) if newest is None else camera.following.see(*newest)
                await self._do(name, camera, step)
                if camera.newest is None:
                    return
        except Exception as error:  # cameras answer what they like, and this must go on
            # Where it looks is not known now, so nothing moves it before it has been sent home.
            said = str(error) or type(error).__name__
            log.warning("%s cannot follow: %s", name, said, exc_info=unexpected(error))
            camera.following.leave_alone(0.0)
            camera.quiet_until = self._clock() + RETRY_S
        finally:
            camera.task = None
            self._tell(name, camera)

    async def _do(self, name: str, camera: _Camera, step: Step) -> None:
        self._tell(name, camera)
        if step is None:
            return
        device = self._ptz.device(name)
        began = self._clock()
        match step:
            case Centre():
                await self._centre(device, camera, step)
            case GoHome():
                await device.go_to(camera.following.settings.return_preset)
                camera.away = False
        camera.following.moved(began, await self._arrived(device))

    async def _centre(self, device: OnvifDevice, camera: _Camera, step: Centre) -> None:
        info = await device.learn()
        if not info.spaces.fov:
            raise OnvifError("the camera does not move by parts of its picture (pt-r-fov), which following needs")
        camera.away, zooming = True, camera.following.settings.zooming
        if zooming == "absolute" and step.zoom:
            _, zoom = await device.moving()
            if zoom is not None:
                await device.zoom_to(min(max(zoom + step.zoom, 0.0), 1.0))
        by = step.zoom if zooming == "relative" and info.spaces.zoom_by else 0.0
        if step.pan or step.tilt or by:
            await device.turn_by(step.pan, step.tilt, by)

    async def _arrived(self, device: OnvifDevice) -> float:
        """Wait until the camera stands still; return when it did."""
        monotonic = asyncio.get_running_loop().time
        end = monotonic() + MOVE_S
        await asyncio.sleep(POLL_S)
        while monotonic() < end:
            moves, _ = await device.moving()
            if moves is None:
                await asyncio.sleep(UNKNOWN_MOVE_S)
                break
            if not moves:
                break
            await asyncio.sleep(POLL_S)
        return self._clock()

    async def _give_up(self, name: str, camera: _Camera) -> None:
        if camera.task is not None:
            camera.task.cancel()
        try:
            if camera.following.stop() is not None or camera.away:
                await self._ptz.device(name).go_to(camera.following.settings.return_preset)
        except Exception as error:  # as above
            log.warning("%s does not go back: %s", name, error, exc_info=unexpected(error))
        self._tell(name, camera)

    def _somebody_moves(self, name: str) -> None:
        """Leave a camera alone that somebody moves by hand."""
        camera = self._cameras.get(name)
        if camera is not None:
            camera.following.leave_alone(self._clock() + HANDS_OFF_S)
            camera.away = False
            self._tell(name, camera)

    def _tell(self, name: str, camera: _Camera) -> None:
        active = camera.following.active
        if active != camera.told:
            camera.told = active
            self._publish(f"{name}/ptz_autotracker/active", "ON" if active else "OFF")


def seen_in(message: FrameTracks) -> tuple[SeenObject, ...]:
    """Return what a picture shows, in parts of it."""
    return tuple(
        SeenObject(
            one.id,
            one.label,
            (one.box.x1 + one.box.x2) / message.width - 1,
            1 - (one.box.y1 + one.box.y2) / message.height,
            (one.box.x2 - one.box.x1) / message.width,
            (one.box.y2 - one.box.y1) / message.height,
            frozenset(one.current_zones),
        )
        for one in message.objects
        if not one.false_positive
    )
