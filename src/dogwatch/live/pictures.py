"""What a camera sees now, as still pictures and motion JPEG: each picture is encoded once for all viewers."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING

from dogwatch.bus import shared
from dogwatch.bus.messages import FrameTracks, RingMade
from dogwatch.errors import DogwatchError, NotFoundError, RingError
from dogwatch.live.drawing import PLAIN, PictureSettings, PictureStyle
from dogwatch.live.encoding import encoded, newest
from dogwatch.media.picture_pool import POOL, TooManyWaitingError, pooled

if TYPE_CHECKING:
    from dogwatch.bus.ring import FrameRing

log = logging.getLogger(__name__)

CACHE_SIZE = 16
CACHE_BYTES = 8 << 20  # a camera; a large PNG has more
UNUSED_S = 10.0  # how long a picture that nobody asks for is kept
MAX_FPS = 30.0
MAX_VIEWERS = 32
DEMAND_S = 3.0
BOUNDARY = b"frame"


@dataclass(frozen=True, slots=True)
class Still:
    """An encoded picture taken at `time` (epoch s, 0 if there was none); `offline` when it is too old."""

    data: bytes
    time: float
    offline: bool


@dataclass(frozen=True, slots=True)
class RingName:
    """The name of a camera's frame ring, and the size of the pictures in it."""

    name: str
    width: int
    height: int

    @property
    def aspect(self) -> float:
        """Width / height."""
        return self.width / self.height


@dataclass(slots=True)
class _CameraPictures:
    settings: PictureSettings
    changes: int = 0
    path: Path = Path()
    size: tuple[int, int] = (0, 0)
    memory: mmap | None = None  # mapped from the beginning: the last picture can be seen when ingest has died
    opened: FrameRing | None = None
    tracks: FrameTracks | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    cache: OrderedDict[tuple[float, float, bool, int, PictureStyle], bytes] = field(default_factory=OrderedDict)
    used: float = 0.0

    @property
    def ring(self) -> FrameRing | None:
        """The frame ring; None if there is none that can be read."""
        from dogwatch.bus.ring import FrameRing  # NumPy: the core holds 10 MiB less until the first picture

        if self.opened is None and self.memory is not None:
            try:
                self.opened = FrameRing.over(self.path, self.memory)
            except RingError as error:
                log.warning("no live pictures: %s", error)
                self.memory = None
        return self.opened

    def demand(self, until: float) -> None:
        """Ask for every frame until `until` (epoch s)."""
        from dogwatch.bus.ring import Reader

        if (ring := self.ring) is not None:
            ring.demand_full(Reader.CORE, until)


class TooManyViewersError(DogwatchError):
    """There are as many viewers as are allowed."""

    status = 503

    def __init__(self) -> None:
        """Say so."""
        super().__init__("Too many viewers")


class TooManyOfUserError(TooManyViewersError):
    """One user watches as many streams as one may."""

    status = 429

    def __init__(self) -> None:
        """Say so."""
        DogwatchError.__init__(self, "You watch as many live streams as one user may")


