"""The part of the core that keeps a connection to the broker, as long as the configuration wants one.

Without a broker in the configuration nothing listens to what is published, and no MQTT library is loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dogwatch.errors import BrokerError, BrokerRefusedError
from dogwatch.outputs import commands
from dogwatch.outputs.mqtt.incoming import BrokerCommands, Incoming
from dogwatch.outputs.mqtt.queue import BrokerQueue
from dogwatch.outputs.mqtt.retained_topics import RetainedTopics
from dogwatch.outputs.mqtt.settings import BrokerSettings

if TYPE_CHECKING:
    from dogwatch.outputs.broadcast import Broadcast

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 5.0
REFUSED_WAIT_S = 30.0
SHORT_S = 10.0
NOTE_S = 5.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the broker is told beside what is published.

    `announce` publishes all states that are not retained. `stats` returns the newest figures. `activity` returns what
    each camera sees. `discovery` returns the messages for Home Assistant by whole topic. `known` tells whether a topic
    (without the prefix) is about something in the configuration.
    """

    announce: Callable[[], None]
    stats: Callable[[], Mapping[str, Any] | None]
    activity: Callable[[], Mapping[str, Any]]
    discovery: Callable[[], Mapping[str, Mapping[str, Any]]]
    known: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class BrokerTrouble:
    """There is no connection although there should be: since when (epoch s), to which broker, and why."""

    since: float
    broker: str
    reason: str


