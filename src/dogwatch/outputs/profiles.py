"""The active profile: activated by a command, kept over a restart, and told to clients."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from dogwatch.config.keys import similar
from dogwatch.config.profiles import NO_PROFILE
from dogwatch.errors import RefusedError
from dogwatch.store import profiles as rows

if TYPE_CHECKING:
    from dogwatch.config import Config, Keeper
    from dogwatch.outputs.broadcast import Broadcast
    from dogwatch.store.database import Database

TOPIC = "profile/state"
log = logging.getLogger(__name__)


class Profiles:
    """Which profile is active, laid over the file by the keeper (`config.profiles`). Safe to use from any thread."""

    def __init__(
        self,
        keeper: Keeper,
        db: Database,
        broadcast: Broadcast,
        keep: Callable[[str | None], None] | None = None,
    ) -> None:
        """Activate what the database remembers; `keep` is told of it, now and when it changes."""
        self._keeper, self._db, self._broadcast = keeper, db, broadcast
        self._keep = keep or _keep_nothing
        self._lock = threading.RLock()
        with db.read() as connection:
            self._active, self._last_activated = rows.load(connection)
        if not keeper.activate(self._active):
            self._end()
        self._keep(self._active)
        keeper.follow(_names, self._names_changed)

    @property
    def active(self) -> str | None:
        """The active profile, None without one."""
        return self._keeper.in_force.profile

    @property
    def last_activated(self) -> Mapping[str, float]:
        """When (epoch s) each profile of the file was activated last, if it ever was."""
        times = self._last_activated
        return {name: times[name] for name in self._keeper.file.profiles if name in times}

    @property
    def state(self) -> str:
        """The active profile as clients are told of it."""
        return self.active or NO_PROFILE

    def activate(self, profile: str | None) -> None:
        """Activate a profile in place of another one, or end that with None; everybody is told of it.

        Raises:
            RefusedError: The file names no such profile.
        """
        with self._lock:
            if not self._keeper.activate(profile):
                raise RefusedError(_unknown(str(profile), self._keeper.config))
            self._active = profile
            if profile is not None:
                self._last_activated = {**self.last_activated, profile: time.time()}
            self._changed()
        log.info("the active profile is %s", self.state)

    def publish(self) -> None:
        """Publish which profile is active, retained."""
        self._broadcast.publish(TOPIC, self.state, retain=True)

    def _names_changed(self, _old: tuple[str, ...], new: tuple[str, ...]) -> None:
        with self._lock:
            if self._active is not None and self._active not in new:
                self._end()

    def _end(self) -> None:
        log.warning("no profile is active: '%s' is not in the configuration file any more", self._active)
        self._active = None
        self._changed()

    def _changed(self) -> None:
        self.publish()
        self._db.submit(partial(rows.save, active=self._active, last_activated=dict(self._last_activated)))
        self._keep(self._active)


def _names(config: Config) -> tuple[str, ...]:
    return tuple(config.profiles)


def _unknown(profile: str, config: Config) -> str:
    hint = similar(profile, config.profiles)
    return f"There is no profile '{profile[:100]}'{f': {hint}' if hint else '.'}"


def _keep_nothing(_active: str | None) -> None:
    """Do nothing: the database is there whenever this program is."""
