"""The identity that a request carries once it is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ADMIN = "admin"
VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking.

    `cameras` are those that the role is limited to; None means all. `by_cookie` says that a browser sent the
    token, and `trusted` that the request came in on the internal listener, where nobody logs in. `session` is the id of
    the session that has to go on; empty where a proxy or the listener says who it is.
    """

    username: str
    role: str
    cameras: frozenset[str] | None = None
    by_cookie: bool = False
    trusted: bool = False
    session: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether this is an administrator, who may do everything."""
        return self.role == ADMIN

    def may_see(self, camera: str) -> bool:
        """Whether the caller may see anything of `camera`."""
        return self.cameras is None or camera in self.cameras

    def only(self, cameras: Iterable[str]) -> list[str]:
        """Return those of `cameras` that the caller may see, in the same order."""
        return [camera for camera in cameras if self.may_see(camera)]


ANONYMOUS_ADMIN = Caller("anonymous", ADMIN, trusted=True)
