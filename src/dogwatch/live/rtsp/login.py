"""Who asks over RTSP: somebody on this machine, the login of `go2rtc.rtsp`, or a user of Dogwatch.

Digest is possible for the login of `go2rtc.rtsp` alone: of users there are only hashes, with which nothing can be
proved. Failed tries count towards the limit of logins over HTTP.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.auth.addresses import Arrival
from dogwatch.auth.caller import VIEWER, Caller
from dogwatch.live.rtsp import digest
from dogwatch.live.rtsp.digest import BasicLogin, DigestLogin

if TYPE_CHECKING:
    from dogwatch.auth.authority import Authority
    from dogwatch.live.rtsp.settings import RtspSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RtspIdentity:
    """Who has logged in on a connection; `account` is a user's, with the time of the login (epoch s)."""

    caller: Caller
    account: str = ""
    since: float = 0.0
    password_changed_at: float = 0.0


class RtspLogin:
    """Checks the logins of one connection; its nonce is valid for no other one."""

    def __init__(self, authority: Authority, peer: str) -> None:
        """Ask `authority` about who comes from the address `peer`."""
        self._authority, self._arrival = authority, Arrival(peer)
        self._nonce = secrets.token_hex(16)

    async def identify(self, header: str | None, method: str, settings: RtspSettings) -> RtspIdentity | None:
        """Return who sends a request with this `Authorization`; None if that is nobody.

        Raises:
            TooManyTriesError: There were too many tries.
        """
        given = digest.parse(header) if header else None
        if isinstance(given, DigestLogin):
            if given.parameters.get("nonce") != self._nonce:
                return None  # of another connection: it shows nothing, and the client tries again
            return self._own(given.username, given.proves(settings.password, method, self._nonce), settings)
        if not isinstance(given, BasicLogin):
            return None
        if settings.has_login and _equal(given.username, settings.username):
            return self._own(given.username, _equal(given.password, settings.password), settings)
        if not self._authority.enabled:
            return None
        user = await self._authority.check_password(given.username, given.password, self._arrival)
        if user is None:
            return None
        caller = Caller(user.username, user.role, self._authority.cameras_of(user.role))
        return RtspIdentity(caller, user.username, time.time(), user.password_changed_at)

    def _own(self, username: str, proved: bool, settings: RtspSettings) -> RtspIdentity | None:
        self._authority.count_try(self._arrival)
        if not (settings.has_login and _equal(username, settings.username) and proved):
            log.warning("a login over RTSP from %s failed", self._arrival.peer)
            return None
        self._authority.try_was_right(self._arrival)
        return RtspIdentity(Caller("rtsp", VIEWER))

    def challenges(self, header: str | None, settings: RtspSettings) -> list[str]:
        """Return what to answer to a request with this `Authorization` that is nobody's."""
        given = digest.parse(header) if header else None
        stale = isinstance(given, DigestLogin) and given.parameters.get("nonce") != self._nonce
        return digest.challenges(self._nonce, digest=settings.has_login, stale=stale)

    async def holds(self, identity: RtspIdentity) -> bool:
        """Whether who has logged in still has the same rights."""
        if not identity.account:
            return True  # other settings close all connections
        if not self._authority.enabled:
            return False
        user = await self._authority.account(identity.account, identity.since)
        caller = identity.caller
        return (
            user is not None
            and user.password_changed_at == identity.password_changed_at
            and (user.role, self._authority.cameras_of(user.role)) == (caller.role, caller.cameras)
        )


def _equal(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode("utf-8", "surrogateescape"))
