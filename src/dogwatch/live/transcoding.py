"""Passes a camera's packets on to the process that encodes them anew, while somebody watches that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection

from dogwatch.bus.messages import Message, TranscodeBegin, TranscodePacket
from dogwatch.live.feeds import NoVideoError, PacketViewer, StreamChangedError

log = logging.getLogger(__name__)

AGAIN_S = 0.5
Tell = Callable[[str, Message], object]
"""Sends a message to an encoding process; false if it does not take it."""


class PacketRelays:
    """One relay for each such process. For the event loop."""

    def __init__(self, viewer: Callable[[str, int], PacketViewer], tell: Tell) -> None:
        """Watch an input of a camera with `viewer`."""
        self._viewer, self._tell = viewer, tell
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.dropped = 0
        """How many packets were not passed on because a process was too slow."""

    def begin(self, name: str, camera: str, index: int) -> None:
        """Pass packets on to the process `name`, which has just come, from the last keyframe on."""
        self.end(name)
        self._tasks[name] = asyncio.get_running_loop().create_task(self._relay(name, camera, index))

    def end(self, name: str) -> None:
        """Pass nothing on to the process `name` any more."""
        if (task := self._tasks.pop(name, None)) is not None:
            task.cancel()

    def keep(self, names: Collection[str]) -> None:
        """Pass nothing on to other processes than these."""
        for name in [name for name in self._tasks if name not in names]:
            self.end(name)

    async def _relay(self, name: str, camera: str, index: int) -> None:
        while True:
            try:
                async with self._viewer(camera, index) as viewer:
                    await self._pass_on(name, viewer)
            except (StreamChangedError, NoVideoError) as error:
                log.debug("%s: its packets begin anew: %r", name, error)
            await asyncio.sleep(AGAIN_S)

    async def _pass_on(self, name: str, viewer: PacketViewer) -> None:
        """Pass packets on until the stream begins anew; after one that is not taken, from the next keyframe on."""
        self._tell(name, TranscodeBegin((await viewer.begin()).tracks))
        skipping = True
        while True:
            one = await viewer.next()
            if not skipping or one.keyframe:
                packet = TranscodePacket(one.track, one.time, one.pts, one.dts, one.keyframe, one.data)
                skipping = not self._tell(name, packet)
            self.dropped += skipping
