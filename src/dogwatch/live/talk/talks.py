"""Who talks through which camera: one at a time, and only who may."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from typing import TYPE_CHECKING, Any

from dogwatch.errors import ConflictError, DogwatchError, ForbiddenError, unexpected
from dogwatch.live.talk.backchannel_connection import BackchannelError, connected
from dogwatch.live.talk.backchannels import Backchannels

if TYPE_CHECKING:
    from dogwatch.auth.caller import Caller
    from dogwatch.config import Config
    from dogwatch.live.streams import LiveStreams
    from dogwatch.live.talk.offered import TalkFormat, TalkMedia
    from dogwatch.live.talk.voice import Voice

log = logging.getLogger(__name__)

SILENCE_S = 60.0
AGAIN_S = 5.0
LOOK_S = 1.0
QUIET = 0.002  # -54 dB: what a microphone hears of a quiet room, and all of one that is muted


class TalkRefusedError(ForbiddenError):
    """The caller may not talk through the camera."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("you may not talk through this camera")


class TalkBusyError(ConflictError):
    """Somebody else does."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("somebody else is talking through this camera")


def talk_of(config: Config) -> frozenset[str]:
    """Return the cameras through which everybody may talk who sees them."""
    return frozenset(name for name, camera in config.cameras.items() if camera.live.talk == "everybody")


class Talks:
    """All talks. For the event loop."""

    def __init__(self, streams: LiveStreams, everybody: frozenset[str]) -> None:
        """Talk through the cameras of `streams`; administrators may, and all who see a camera in `everybody`."""
        self._streams, self._everybody = streams, everybody
        self._talkers: dict[str, Talk] = {}
        self.backchannels = Backchannels()

    @property
    def count(self) -> int:
        """How many talk, those who are about to among them."""
        return len(self._talkers)

    def configure(self, everybody: frozenset[str]) -> None:
        """Go by this from now on; a talk that is no longer allowed ends within a second."""
        self._everybody = everybody

    async def medias(self, camera: str, index: int) -> list[list[str]]:
        """Return what the sources of an input take, such as `audio, sendonly, PCMU/8000`, in their order."""
        found = await asyncio.gather(*(self.backchannels.of(one) for one in self._streams.sources(camera, index)))
        return [
            [f"audio, sendonly, {', '.join(str(one) for one in media.formats)}" for media in medias] for medias in found
        ]

    def addresses(self, camera: str, index: int) -> list[str]:
        """Return where the sound for an input may go now; they hold credentials."""
        return self._streams.sources(camera, index)

    def may(self, camera: str, caller: Caller) -> bool:
        """Whether `caller` may talk through `camera`."""
        return caller.is_admin or (camera in self._everybody and caller.may_see(camera))

    async def begin(self, stream: str, caller: Caller, *, asked: bool) -> Talk | None:
        """Return a talk with the camera of `stream`; end it.

        Args:
            stream: The stream's name.
            caller: Who talks.
            asked: Whether that is wanted for certain. Many players offer to send sound, and have none: these begin to
                talk when they send some, and nobody is told if they may not.

        Returns:
            The talk, which holds the camera already if it was asked for; None if the camera takes no sound.

        Raises:
            TalkRefusedError: It was asked for, and `caller` may not.
            TalkBusyError: It was asked for, and somebody else talks.
        """
        found = self._streams.find(stream, caller)
        if found is None:
            return None
        camera, index = found
        if not self.may(camera, caller):
            if asked:
                raise TalkRefusedError
            return None
        talk = Talk(self, camera, index, caller)
        if not asked:
            return talk if talk.addresses else None
        if await talk.found() is None:
            return None
        if not self.take(camera, talk):
            raise TalkBusyError
        return talk

    def take(self, camera: str, talk: Talk) -> bool:
        """Hold a camera for one talk; return whether nobody else does."""
        return self._talkers.setdefault(camera, talk) is talk

    def holds(self, camera: str, talk: Talk) -> bool:
        """Whether a camera is held for this talk."""
        return self._talkers.get(camera) is talk

    def release(self, camera: str, talk: Talk) -> None:
        """Let others talk."""
        if self._talkers.get(camera) is talk:
            del self._talkers[camera]


class Talk:
    """One who may talk through a camera, as long as one player is connected."""

    def __init__(self, talks: Talks, camera: str, index: int, caller: Caller) -> None:
        """Use `Talks.begin`."""
        self._talks, self._camera, self._index, self._caller = talks, camera, index, caller
        self._address: str | None = None  # where the sound goes
        self._task: asyncio.Task[None] | None = None
        self._voice: Voice | None = None
        self._heard = self._failed = -math.inf  # monotonic s

    @property
    def addresses(self) -> list[str]:
        """Where the sound may go, by the configuration in force: another camera may have come in this one's place."""
        return self._talks.addresses(self._camera, self._index)

    async def found(self) -> tuple[str, TalkMedia, TalkFormat] | None:
        """Return where the sound goes and how; None if the camera takes none that can be sent."""
        from dogwatch.live.talk.voice import chosen

        for address in self.addresses:
            if (one := chosen(await self._talks.backchannels.of(address))) is not None:
                return address, *one
        return None

    async def listen(self, track: Any) -> None:
        """Pass on the sound of aiortc's `track` until that ends: to the camera while there is any, else to nobody."""
        from aiortc import MediaStreamError

        self._heard = time.monotonic()
        if self._talks.holds(self._camera, self):
            self._task = asyncio.create_task(self._talk())
        try:
            while True:
                try:
                    async with asyncio.timeout(LOOK_S):
                        frame = await track.recv()
                except TimeoutError:
                    frame = None
                self._pass_on(frame)
        except MediaStreamError:
            pass  # the player has gone
        finally:
            await self.end()

    async def end(self) -> None:
        """Close what is open to the camera."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._talks.release(self._camera, self)

    def _pass_on(self, frame: Any | None) -> None:
        from dogwatch.media.talk_encoder import peak

        now = time.monotonic()
        loud = frame is not None and peak(frame) > QUIET
        if loud:
            self._heard = now
        allowed = self._talks.may(self._camera, self._caller)
        if self._task is None or self._task.done():
            if loud and allowed and now - self._failed > AGAIN_S and self._talks.take(self._camera, self):
                self._task = asyncio.create_task(self._talk())
        elif self._task.cancelling():
            pass  # it says goodbye to the camera, which another call would interrupt
        elif now - self._heard > SILENCE_S or not allowed or self._is_elsewhere():
            self._task.cancel()
        elif self._voice is not None and frame is not None:
            self._say(self._voice, frame)

    def _is_elsewhere(self) -> bool:
        return self._address is not None and self._address not in self.addresses

    def _say(self, voice: Voice, frame: Any) -> None:
        """Send a frame; end the talk if that fails. The microphone is listened to all the same: aiortc keeps all."""
        try:
            voice.say(frame)
        except Exception as error:
            log.warning("%s: a talk has failed: %s", self._camera, error, exc_info=unexpected(error))
            self._failed = time.monotonic()
            if self._task is not None:
                self._task.cancel()

    async def _talk(self) -> None:
        """Hold a connection to the camera until the camera closes it, or this is cancelled."""
        try:
            found = await self.found()
            if found is not None:
                await self._connect(found[0])
            self._failed = time.monotonic()
        except DogwatchError as error:
            log.warning("%s: nobody can talk through it: %s", self._camera, error)
            self._failed = time.monotonic()
        except Exception as error:  # a fault here must not end what is watched
            self._failed = time.monotonic()
            log.error("%s: a talk has failed: %s", self._camera, error, exc_info=unexpected(error))
        finally:
            self._talks.release(self._camera, self)

    async def _connect(self, address: str) -> None:
        from dogwatch.live.talk.voice import Voice, chosen

        async with connected(address) as connection:
            wanted = chosen(await connection.describe())
            if wanted is None:
                raise BackchannelError("the camera takes no sound any more")
            await connection.begin(wanted[0])
            self._voice, self._address = Voice(connection, wanted[1], time.time()), address
            log.info("%s: %s talks (%s)", self._camera, self._caller.username, wanted[1])
            try:
                await connection.ended()
            finally:
                self._voice.close()
                self._voice = self._address = None
                log.info("%s: %s talks no more", self._camera, self._caller.username)
