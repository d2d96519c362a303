"""What a device gets: one JSON for service workers and for browsers that show it without one.

The second form is the declarative one of the Push API (`web_push: 8030`), which Safari has since iOS 18.4. Both stand
in one object: a service worker reads `title`, `message` and the rest, and such a browser reads `notification`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

from dogwatch.outputs.push.occasions import ReviewNotice

CONTENT_TYPE = "application/notification+json"


@dataclass(frozen=True, slots=True)
class PushMessage:
    """A message before it is encrypted.

    `ttl` is how many seconds the push service keeps it for a device that is away, `topic` which earlier one it replaces
    there.
    """

    body: bytes
    ttl: int
    topic: str
    urgency: str = "high"


def of_notice(notice: ReviewNotice, page: str) -> PushMessage:
    """Return what a device that has the page at `page` gets."""
    kind = notice.severity
    return _message(notice.title, notice.text, notice.path, notice.image, notice.id, kind, notice.ttl, page)


def of_test(page: str, now: float) -> PushMessage:
    """Return a message that tells that it came."""
    return _message(
        "Test notification", "Notifications reach this device.", "/", "", f"test-{now:.0f}", "test", 60, page
    )


def _message(
    title: str, text: str, path: str, image: str, key: str, kind: str, ttl: int, page: str
) -> PushMessage:  # fmt: skip
    shown = {"title": title, "body": text, "navigate": f"{page}{path}", "tag": key, "lang": "en", "dir": "ltr"}
    body = {
        "web_push": 8030,
        "notification": shown | ({"image": f"{page}{image}"} if image and page else {}),
        "title": title,
        "message": text,
        "direct_url": path,
        "image": image,
        "id": key,
        "type": kind,
    }
    return PushMessage(json.dumps(body, separators=(",", ":")).encode(), ttl, topic_of(key))


def topic_of(key: str) -> str:
    """Return a `Topic` header (RFC 8030, section 5.4): 32 characters of base64url at most."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()[:24]).decode()
