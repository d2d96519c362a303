"""What has still to be sent to the broker: bounded, in order, and each message once.

A *state* is what a topic says now, such as a count or a switch. Of each state the newest value is kept, and all of them
are sent when a connection begins. So while there is no connection, states cost nothing but their newest value. *What
has happened* (`HAPPENINGS`) is sent once: it waits for a connection, up to limits of number, size and age.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from dogwatch.outputs.broadcast import Publication

log = logging.getLogger(__name__)

HAPPENINGS = frozenset({"events", "reviews", "tracked_object_update", "triggers"})
ONLY_WEBSOCKET = frozenset(
    {
        "stats",  # has an interval of its own
        "camera_activity",
        "model_state",
        "job_state",
        "embeddings_reindex_progress",
        "birdseye_layout",
        "audio_detections",
        "camera_monitoring",
        "restart",
    }
)
LIMIT, LIMIT_BYTES = 1000, 4 << 20
PATIENCE_S = 1.0
"""Where nothing else is sent, messages that may wait go at whole multiples of this on the loop's clock, as the core's
own timers: each time that the system is handed something costs about as much as eight more messages handed with it."""
LEVELS = ("/audio/dBFS", "/audio/rms")
TELLING = (
    "label",
    "sub_label",
    "active",
    "current_zones",
    "entered_zones",
    "pending_loitering",
    "has_clip",
    "has_snapshot",
    "max_severity",
    "recognized_license_plate",
)
"""Of an object, what somebody may act on. An update without any of it, of a place or a better picture, may wait."""
KEPT_S = 600.0
"""For how long what has happened waits. Who hears of a visitor an hour late is not helped; it can be read by HTTP."""
BEHIND = 500
"""Messages that may wait on a connection before values of states that are no longer true are left out."""
MOST_TOPICS = 50_000
Payload = str | bytes | int | float


@dataclass(eq=False, slots=True)
class Outgoing:
    """One message. `at` is when it was published (monotonic s) if it tells what has happened, None for a state."""

    topic: str
    payload: Payload
    retain: bool = False
    at: float | None = None
    number: int = 0

    @property
    def size(self) -> int:
        """Its size, about, in bytes."""
        return len(self.payload) if isinstance(self.payload, str | bytes) else 8


Waiting = OrderedDict[Hashable, Outgoing]


class BrokerQueue:
    """Everything for one broker and prefix. What publishes is for any thread, the rest for the event loop."""

    def __init__(self, prefix: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin without a connection, in the running event loop; `prefix` begins every topic."""
        self.prefix, self._monotonic = prefix, monotonic
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._waiting = False
        self._lock = threading.Lock()
        self._wake, self._woken = asyncio.Event(), False
        self._empty = asyncio.Event()
        self._newest: dict[str, tuple[Payload, bool]] = {}
        self._states: Waiting = OrderedDict()
        self._happened: Waiting = OrderedDict()
        self._happened_bytes = 0
        self._sending: dict[int, Outgoing] = {}
        self._online = False
        self._number = 0
        self.dropped = self.sent = 0

    # ------------------------------------------------------------ what is published

    def offer(self, publication: Publication) -> None:
        """Take in what was published."""
        if publication.topic in ONLY_WEBSOCKET:
            return
        try:
            payload = publication.encoded()
        except (TypeError, ValueError) as error:  # whoever publishes has other things to do
            log.error("what was published on %s is no JSON: %s", publication.topic, error)
            return
        if not isinstance(payload, str | bytes | int | float):
            return
        with self._lock:
            if publication.topic in HAPPENINGS:
                self._happen(publication, payload)
            else:
                self._say(f"{self.prefix}/{publication.topic}", payload, publication.retain)
        if _may_wait(publication):
            self._wake_up_soon()
        else:
            self._wake_up()

    def begin(self, retained: Iterable[Publication]) -> None:
        """Take in what was retained before this queue was told anything, unless it has changed since."""
        for publication in retained:
            if f"{self.prefix}/{publication.topic}" not in self._newest:
                self.offer(publication)

    def put(self, topic: str, payload: Payload) -> None:
        """Send a message on `<prefix>/<topic>` if there is a connection; it is of no use later."""
        with self._lock:
            if self._online:
                self._append(Outgoing(f"{self.prefix}/{topic}", payload), topic)
        self._wake_up()

    def say(self, topic: str, payload: Payload) -> None:
        """Set a retained state on a topic that is given whole; an empty payload withdraws it."""
        with self._lock:
            if self._newest.get(topic) != (payload, True):
                self._say(topic, payload, retain=True)
        self._wake_up()

    def forget(self, keep: Callable[[str], bool]) -> None:
        """Forget states that are not retained, if `keep` is false for their topics without the prefix."""
        begin = len(self.prefix) + 1
        with self._lock:
            for topic in [one for one, (_, retain) in self._newest.items() if not retain and not keep(one[begin:])]:
                del self._newest[topic]

    def retained(self) -> set[str]:
        """Return the whole topics of all retained states."""
        with self._lock:
            return {topic for topic, (_, retain) in self._newest.items() if retain}

    def statistics(self) -> dict[str, int]:
        """Return `connected` (1 or 0), `queued` (not yet sent), `sent` and `dropped` (since the start)."""
        with self._lock:
            return {
                "connected": int(self._online),
                "queued": len(self._states) + len(self._happened) + len(self._sending),
                "sent": self.sent,
                "dropped": self.dropped,
            }

    # ------------------------------------------------------------ for the connection

    def go_online(self, stale: Iterable[str] = ()) -> None:
        """A connection begins: withdraw the retained messages of `stale` topics, then tell each state once."""
        with self._lock:
            self._online = True
            for topic in stale:
                if topic not in self._newest:
                    self._append(Outgoing(topic, b"", retain=True), topic)
            self._tell_all()
            self._drop_old()
            for message in self._happened.values():
                message.number = self._next()
        self._wake_up()

    def again(self) -> None:
        """Tell each state once more, if there is a connection: somebody has come who has not heard of them."""
        with self._lock:
            if self._online:
                self._tell_all()
        self._wake_up()

    def go_offline(self) -> None:
        """The connection has ended. What has happened and has not arrived for certain waits for the next one."""
        with self._lock:
            self._online = False
            self._states.clear()
            unsure = sorted((one for one in self._sending.values() if one.at is not None), key=lambda one: one.number)
            self._sending.clear()
            for message in reversed(unsure):
                self._happened[("unsure", message.number)] = message
                self._happened.move_to_end(("unsure", message.number), last=False)
                self._happened_bytes += message.size
            self._drop_old()

    async def get(self) -> Outgoing:
        """Wait for the next message; `done` must follow once the broker has it."""
        while True:
            with self._lock:
                if self._online and (message := self._pop()) is not None:
                    self._sending[id(message)] = message
                    return message
                self._woken = False
                self._wake.clear()
            await self._wake.wait()

    def more(self, most: int) -> list[Outgoing]:
        """Return what else waits now, at most so many messages, each as from `get`."""
        found: list[Outgoing] = []
        with self._lock:
            while self._online and len(found) < most and (message := self._pop()) is not None:
                self._sending[id(message)] = message
                found.append(message)
        return found

    def done(self, message: Outgoing) -> None:
        """The broker has the message."""
        with self._lock:
            if self._sending.pop(id(message), None) is not None:
                self.sent += 1
            if not (self._states or self._happened or self._sending):
                self._empty.set()

    async def drained(self) -> None:
        """Wait until nothing waits any more."""
        self._wake_up()
        while True:
            with self._lock:
                if not (self._states or self._happened or self._sending):
                    return
                self._empty.clear()
            await self._empty.wait()

    # ------------------------------------------------------------ inside, with the lock

    def _say(self, topic: str, payload: Payload, retain: bool) -> None:
        if retain and payload in ("", b""):
            if self._newest.pop(topic, None) is None:
                return
        elif topic in self._newest or len(self._newest) < MOST_TOPICS:
            self._newest[topic] = payload, retain
        else:
            self.dropped += 1
            return
        if self._online:
            self._append(Outgoing(topic, payload, retain), topic if len(self._states) >= BEHIND else None)

    def _tell_all(self) -> None:
        for topic, (payload, retain) in self._newest.items():
            self._append(Outgoing(topic, payload, retain), topic)

    def _append(self, message: Outgoing, key: str | None) -> None:
        """Let a state wait; with a `key` it takes the place of what waits under the same."""
        message.number = self._next()
        self._states.pop(key, None)
        self._states[message.number if key is None else key] = message

    def _happen(self, publication: Publication, payload: Payload) -> None:
        """Take in what has happened. Without a connection an update takes the place of the one before it."""
        message = Outgoing(f"{self.prefix}/{publication.topic}", payload, at=self._monotonic(), number=self._next())
        kind, name = _kind_and_id(publication.payload)
        key: Hashable = message.number
        if not self._online and name is not None and kind in ("update", "end"):
            updated = (publication.topic, name)
            if (before := self._happened.pop(updated, None)) is not None:
                self._happened_bytes -= before.size
            key = updated if kind == "update" else key
        self._happened[key] = message
        self._happened_bytes += message.size
        self._drop_old()

    def _drop_old(self) -> None:
        """Drop the oldest of what has happened, as far as there is too much of it, or it has waited for too long."""
        oldest = self._monotonic() - KEPT_S
        while self._happened:
            first = next(iter(self._happened.values()))
            too_old = first.at is not None and first.at < oldest
            if len(self._happened) <= LIMIT and self._happened_bytes <= LIMIT_BYTES and not too_old:
                return
            self._happened.popitem(last=False)
            self._happened_bytes -= first.size
            self.dropped += 1

    def _pop(self) -> Outgoing | None:
        """Take out the message that has waited for longest."""
        firsts = [(next(iter(some.values())).number, some) for some in (self._states, self._happened) if some]
        if not firsts:
            return None
        some = min(firsts, key=lambda one: one[0])[1]
        _, message = some.popitem(last=False)
        if some is self._happened:
            self._happened_bytes -= message.size
        return message

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _wake_up(self) -> None:
        if not self._woken and not self._loop.is_closed():
            self._woken = True
            self._in_loop(self._wake.set)

    def _wake_up_soon(self) -> None:
        """Wake up when the core does so anyway, unless something else is sent before."""
        if self._online and not (self._woken or self._waiting or self._loop.is_closed()):
            self._waiting = True
            self._in_loop(self._wait)

    def _wait(self) -> None:
        self._loop.call_at((self._loop.time() // PATIENCE_S + 1) * PATIENCE_S, self._waited)

    def _waited(self) -> None:
        self._waiting = False
        if self._states or self._happened:
            self._wake_up()

    def _in_loop(self, work: Callable[[], None]) -> None:
        if threading.get_ident() == self._thread:  # nearly always, and a good deal cheaper
            work()
        else:
            self._loop.call_soon_threadsafe(work)


def _may_wait(publication: Publication) -> bool:
    """Whether it makes no difference if a message comes within a second rather than at once."""
    if publication.topic == "events":
        match publication.payload:
            case {"type": "update", "before": dict() as before, "after": dict() as after}:
                return all(before.get(key) == after.get(key) for key in TELLING)
        return False
    return publication.topic.endswith(LEVELS)


def _kind_and_id(payload: object) -> tuple[str, str | None]:
    """Return what kind of message it is, and the id of the object or review item that it is about."""
    match payload:
        case {"type": str() as kind, "after": {"id": str() as name}}:
            return kind, name
    return "", None
