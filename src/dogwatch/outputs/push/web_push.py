"""Encrypts a message for a browser and hands it to its push service (RFC 8030, 8188, 8291, 8292)."""

from __future__ import annotations

import asyncio
import email.utils
import logging
import ssl
import time
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

from dogwatch.errors import RefusedError
from dogwatch.outputs.push.delivery import Attempt, DeliveryOutcome
from dogwatch.outputs.push.endpoints import check_endpoint, public_resolver
from dogwatch.outputs.push.messages import CONTENT_TYPE, PushMessage
from dogwatch.outputs.push.vapid import VapidError, VapidKey

if TYPE_CHECKING:
    from dogwatch.store.push_devices import PushDevice

log = logging.getLogger(__name__)

TIMEOUT_S = 20.0
CONNECT_S = 10.0
ANSWER_BYTES = 300
GONE = (404, 410)


async def send(
    device: PushDevice, message: PushMessage, key: VapidKey, contact: str, private_hosts: Collection[str]
) -> Attempt:
    """Send one message to one device; no error leaves this but those of a programmer."""
    try:
        check_endpoint(device.endpoint, private_hosts)
        body, headers = await asyncio.to_thread(_prepared, device, message, key, contact)
    except (RefusedError, VapidError) as error:
        return Attempt(DeliveryOutcome.REFUSED, str(error))
    import aiohttp

    connector = aiohttp.TCPConnector(resolver=public_resolver(device.endpoint, private_hosts), ssl=_trusted())
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S, connect=CONNECT_S)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session,
            session.post(device.endpoint, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            told = await answer.content.read(ANSWER_BYTES) if answer.status >= 300 else b""
            return _attempt(answer.status, answer.headers.get("Retry-After"), told)
    except ssl.SSLError as error:  # one of aiohttp's is this too
        return Attempt(DeliveryOutcome.LATER, f"the push service's certificate is not trusted: {_plain(str(error))}")
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return Attempt(
            DeliveryOutcome.LATER, f"the push service cannot be reached: {_plain(str(error)) or 'no answer'}"
        )


def _prepared(
    device: PushDevice, message: PushMessage, key: VapidKey, contact: str
) -> tuple[bytes, dict[str, str]]:  # fmt: skip
    """Encrypt a message. In a thread: the first time loads libraries."""
    from pywebpush import WebPusher, WebPushException

    _trusted()
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    try:
        body: bytes = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(message.body)["body"]
    except (WebPushException, ValueError) as error:
        raise RefusedError("The device's keys cannot be used.") from error
    return body, {
        "Authorization": key.authorization(device.endpoint, contact),
        "Content-Encoding": "aes128gcm",
        "Content-Type": CONTENT_TYPE,
        "TTL": str(message.ttl),
        "Urgency": message.urgency,
        "Topic": message.topic,
    }


@cache
def _trusted() -> ssl.SSLContext:
    """Return what checks certificates as the system or `SSL_CERT_FILE` says; reading these takes a while."""
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not ssl.get_default_verify_paths().capath:
        import certifi  # a system without certificates, such as a small container

        context.load_verify_locations(certifi.where())
    return context


def _attempt(status: int, retry_after: str | None, told: bytes) -> Attempt:
    if status < 300:
        return Attempt(DeliveryOutcome.DELIVERED)
    reason = f"the push service answers {status}: {_plain(told.decode(errors='replace'))}".rstrip(": ")
    if status in GONE:
        return Attempt(DeliveryOutcome.GONE, reason)
    if status == 429 or status >= 500:
        return Attempt(DeliveryOutcome.LATER, reason, _seconds(retry_after))
    return Attempt(DeliveryOutcome.REFUSED, reason)


def _seconds(retry_after: str | None) -> float:
    """Return how long to wait: a number of seconds or a date (RFC 9110, section 10.2.3)."""
    if retry_after is None:
        return 0.0
    if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 8:
        return float(retry_after)
    try:
        return max(email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _plain(text: str) -> str:
    """Return what another program says as one line of bounded length."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:200]
