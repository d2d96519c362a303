"""One connection to the broker, from the login to its end. All of aiomqtt is here.

What is written goes through `bursts`. A message counts as sent once the broker has acknowledged it (QoS 1 and 2), or
once the system has taken all of it (QoS 0). One that was not, and that tells what has happened, is sent again over the
next connection. So nothing is said twice, unless an acknowledgement was lost with the connection, which QoS 1 allows.
The session is a clean one: commands that somebody sends while there is no connection are not carried out hours later.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from dogwatch.errors import BrokerError, BrokerRefusedError
from dogwatch.outputs.mqtt.bursts import Bursts
from dogwatch.outputs.mqtt.incoming import Incoming
from dogwatch.outputs.mqtt.queue import BrokerQueue, Outgoing
from dogwatch.outputs.mqtt.settings import BrokerSettings

log = logging.getLogger(__name__)

ONLINE, OFFLINE, STOPPED = "online", "offline", "stopped"
COMMANDS = (
    "+/set",
    "+/+/set",
    "+/+/+/set",
    "+/notifications/suspend",
    "+/ptz",
    "+/camera_health/accept",
    "restart",
    "onConnect",
)
"""Topics of commands behind the prefix."""
KEEPALIVE_S = 30
LOOK_S = 5.0
"""A ping is late by this at most, and a broker waits for one half as long again as `KEEPALIVE_S`."""
ANSWER_S = 10.0
FAREWELL_S = 3.0
TAKEN_S = 0.02
WINDOW = 16
"""Messages that may wait for their acknowledgement, or are handed to the system together."""
MOST_INCOMING = 200
LONGEST = 2048
"""Bytes of a message that are kept until it is heard; what is longer is no command, whatever follows."""
NO_TOPIC = aiomqtt.Topic("-")
"""Stands for a topic that is no text."""
Heard = Callable[[Incoming], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BrokerLink:
    """What a connection works with.

    `heard` is called with each message. `up` is called when the connection stands, and returns topics whose retained
    messages are to be withdrawn. `leave` is set to end it. `left_for_good` tells whether nothing is to be left at this
    place then.
    """

    settings: BrokerSettings
    queue: BrokerQueue
    heard: Heard
    up: Callable[[], Iterable[str]]
    leave: asyncio.Event
    left_for_good: Callable[[], bool]


class ShortMessages(asyncio.Queue[aiomqtt.Message]):
    """The queue of what has come, cut off at `LONGEST`: any client of the broker may send 256 MiB at a time."""

    def _put(self, item: aiomqtt.Message) -> None:
        if isinstance(item.payload, bytes | bytearray) and len(item.payload) > LONGEST:
            item.payload = bytes(item.payload[:LONGEST])
        super()._put(item)


async def serve(link: BrokerLink) -> None:
    """Connect, and send and receive until `link.leave` is set.

    Raises:
        BrokerError: There is no connection, or it has ended.
    """
    settings = link.settings
    try:
        async with _connected(settings) as client:
            try:
                await _talk(client, link)
                await _say_farewell(client, link)
            finally:
                link.queue.go_offline()
    except MqttConnectError as error:
        raise BrokerRefusedError(f"the broker refuses the login: {error}") from None
    except (aiomqtt.MqttError, OSError, ValueError) as error:
        raise BrokerError(str(error) or type(error).__name__) from None


def _available(settings: BrokerSettings) -> str:
    return f"{settings.prefix}/available"


def _topics(settings: BrokerSettings) -> Iterator[str]:
    yield from (f"{settings.prefix}/{topic}" for topic in COMMANDS)
    if settings.discovery_prefix is not None:
        yield f"{settings.discovery_prefix}/status"


@contextlib.asynccontextmanager
async def _connected(settings: BrokerSettings) -> AsyncIterator[SteadyClient]:
    context = await asyncio.to_thread(tls_context, settings) if settings.uses_tls else None
    client = SteadyClient(
        settings.host,
        settings.port,
        username=settings.user,
        password=settings.password,
        identifier=settings.client_id,
        tls_context=context,
        will=aiomqtt.Will(_available(settings), OFFLINE, qos=1, retain=True),
        clean_session=True,
        keepalive=KEEPALIVE_S,
        timeout=ANSWER_S,
        max_queued_incoming_messages=MOST_INCOMING,
        queue_type=ShortMessages,
        max_inflight_messages=WINDOW,
    )
    client.pending_calls_threshold = 2 * WINDOW
    _take_any_topic(client)
    try:
        # Cancelled while it connects in its thread, it would leave a connection that nobody knows of.
        await asyncio.shield(asyncio.ensure_future(client.__aenter__()))
    except BaseException:
        _cut(client)
        raise
    client.bursts = Bursts(client._client, partial(_cut, client))
    try:
        yield client
    finally:
        try:
            await client.__aexit__(None, None, None)
        finally:
            _cut(client)


def _take_any_topic(client: aiomqtt.Client) -> None:
    """Have a message whose topic is no text come without it: aiomqtt would end the connection, and at once again."""
    paho, deliver, waiting = client._client, client._on_message, client._queue

    def take(library: Any, userdata: Any, message: Any) -> None:
        try:
            deliver(library, userdata, message)
        except ValueError:  # not UTF-8, or a topic with a wildcard
            with contextlib.suppress(asyncio.QueueFull):
                waiting.put_nowait(aiomqtt.Message(NO_TOPIC, b"", message.qos, message.retain, message.mid, None))

    paho.on_message = take


class SteadyClient(aiomqtt.Client):
    """Looks at the time of the last ping with the core's own timers, every few seconds instead of every second.

    `bursts` is how it writes, once it is connected.
    """

    bursts: Bursts

    async def _misc_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._client.loop_misc():  # noqa: ASYNC110 - this library has no callback for it
            await asyncio.sleep(LOOK_S - loop.time() % LOOK_S)


def _cut(client: aiomqtt.Client) -> None:
    """Close the connection, if it is still open: after a login without an answer aiomqtt leaves it to itself."""
    with contextlib.suppress(OSError, ValueError):
        client._client.disconnect()


def tls_context(settings: BrokerSettings) -> ssl.SSLContext:
    """Return what the connection is encrypted with.

    Raises:
        OSError: A file cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context(cafile=settings.ca_certs)
    if settings.client_cert:
        context.load_cert_chain(settings.client_cert, settings.client_key)
    if settings.insecure:
        context.check_hostname = False
    return context


