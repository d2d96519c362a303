"""The login of the edge API: one token for programs, one password that gives it (docs/api/edge/auth.md)."""

from __future__ import annotations

import logging
import secrets
import string
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dogwatch.auth.limits import RateLimit, parse
from dogwatch.auth.passwords import hash_password, is_known, verify_password
from dogwatch.edge import files
from dogwatch.errors import EdgeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dogwatch.edge.settings import Settings
    from dogwatch.edge.settings_schema import AuthSettings

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 4, 128
FIRST_LENGTH = 12
FAILURES = "5/minute"
RETRY_S = 60
MOST_WAITING = 8
RESET = "reset-auth"


class EdgeAuth:
    """Knows the token and the password, which are in the settings. For any thread."""

    def __init__(
        self, settings: Settings, data: Path, iterations: int, boot: Iterable[str], monotonic: Callable[[], float]
    ) -> None:
        """Make what is missing, and reset everything if a file named `reset-auth` is in a directory of `boot`.

        A password that is made is written to `default-password.txt` in `data`, and nowhere else.
        """
        self._settings, self._iterations = settings, iterations
        self._first = data / "default-password.txt"
        self._failures = RateLimit(parse(FAILURES), monotonic)
        self._counting = threading.Lock()
        self._hashing = threading.Lock()  # passwords are tried one at a time, whoever asks
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)
        auth = self._auth
        reset = _take_reset(boot)
        made: dict[str, Any] = {} if auth.token else {"token": new_token()}
        if reset:
            made["enabled"] = False
        if reset or not auth.password_hash:
            made["password_hash"] = self._first_password()
        self._settings.change({"Auth": made})

    @property
    def _auth(self) -> AuthSettings:
        return self._settings.current.auth

    @property
    def enabled(self) -> bool:
        """Whether the token is needed."""
        return self._auth.enabled

    def admits(self, token: str | None, *, always: bool = False) -> bool:
        """Whether who shows `token` may ask; `always` needs it also while the login is off."""
        return self.is_token(token) or not (always or self.enabled)

    def is_token(self, token: str | None) -> bool:
        """Whether this is the token; takes as long for every wrong one."""
        own = self._auth.token
        return bool(token and own) and secrets.compare_digest(_bytes(token or ""), _bytes(own))

    def token_for(self, password: str, address: str) -> str | None:
        """Return the token to who knows the password, None if this is not it.

        Raises:
            EdgeError: 429; `address` has failed too often, or too many ask at once.
        """
        with self._counting:
            exceeded = self._failures.exceeded(address)
        if exceeded:
            text = f"Too many wrong passwords: wait {RETRY_S} s"
            raise EdgeError(429, "rate_limited", text, retry_s=RETRY_S, valid=False)
        if not self._waiting.acquire(blocking=False):  # each keeps a thread from other requests
            raise EdgeError(429, "rate_limited", "Too many passwords at once", retry_s=1, valid=False)
        try:
            with self._hashing:
                matches = self._matches(password)
        finally:
            self._waiting.release()
        if not matches:
            return None
        with self._counting:
            self._failures.forgive(address)
        return self._auth.token

    def regenerate(self) -> str:
        """Make a new token, which is returned; the old one is worth nothing at once."""
        token = new_token()
        self._settings.change({"Auth": {"token": token}})
        return token

    def set_password(self, current: str, new: str) -> None:
        """Replace the password `current`.

        Raises:
            EdgeError: 400, `new` is too short or too long; 403, `current` is another one.
        """
        if len(new) < SHORTEST:
            raise EdgeError(400, "password_too_short", f"The password needs {SHORTEST} characters", field="new")
        if len(new) > LONGEST:
            raise EdgeError(400, "password_too_long", f"The password may have {LONGEST} characters", field="new")
        with self._hashing:
            if not self._matches(current):
                raise EdgeError(403, "wrong_password", "The current password is another one")
            self._settings.change({"Auth": {"password_hash": hash_password(new, self._iterations)}})
        self.forget_first_password()

    def forget_first_password(self) -> None:
        """Delete the file of the password that was made at the first start: there is another one now."""
        self._first.unlink(missing_ok=True)

    def turned(self, enabled: bool) -> dict[str, Any]:
        """Return what changes in the settings when the login is on or off from now on; turning it on makes a token."""
        return {"enabled": enabled, **({"token": new_token()} if enabled and not self.enabled else {})}

    def imported(self, given: Any) -> dict[str, Any]:
        """Return the `Auth` of the settings after a backup is taken in: all that the backup has, the rest stays.

        Raises:
            EdgeError: 400; no password could be checked with its hash.
        """
        if not isinstance(given, Mapping):
            raise EdgeError(400, "bad_field", "Auth is no object", field="Auth")
        found = {key: given[key] for key in ("enabled", "token", "password_hash") if key in given}
        stored = found.get("password_hash")
        if stored == "" or stored is None:
            found.pop("password_hash", None)
        elif not (isinstance(stored, str) and is_known(stored)):
            raise EdgeError(400, "bad_field", "This is no hash of a password", field="Auth.password_hash")
        if found.get("token") in ("", None):  # no program could ever show it
            found.pop("token", None)
        return {**self._auth.model_dump(mode="json"), **found}

    def _matches(self, password: str) -> bool:
        return 0 < len(password) <= LONGEST and verify_password(password, self._auth.password_hash)

    def _first_password(self) -> str:
        """Make a password, write it to its file, and return its hash."""
        password = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(FIRST_LENGTH))
        files.write(self._first, f"{password}\n".encode())
        log.warning("the edge API has got a password, which is in %s", self._first)
        return hash_password(password, self._iterations)


def new_token() -> str:
    """Return a new token: 32 random bytes in base64url."""
    return secrets.token_urlsafe(32)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _take_reset(boot: Iterable[str]) -> bool:
    """Whether there was a file that asks for a reset; it is removed."""
    for folder in boot:
        file = Path(folder) / RESET
        try:
            file.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:  # it would turn the login off at every start
            log.critical("the login is not reset, because %s cannot be removed: %s", file, error.strerror)
            continue
        log.warning("the login of the edge API is off and has a new password, because of %s", file)
        return True
    return False
