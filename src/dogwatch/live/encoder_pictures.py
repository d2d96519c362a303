"""Tells encoding processes what to encode: frame rings and where their pictures go, or a camera's packets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dogwatch.bus import encoded_names
from dogwatch.bus.encoded_names import BIRDSEYE
from dogwatch.bus.messages import Message, PictureCell, RingMade, ShowCells, WorkerReady
from dogwatch.live.encoded import EncodedOutput

if TYPE_CHECKING:
    from dogwatch.live.birdseye.composer import Birdseye, Rings
    from dogwatch.live.pictures import RingName
    from dogwatch.live.transcoding import PacketRelays

KIND = "encoding"
"""The kind of such a worker."""


class EncoderPictures:
    """Knows which encoding processes are wanted, and tells them what to encode. For the event loop."""

    def __init__(
        self,
        rings: Rings,
        birdseye: Birdseye,
        relays: PacketRelays,
        tell: Callable[[str, Message], object],
    ) -> None:
        """Tell processes with `tell`, by their names."""
        self._rings, self._birdseye, self._relays, self._tell = rings, birdseye, relays, tell
        self._outputs: Mapping[str, EncodedOutput] = {}

    def want(self, outputs: Mapping[str, EncodedOutput]) -> None:
        """Take note of the outputs that somebody watches; a process whose output has changed is replaced, and asks."""
        before, self._outputs = self._outputs, outputs
        if (BIRDSEYE in before) != (BIRDSEYE in outputs):
            self._birdseye.watch(BIRDSEYE in outputs)
        self._relays.keep(outputs)

    def on_ready(self, message: WorkerReady) -> None:
        """Tell a process that has come what to show."""
        if message.kind != KIND:
            return
        output = self._outputs.get(message.name)
        if message.name == BIRDSEYE:
            self._birdseye.tell()
        elif output is not None and output.input is not None:
            self._relays.begin(message.name, output.camera, output.input)
        else:
            self._show(message.name)

    def on_ring(self, message: RingMade) -> None:
        """Show a camera's new ring."""
        name = encoded_names.of_pictures(message.camera)
        self._show(name)
        self._birdseye.update()

    def _show(self, name: str) -> None:
        output = self._outputs.get(name)
        if output is None or output.input is not None:
            return
        ring = self._rings().get(output.camera)
        if ring is not None:
            self._tell(name, cells_of(output, ring))


def cells_of(output: EncodedOutput, ring: RingName) -> ShowCells:
    """Return the whole picture of one camera, no higher than `output` says, nor than the ring's pictures."""
    height = max(2, min(output.height, ring.height) // 2 * 2)
    width = max(2, round(height * ring.aspect) // 2 * 2)
    return ShowCells(width, height, (PictureCell(output.camera, ring.name, 0, 0, width, height),))
