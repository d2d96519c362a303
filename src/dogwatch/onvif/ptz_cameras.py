"""All cameras that turn: tells what they can, and carries orders out, each camera by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from dogwatch.errors import NotFoundError, unexpected
from dogwatch.onvif.device import TURN_S, OnvifDevice
from dogwatch.onvif.moves import PtzMove
from dogwatch.onvif.settings import OnvifAddress, OnvifCamera
from dogwatch.onvif.soap_thread import SoapThread

log = logging.getLogger(__name__)

INFO_S = 25.0
DIRECTIONS = {
    "move_up": (0, 1, 0),
    "move_down": (0, -1, 0),
    "move_left": (-1, 0, 0),
    "move_right": (1, 0, 0),
    "zoom_in": (0, 0, 1),
    "zoom_out": (0, 0, -1),
}
"""Pan, tilt and zoom of the moves that go on."""
KEPT_S = 3600.0
"""How long a camera's answer about what it can is believed."""
RETRY_S = 30.0
"""How long a camera that could not be asked is left alone by those who only want to know what it can."""


@dataclass(slots=True)
class _Camera:
    device: OnvifDevice
    address: OnvifAddress
    waiting: PtzMove | None = None
    task: asyncio.Task[None] | None = None
    stop: asyncio.TimerHandle | None = None
    turning: bool = False
    learnt_at: float = float("-inf")
    failed_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class PtzCameras:
    """The cameras of the configuration that have an ONVIF service. For any thread."""

    def __init__(self, cameras: Mapping[str, OnvifCamera], turn_s: float = TURN_S) -> None:
        """Ask nobody yet; a movement that nobody stops ends after `turn_s`."""
        self._settings = dict(cameras)
        self._turn_s = turn_s
        self._cameras: dict[str, _Camera] = {}
        self._thread = SoapThread()
        self.ordered: Callable[[str], None] = lambda _camera: None
        """Called in the thread for ONVIF with the camera that somebody has given an order to."""

    def configure(self, cameras: Mapping[str, OnvifCamera]) -> None:
        """Follow another configuration: a camera with another address is asked anew."""
        self._settings = dict(cameras)
        if self._thread.running:
            self._thread.submit(self._tidy())

    def close(self) -> None:
        """Stop cameras that turn, and end the thread."""
        self._thread.close(self._end())

    def turns(self, camera: str) -> bool:
        """Whether a camera has an ONVIF service in the configuration."""
        return camera in self._settings

    def move(self, camera: str, move: PtzMove) -> None:
        """Have a camera do something, soon; of orders that wait only the newest counts.

        Raises:
            NotFoundError: It has no ONVIF service.
        """
        if camera not in self._settings:
            raise NotFoundError(f"The camera '{camera[:100]}' has no ONVIF service (onvif.host).")
        self._thread.submit(self._take(camera, move))

    def info(self, camera: str) -> Future[dict[str, Any]]:
        """Return what a camera can, as docs/api/cameras.md says; empty if it cannot be asked."""
        if camera not in self._settings:
            nothing: Future[dict[str, Any]] = Future()
            nothing.set_result({})
            return nothing
        return self._thread.submit(self._info(camera))

    def run(self, work: Callable[[], Any]) -> Future[Any]:
        """Run a coroutine function in the thread for ONVIF, such as one that asks other cameras."""
        return self._thread.submit(work())

    def device(self, camera: str) -> OnvifDevice:
        """Return a camera to ask; only in the thread for ONVIF.

        Raises:
            NotFoundError: It has no ONVIF service.
        """
        return self._camera(camera).device

    def _camera(self, name: str) -> _Camera:
        settings = self._settings.get(name)
        if settings is None:
            raise NotFoundError(f"The camera '{name[:100]}' has no ONVIF service (onvif.host).")
        found = self._cameras.get(name)
        if found is None or found.address != settings.address:
            found = self._cameras[name] = _Camera(OnvifDevice(settings.address), settings.address)
        return found

    async def _tidy(self) -> None:
        for name, camera in list(self._cameras.items()):
            settings = self._settings.get(name)
            if settings is None or settings.address != camera.address:
                del self._cameras[name]
                await self._leave(camera)

    async def _end(self) -> None:
        await asyncio.gather(*(self._leave(camera) for camera in self._cameras.values()), return_exceptions=True)

    async def _leave(self, camera: _Camera) -> None:
        """Stop a camera that was left turning, and close its connections."""
        if camera.stop is not None:
            camera.stop.cancel()
        if camera.turning:
            try:
                async with asyncio.timeout(3):
                    await camera.device.halt()
            except Exception as error:  # the others must be left too
                said = str(error) or "no answer"
                log.warning("a camera was left turning: %s", said, exc_info=unexpected(error))
        await camera.device.close()

    async def _take(self, name: str, move: PtzMove) -> None:
        camera = self._camera(name)
        camera.waiting = move
        self.ordered(name)
        if camera.task is None:
            camera.task = asyncio.create_task(self._work(name, camera))

    async def _work(self, name: str, camera: _Camera) -> None:
        try:
            while (move := camera.waiting) is not None:
                camera.waiting = None
                try:
                    await self._do(name, camera, move)
                except Exception as error:  # the next order must be carried out all the same
                    log.warning("%s does not do what is ordered: %s", name, error, exc_info=unexpected(error))
        finally:
            camera.task = None

    async def _do(self, name: str, camera: _Camera, move: PtzMove) -> None:
        device = camera.device
        if camera.stop is not None:
            camera.stop.cancel()
            camera.stop = None
        match move.action:
            case "preset":
                await device.go_to(move.preset)
                camera.turning = False
            case "move_relative":
                await device.turn_by(move.pan, move.tilt, move.zoom)
                camera.turning = False
            case "stop":
                await device.halt()
                camera.turning = False
            case "focus_in" | "focus_out":
                self._stop_later(name, camera)
                await device.focus(1 if move.action == "focus_in" else -1)
            case _:
                self._stop_later(name, camera)
                await device.turn(*DIRECTIONS[move.action])

    def _stop_later(self, name: str, camera: _Camera) -> None:
        """Stop what nobody stops: a client may be gone before it sends its STOP."""
        camera.turning = True
        camera.stop = asyncio.get_running_loop().call_later(self._turn_s, self._stop_now, name, camera)

    def _stop_now(self, name: str, camera: _Camera) -> None:
        camera.stop = None
        camera.waiting = camera.waiting or PtzMove("stop")
        if camera.task is None:
            camera.task = asyncio.create_task(self._work(name, camera))

    async def _info(self, name: str) -> dict[str, Any]:
        camera = self._camera(name)
        async with camera.lock:  # who asks at the same time gets the same answer
            now = asyncio.get_running_loop().time()
            if camera.device.info is None and now - camera.failed_at < RETRY_S:
                return {}
            try:
                async with asyncio.timeout(INFO_S):
                    info = await camera.device.learn(again=now - camera.learnt_at > KEPT_S)
            except Exception as error:  # who asks is told nothing then
                said = str(error) or "no answer"
                log.warning("%s does not tell what it can: %s", name, said, exc_info=unexpected(error))
                camera.failed_at = now
                return {}
            if now - camera.learnt_at > KEPT_S:
                camera.learnt_at = now
        return {
            "name": name,
            "features": list(info.features),
            "presets": list(info.presets),
            "profiles": [{"name": title, "token": token} for title, token in info.profiles],
        }
