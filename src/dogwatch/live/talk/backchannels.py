"""Which cameras take sound: asked when somebody wants to know, and remembered for a while."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

from dogwatch.live.talk.backchannel_connection import BackchannelError, connected, is_rtsp
from dogwatch.live.talk.offered import TalkMedia

log = logging.getLogger(__name__)

KNOWN_S = 600.0
FAILED_S = 30.0  # a camera that cannot be asked
MOST_KNOWN = 256
AT_ONCE = 4
WAIT_S = 3.0


class Backchannels:
    """Remembers by address what each camera takes. For the event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask nobody yet; `clock` gives monotonic seconds."""
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, tuple[TalkMedia, ...]]] = OrderedDict()
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def of(self, address: str) -> tuple[TalkMedia, ...]:
        """Return the streams of sound that a camera takes; empty if there are none, or it does not answer.

        Who asks while another asks waits for the same answer, and nobody waits longer than `WAIT_S`. A camera whose
        turn does not come in that time is asked the next time: it is others that do not answer.
        """
        if not is_rtsp(address):
            return ()
        if (known := self._remembered(address)) is not None:
            return known
        lock, asked = self._asking.setdefault(address, asyncio.Lock()), False
        try:
            async with asyncio.timeout(WAIT_S), lock:
                if (known := self._remembered(address)) is not None:
                    return known
                async with self._turns:
                    asked = True
                    async with connected(address) as connection:
                        found = await connection.describe()
        except (BackchannelError, TimeoutError) as error:
            log.debug("a camera was not asked for its backchannel: %r", error)
            return self._keep(address, (), FAILED_S) if asked else ()
        return self._keep(address, found, KNOWN_S)

    def _remembered(self, address: str) -> tuple[TalkMedia, ...] | None:
        known = self._known.get(address)
        return known[1] if known is not None and self._clock() < known[0] else None

    def _keep(self, address: str, found: tuple[TalkMedia, ...], for_s: float) -> tuple[TalkMedia, ...]:
        self._known[address] = self._clock() + for_s, found
        self._known.move_to_end(address)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return found