async def _talk(client: SteadyClient, link: BrokerLink) -> None:
    """Send and receive until `link.leave` is set, and until what waits then is sent."""
    # Only who receives is told by aiomqtt that the connection has ended, so that runs from the beginning.
    tasks = [asyncio.create_task(_receive(client, link)), asyncio.create_task(_send(client, link))]
    leaving = asyncio.create_task(link.leave.wait())
    try:
        done, _ = await asyncio.wait([*tasks, leaving], return_when=asyncio.FIRST_COMPLETED)
        if leaving in done:
            drained = asyncio.create_task(link.queue.drained())
            done, _ = await asyncio.wait([*tasks, drained], timeout=FAREWELL_S, return_when=asyncio.FIRST_COMPLETED)
            drained.cancel()
        for task in done:
            task.result()  # raises what has ended the connection
    finally:
        for task in (*tasks, leaving):
            task.cancel()
        await asyncio.gather(*tasks, leaving, return_exceptions=True)


async def _send(client: SteadyClient, link: BrokerLink) -> None:
    settings, qos = link.settings, link.settings.qos
    # First of all: who hears that Dogwatch is there may send a command at once.
    await client.subscribe([(topic, qos) for topic in _topics(settings)])
    await client.publish(_available(settings), ONLINE, qos, retain=True)
    link.queue.go_online(link.up())
    await (_send_acknowledged(client, link, qos) if qos else _send_plain(client, link))


async def _send_plain(client: SteadyClient, link: BrokerLink) -> None:
    """Send without acknowledgements: what waits is handed to the system together.

    aiomqtt would wait for each message by itself, over ten rounds of the event loop, which makes half a millisecond.
    """
    queue, paho, bursts = link.queue, client._client, client.bursts
    while True:
        handed: list[tuple[Outgoing, Any]] = []
        first = await queue.get()
        with bursts.together():
            for message in [first, *queue.more(WINDOW - 1)]:
                try:
                    handed.append((message, paho.publish(message.topic, message.payload, 0, message.retain)))
                except ValueError as error:
                    _log_unsendable(message, error)
                    queue.done(message)
        for message, info in handed:
            await _taken(info)
            queue.done(message)


async def _taken(info: Any) -> None:
    """Wait until the system has taken all of a message; nearly always it has.

    Raises:
        BrokerError: It does not, or the connection has ended.
    """
    end = time.monotonic() + ANSWER_S
    try:
        while not info.is_published():
            if time.monotonic() > end:
                raise BrokerError("the broker takes nothing any more")
            await asyncio.sleep(TAKEN_S)
    except (RuntimeError, ValueError):
        raise BrokerError("the connection has ended") from None


def _log_unsendable(message: Outgoing, error: ValueError) -> None:
    """Log why a message is not sent: a label may hold characters that no topic may."""
    log.warning("nothing is published on the topic %.200r: %s", message.topic, error)


async def _send_acknowledged(client: aiomqtt.Client, link: BrokerLink, qos: int) -> None:
    """Send with QoS 1 or 2, several at the same time."""
    window, queue = asyncio.Semaphore(WINDOW), link.queue

    async def send(message: Outgoing) -> None:
        try:
            await client.publish(message.topic, message.payload, qos, retain=message.retain)
        except ValueError as error:
            _log_unsendable(message, error)
        finally:
            window.release()
        queue.done(message)

    try:
        async with asyncio.TaskGroup() as group:
            while True:
                await window.acquire()
                group.create_task(send(await queue.get()))
    except* (aiomqtt.MqttError, OSError) as errors:
        raise errors.exceptions[0] from None


async def _receive(client: aiomqtt.Client, link: BrokerLink) -> None:
    try:
        async for message in client.messages:
            payload = message.payload if isinstance(message.payload, bytes | bytearray) else b""
            topic = None if message.topic is NO_TOPIC else str(message.topic)
            await link.heard(Incoming(topic, bytes(payload), bool(message.retain)))
    except aiomqtt.MqttError:
        raise BrokerError("the connection has ended") from None


async def _say_farewell(client: aiomqtt.Client, link: BrokerLink) -> None:
    settings = link.settings
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FAREWELL_S):
            if link.left_for_good():
                for topic in sorted(link.queue.retained()):
                    await client.publish(topic, b"", settings.qos, retain=True)
            await client.publish(_available(settings), STOPPED, settings.qos, retain=True)
