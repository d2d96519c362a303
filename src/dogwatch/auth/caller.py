"""The identity of a request's sender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ADMIN = "admin"
VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request.

    `cameras` are those that the role is limited to; None means all. `by_cookie`: the token came as a cookie, so from a
    browser. `trusted`: the request came to the internal listener, which needs no login. `session` is the id of the
    session that must still exist; empty if a proxy or the listener identified the caller.
    """

    username: str
    role: str
    cameras: frozenset[str] | None = None
    by_cookie: bool = False
    trusted: bool = False
    session: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether the caller is an administrator, who may do everything."""
        return self.role == ADMIN

    def may_see(self, camera: str) -> bool:
        """Whether the caller may see anything of `camera`."""
        return self.cameras is None or camera in self.cameras

    def only(self, cameras: Iterable[str]) -> list[str]:
        """Return those of `cameras` that the caller may see, in the same order."""
        return [camera for camera in cameras if self.may_see(camera)]


ANONYMOUS_ADMIN = Caller("anonymous", ADMIN, trusted=True)