class LivePictures:
    """The newest pictures of all cameras. `on_...` on the event loop, `still` in worker threads."""

    def __init__(
        self, cameras: Mapping[str, PictureSettings], ring_directory: str, clock: Callable[[], float] = time.time
    ) -> None:
        """Read rings in `ring_directory`."""
        self._directory, self._clock = ring_directory, clock
        self._cameras: dict[str, _CameraPictures] = {}
        self._viewers = 0
        self.configure(cameras)

    def configure(self, cameras: Mapping[str, PictureSettings]) -> None:
        """Show these cameras from now on; streams of others end."""
        before = self._cameras
        self._cameras = {name: before.get(name) or _CameraPictures(settings) for name, settings in cameras.items()}
        for name, settings in cameras.items():
            camera = self._cameras[name]
            if camera.settings != settings:
                camera.settings = settings
                camera.changes += 1

    def on_ring(self, message: RingMade) -> None:
        """Attach to a camera's new ring; the old one's memory goes with its last reader."""
        camera = self._cameras.get(message.camera)
        if camera is None:
            return
        camera.path, camera.size = Path(self._directory) / message.ring, (message.width, message.height)
        camera.memory = camera.opened = None
        try:
            camera.memory = shared.attach(camera.path)
        except RingError as error:
            log.warning("%s: no live pictures: %s", message.camera, error)

    def on_tracks(self, tracks: FrameTracks) -> None:
        """Keep what was found in a camera's newest frame, for drawing."""
        if tracks.camera in self._cameras:
            self._cameras[tracks.camera].tracks = tracks

    def tidy(self) -> None:
        """Let go of the pictures of cameras that nobody has looked at lately; on the event loop, now and then."""
        for camera in self._cameras.values():
            if camera.cache and time.monotonic() - camera.used > UNUSED_S and camera.lock.acquire(blocking=False):
                camera.cache.clear()
                camera.lock.release()

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Return width and height of the cameras' pictures, as far as known."""
        return {name: camera.size for name, camera in self._cameras.items() if camera.memory is not None}

    def rings(self) -> dict[str, RingName]:
        """Return the frame rings of the cameras that have one."""
        return {
            name: RingName(camera.path.name, *camera.size)
            for name, camera in self._cameras.items()
            if camera.memory is not None
        }

    @pooled
    def still(self, camera: str, style: PictureStyle = PLAIN) -> Still:
        """Return the newest picture of `camera`, or one that says that there is none.

        Raises:
            NotFoundError: There is no such camera, or no longer.
            MediaError: It cannot be encoded.
        """
        kept = self._cameras.get(camera)
        if kept is None:
            raise NotFoundError("Camera not found")
        tracks = kept.tracks if style.drawing.of_tracks else None
        kept.used = time.monotonic()
        with kept.lock:  # others who want the same wait here and find it encoded
            ring = kept.ring
            seq, taken = newest(ring, tracks.frame_time if tracks else None)
            age, limit = abs(self._clock() - taken), kept.settings.offline_s  # ahead: the clock was set back
            offline = age > limit
            if age > limit / 2:
                # Keyframes are rare while the picture is quiet: the next picture asked for will be newer.
                kept.demand(self._clock() + DEMAND_S)
            key = (taken, tracks.frame_time if tracks else 0.0, offline and not taken, kept.changes, style)
            data = kept.cache.get(key)
            if data is None:
                data = encoded(kept.settings, ring, seq, taken, tracks, style)
                kept.cache[key] = data
                while len(kept.cache) > CACHE_SIZE or sum(map(len, kept.cache.values())) > CACHE_BYTES:
                    kept.cache.popitem(last=False)
            else:
                kept.cache.move_to_end(key)
        return Still(data, taken, offline)

    def ask(self, camera: str) -> None:
        """Have every frame of `camera` decoded for some seconds, so that there is a new picture soon."""
        if (kept := self._cameras.get(camera)) is not None:
            kept.demand(self._clock() + DEMAND_S)

    def mjpeg(self, camera: str, style: PictureStyle, fps: float, caller: str = "") -> AsyncGenerator[bytes, None]:
        """Return an endless stream of JPEG parts of `camera`; while it is read, every frame is decoded.

        `caller` is whose turn it is to have a picture made.

        Raises:
            TooManyViewersError: There are `MAX_VIEWERS` already.
        """
        return _parts(self.jpegs(camera, style, fps, caller))

    def jpegs(self, camera: str, style: PictureStyle, fps: float, caller: str = "") -> AsyncGenerator[bytes, None]:
        """Return an endless stream of JPEGs of `camera`; see `mjpeg`."""
        if self._viewers >= MAX_VIEWERS:
            raise TooManyViewersError
        return self._jpegs(camera, style, 1 / min(max(fps, 0.1), MAX_FPS), caller)

    async def _jpegs(self, camera: str, style: PictureStyle, period: float, caller: str) -> AsyncGenerator[bytes, None]:
        self._viewers += 1
        try:
            shown, repeat = b"", 0.0
            loop = asyncio.get_running_loop()
            due = loop.time()
            while True:
                kept = self._cameras.get(camera)
                if kept is None:
                    return  # it has been taken out of the configuration
                kept.demand(self._clock() + DEMAND_S)
                try:
                    data = await self._next(camera, style, caller) or shown
                except NotFoundError:
                    return
                # A picture is sent again now and then, so that a viewer who has gone is noticed.
                if data != shown or loop.time() >= repeat:
                    shown, repeat = data, loop.time() + 1.0
                    yield shown
                due = max(due + period, loop.time())
                await asyncio.sleep(due - loop.time())
        finally:
            self._viewers -= 1

    async def _next(self, camera: str, style: PictureStyle, caller: str) -> bytes | None:
        """Return the newest picture; None if so many are wanted that this one is left out."""
        try:
            turn = POOL.submit(caller, partial(self.still, camera, style))
        except TooManyWaitingError:
            return None
        try:
            return (await asyncio.wrap_future(turn.future)).data
        finally:
            turn.release()


async def _parts(jpegs: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield pictures as parts of `multipart/x-mixed-replace`."""
    async with aclosing(jpegs):
        yield b"--" + BOUNDARY + b"\r\n"
        async for one in jpegs:
            # The boundary goes out with the part that it ends: browsers show a part when it has ended.
            yield b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n--%b\r\n" % (len(one), one, BOUNDARY)