class MqttOutput:
    """MQTT. `run` and `stop` belong to the event loop, the rest is for any thread."""

    def __init__(
        self,
        settings: BrokerSettings | None,
        broadcast: Broadcast,
        dispatcher: commands.CommandDispatcher,
        told: Told,
        topics: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Connect to nothing before `run`.

        Args:
            settings: Which broker; None for none.
            broadcast: Where everything is published.
            dispatcher: Carries out commands, which count as an administrator's.
            told: What else the broker is told.
            topics: The file of topics whose messages the broker retains.
            clock: Gives epoch seconds.
        """
        self._settings, self._broadcast, self._told = settings, broadcast, told
        self._commands = BrokerCommands(dispatcher, told.activity)
        self._topics, self._clock = RetainedTopics(topics), clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave = asyncio.Event()
        self._ended = asyncio.Event()
        self._over = False
        self._queue: BrokerQueue | None = None
        self._listening = contextlib.ExitStack()
        self._trouble: BrokerTrouble | None = None
        self._connections = 0
        self._sums = {"sent": 0, "dropped": 0}

    def configure(self, settings: BrokerSettings | None) -> None:
        """Use another broker, or none, or use it in another way."""
        self._settings = settings
        self._in_loop(self._leave.set)

    def refresh(self) -> None:
        """Cameras, zones or labels have changed: tell Home Assistant, and forget what is no more."""
        self._in_loop(self._refresh)

    def statistics(self) -> dict[str, int]:
        """Return `connected` (1 or 0), `queued` now, and counts since the start.

        These are `sent`, `dropped`, `reconnects`, and `ignored`: messages that came and were no commands.
        """
        queue = self._queue
        now = {"connected": 0, "queued": 0, "sent": 0, "dropped": 0} if queue is None else queue.statistics()
        sums = {key: now[key] + self._sums[key] for key in self._sums}
        return {**now, **sums, "reconnects": max(0, self._connections - 1), "ignored": self._commands.ignored}

    def trouble(self) -> BrokerTrouble | None:
        """Return what is wrong; None if nothing is, or if no broker is configured."""
        return self._trouble

    def begin(self) -> None:
        """Listen to what is published, if there is a broker to tell; call it before anything is, in the event loop."""
        self._loop = asyncio.get_running_loop()
        if self._settings is not None:
            self._listen(self._settings)

    async def run(self) -> None:
        """Keep a connection as long as the configuration names a broker; until `stop`."""
        self._loop = asyncio.get_running_loop()
        try:
            while not self._over:
                self._leave.clear()
                settings = self._settings
                if settings is None:
                    await self._leave.wait()
                    continue
                try:
                    await self._serve(settings)
                except Exception:  # the core goes on without a broker
                    log.exception("MQTT has failed; it begins again in %g s", REFUSED_WAIT_S)
                    await self._pause(REFUSED_WAIT_S)
        finally:
            self._ended.set()

    async def stop(self) -> None:
        """Send what waits, say `stopped`, and end; for a few seconds at most."""
        self._over = True
        self._leave.set()
        if self._loop is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10.0):
                    await self._ended.wait()

    # ------------------------------------------------------------ one broker

    def _listen(self, settings: BrokerSettings) -> BrokerQueue:
        """Return the queue for a broker, which takes in what is published from now on."""
        if self._queue is None or self._queue.prefix != settings.prefix:
            self._listening.close()
            self._queue = BrokerQueue(settings.prefix)
            self._listening.enter_context(self._broadcast.observed_by(self._queue.offer))
            self._queue.begin(self._broadcast.retained())
        return self._queue

    async def _serve(self, settings: BrokerSettings) -> None:
        """Connect to a broker, again and again, until the configuration wants something else."""
        queue = self._listen(settings)
        extra: list[asyncio.Task[None]] = []
        try:
            connection = await asyncio.to_thread(importlib.import_module, "dogwatch.outputs.mqtt.connection")
            known = await asyncio.to_thread(self._topics.at, settings.broker)
            link = connection.BrokerLink(
                settings, queue, self._heard, lambda: self._up(known), self._leave, lambda: self._leaves(settings)
            )
            extra = [asyncio.create_task(self._tell_stats(settings)), asyncio.create_task(self._note_topics(settings))]
            self._refresh()
            self._told.announce()
            await self._keep(connection.serve, link)
        finally:
            for task in extra:
                task.cancel()
            await asyncio.gather(*extra, return_exceptions=True)
            self._note_end(queue)
        if queue.sent:  # what has been withdrawn meanwhile is withdrawn once more at the next connection
            await asyncio.to_thread(self._topics.note, settings.broker, known | queue.retained())

    async def _keep(self, serve: Callable[[Any], Any], link: Any) -> None:
        wait_s = FIRST_WAIT_S
        while not self._leave.is_set():
            began, before = time.monotonic(), self._connections
            try:
                await serve(link)
            except BrokerError as error:
                # Where two programs have the same client id, each ends the other's connection at once.
                if self._connections != before and time.monotonic() - began > SHORT_S:
                    wait_s = FIRST_WAIT_S
                self._down(link.settings, str(error))
                await self._pause(wait_s * random.uniform(0.8, 1.2))  # noqa: S311 - all clients of a broker come back
                longest_s = REFUSED_WAIT_S if isinstance(error, BrokerRefusedError) else LONGEST_WAIT_S
                wait_s = min(wait_s * 2, longest_s)

    def _up(self, known: set[str]) -> Iterable[str]:
        self._connections += 1
        if self._trouble is not None or self._connections == 1:
            log.info("connected to the MQTT broker")
        self._trouble = None
        stale, queue = set(known), self._queue
        if queue is not None:
            stale -= queue.retained()
        return sorted(stale)

    def _down(self, settings: BrokerSettings, reason: str) -> None:
        if self._trouble is None:
            log.warning("no connection to the MQTT broker %s: %s", settings.broker, reason)
        since = self._clock() if self._trouble is None else self._trouble.since
        self._trouble = BrokerTrouble(since, settings.broker, reason)

    def _leaves(self, settings: BrokerSettings) -> bool:
        """Whether the configuration wants nothing of this broker any more, or wants it under another prefix."""
        now = self._settings
        return not self._over and (now is None or now.place != settings.place)

    def _note_end(self, queue: BrokerQueue) -> None:
        self._listening.close()
        statistics = queue.statistics()
        for key in self._sums:
            self._sums[key] += statistics[key]
        self._queue, self._trouble = None, None

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leave.wait()

    # ------------------------------------------------------------ what is told

    def _refresh(self) -> None:
        queue, settings = self._queue, self._settings
        if queue is None or settings is None:
            return
        queue.forget(self._told.known)
        if settings.discovery_prefix is None:
            return
        wanted = self._told.discovery()
        own = (f"{settings.discovery_prefix}/", "/config")
        for topic in queue.retained():
            if topic.startswith(own[0]) and topic.endswith(own[1]) and topic not in wanted:
                queue.say(topic, "")
        for topic, body in wanted.items():
            queue.say(topic, msgspec.json.encode(body))

    async def _tell_stats(self, settings: BrokerSettings) -> None:
        while True:
            await asyncio.sleep(settings.stats_interval_s)
            stats = self._told.stats()
            if self._queue is not None and stats is not None:
                self._queue.put("stats", msgspec.json.encode(stats))

    async def _note_topics(self, settings: BrokerSettings) -> None:
        """Write down what the broker retains, when that has changed and has been sent."""
        loop, noted = asyncio.get_running_loop(), frozenset[str]()
        while True:
            await asyncio.sleep(NOTE_S - loop.time() % NOTE_S)  # with the core's own timers
            queue = self._queue
            if queue is None or not (now := queue.statistics())["connected"] or now["queued"]:
                continue
            if (retained := queue.retained()) != noted:
                await asyncio.to_thread(self._topics.note, settings.broker, retained)
                noted = frozenset(retained)

    # ------------------------------------------------------------ commands

    async def _heard(self, message: Incoming) -> None:
        settings, queue = self._settings, self._queue
        if settings is not None and queue is not None and not self._leave.is_set():
            await self._commands.hear(message, settings, queue)

    def _in_loop(self, work: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(work)
