"""The configuration in force: one immutable value at a time, and those who follow a part of it.

A follower names its part by a pure function of the configuration, the same by which it was made at start, and gets
what that returned before and what it returns now. So running on one configuration and changing to another leaves it as
a start on the other would.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dogwatch.config.difference import Difference, difference, followed
from dogwatch.config.load import Loaded
from dogwatch.config.profiles import with_profile
from dogwatch.config.root import Config

log = logging.getLogger(__name__)

T = TypeVar("T")
TELL_S = 30.0


@dataclass(frozen=True, slots=True)
class _Follower(Generic[T]):
    select: Callable[[Config], T]
    tell: Callable[[T, T], None]

    def hear(self, old: Config, new: Config) -> None:
        before, now = self.select(old), self.select(new)
        if before != now:
            self.tell(before, now)


@dataclass(frozen=True, slots=True)
class InForce:
    """What the file says with the active profile, as far as it is in force; and with what is switched laid over it."""

    file: Config
    config: Config
    profile: str | None = None


class Keeper:
    """Holds the configuration in force. `config` and `loaded` may be read from any thread at any time."""

    def __init__(self, loaded: Loaded, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Begin with `loaded`; followers are told in `loop`, without one in the thread that changes something."""
        self._loaded, self._loop = loaded, loop
        self._in_force, self._told = InForce(loaded.config, loaded.config), loaded.config
        self._written = loaded.config
        self._overlay: Callable[[Config], Config] = _as_it_is
        self._lock = threading.Lock()
        self._followers: list[_Follower[Any]] = []

    @property
    def config(self) -> Config:
        """The configuration in force, with what is switched at run time laid over it."""
        return self._in_force.config

    @property
    def file(self) -> Config:
        """What the file says with the active profile, as far as it is in force, without what is switched."""
        return self._in_force.file

    @property
    def in_force(self) -> InForce:
        """Both, of one moment."""
        return self._in_force

    @property
    def loaded(self) -> Loaded:
        """What was loaded last: its text and notices; the parts that need a restart may not be in force yet."""
        return self._loaded

    def follow(self, select: Callable[[Config], T], tell: Callable[[T, T], None]) -> None:
        """Call `tell` with the old and the new value of `select` when it has changed.

        Followers are told one by one in the order in which they came. One that raises is logged, the others are told.
        """
        self._followers.append(_Follower(select, tell))

    def change(self, loaded: Loaded) -> Difference:
        """Put `loaded` in force, as far as a running core can, and return what has changed when all have been told."""
        with self._lock:
            found = difference(self._written, loaded.config)
            self._loaded, self._written = loaded, followed(self._written, loaded.config)
            self._lay(self._in_force.profile)
        self._tell(wait=True)
        return found

    def compared(self, loaded: Loaded) -> Difference:
        """Return what would change if `loaded` were put in force."""
        return difference(self._written, loaded.config)

    def with_layers(self, loaded: Loaded) -> Config:
        """Return what would be in force of `loaded`, with the present profile and what is switched laid over it."""
        present = self._in_force.profile
        return self._overlay(with_profile(loaded.config, present if present in loaded.config.profiles else None))

    def activate(self, profile: str | None) -> bool:
        """Lay a profile over the file from now on, or none; followers are told soon.

        The profile ends when the file no longer names it.

        Returns:
            Whether the file names it; if not, nothing has changed.
        """
        with self._lock:
            if profile is not None and profile not in self._written.profiles:
                return False
            self._lay(profile)
        self._tell(wait=False)
        return True

    def lay_over(self, overlay: Callable[[Config], Config]) -> None:
        """Lay what `overlay` makes of the file's configuration over it from now on; followers are told soon."""
        with self._lock:
            self._overlay = overlay
            present = self._in_force
            self._in_force = InForce(present.file, overlay(present.file), present.profile)
        self._tell(wait=False)

    def _lay(self, profile: str | None) -> None:
        """Put in force what is written, with a profile if there is such a one, and what is switched."""
        profile = profile if profile in self._written.profiles else None
        file = with_profile(self._written, profile)
        self._in_force = InForce(file, self._overlay(file), profile)

    def _tell(self, *, wait: bool) -> None:
        if self._loop is None or _running() is self._loop:
            self._tell_now()
            return
        told: Future[None] = Future()

        def work() -> None:
            self._tell_now()
            told.set_result(None)

        self._loop.call_soon_threadsafe(work)
        if wait:
            told.result(TELL_S)

    def _tell_now(self) -> None:
        old, new = self._told, self.config
        self._told = new
        for follower in self._followers:
            try:
                follower.hear(old, new)
            except Exception:  # the others must hear of it all the same
                log.exception("a part of the core could not follow a change of the configuration")


def _as_it_is(config: Config) -> Config:
    return config


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
