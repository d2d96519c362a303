"""Other channels than web push, by Apprise: Telegram, Matrix, ntfy, mail and more. An extra: `dogwatch[channels]`."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dogwatch.outputs.push.delivery import Attempt, DeliveryOutcome

if TYPE_CHECKING:
    from dogwatch.outputs.push.occasions import ReviewNotice
    from dogwatch.outputs.push.settings import Channel

MISSING = "notifications.channels needs Apprise: pip install 'dogwatch[channels]'"
LOGGER = "apprise"
SHORT = 3
MOST_THREADS = 20


class ChannelThreads:
    """A thread for each channel that something is being sent to. For one event loop.

    Apprise cannot be interrupted, and a service that answers a byte now and then holds it for hours. In the threads
    that everybody uses, a few of those would hold up the whole core.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._busy: set[Channel] = set()

    async def run(self, channel: Channel, work: Callable[[], Attempt]) -> Attempt:
        """Do `work` in the channel's thread; refuse it for now while the one before still runs."""
        if channel in self._busy or len(self._busy) >= MOST_THREADS:
            return Attempt(DeliveryOutcome.LATER, "an earlier message is still on its way")
        self._busy.add(channel)
        done: Future[Attempt] = Future()
        done.set_running_or_notify_cancel()  # who has waited for long enough cannot end it

        def run() -> None:
            try:
                found = work()
            except Exception as error:  # noqa: BLE001 - raised where it is waited for
                self._busy.discard(channel)
                done.set_exception(error)
            else:
                self._busy.discard(channel)
                done.set_result(found)

        threading.Thread(target=run, name="channel", daemon=True).start()
        return await asyncio.wrap_future(done)


def send(channel: Channel, notice: ReviewNotice, page: str, picture: bytes | None) -> Attempt:
    """Send what is told through a channel; for a thread of its own, which it may hold for as long as it likes.

    Args:
        channel: Where to.
        notice: What.
        page: The address below which the page is, for a link; empty without one.
        picture: A JPEG to attach.
    """
    try:
        import apprise
    except ImportError:
        return Attempt(DeliveryOutcome.REFUSED, MISSING)
    with _heard() as lines:
        target = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, secure_logging=True))
        if not target.add(channel.url):
            return Attempt(DeliveryOutcome.REFUSED, "its address is none that Apprise understands")
        attachment = _picture(notice, picture) if picture else None
        text = f"{notice.text}\n{page}{notice.path}" if page else notice.text
        if target.notify(title=notice.title, body=text, attach=attachment):
            return Attempt(DeliveryOutcome.DELIVERED)
    reason = without_address(lines[-1], channel.url) if lines else "Apprise does not say why"
    return Attempt(DeliveryOutcome.LATER, reason)


def _picture(notice: ReviewNotice, picture: bytes) -> Any:
    from apprise.attachment import memory

    make: Any = memory.AttachMemory
    return make(content=picture, name=f"{notice.id}.jpg", mimetype="image/jpeg")


def without_address(text: str, url: str) -> str:
    """Return `text` without any word of an address: its parts are keys and passwords."""
    for word in sorted(re.findall(r"[^/:@?&=#,]+", url.partition("://")[2]), key=len, reverse=True):
        if len(word) > SHORT:
            text = text.replace(word, "*")
    return text[:200]


class ThreadLines(logging.Handler):
    """Keeps the warnings of one thread."""

    def __init__(self) -> None:
        """Listen to the present thread."""
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take one record."""
        if record.thread == self._thread:
            self.lines.append(record.getMessage())


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Give the warnings of Apprise in this thread. They do not get into our log: they may hold parts of an address."""
    logger, handler = logging.getLogger(LOGGER), ThreadLines()
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)
