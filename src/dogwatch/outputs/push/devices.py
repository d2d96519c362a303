"""The browsers that get notifications: in the database, and in memory for when something is to be told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dogwatch.errors import ConflictError, DogwatchError
from dogwatch.store import push_devices as rows
from dogwatch.store.push_devices import PushDevice

if TYPE_CHECKING:
    from dogwatch.store.database import Database

MOST, MOST_EACH = 20_000, 20


class PushDevices:
    """All devices. For any thread; the first call of each reads the database."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.time) -> None:
        """Keep devices in `db`; `clock` gives epoch seconds."""
        self._db, self._clock = db, clock
        self._lock = threading.Lock()
        self._known: dict[str, PushDevice] | None = None

    def everything(self) -> list[PushDevice]:
        """Return all devices, oldest first."""
        with self._lock:
            return list(self._loaded().values())

    def find(self, device_id: str) -> PushDevice | None:
        """Return a device, None if there is none."""
        with self._lock:
            return self._loaded().get(device_id)

    @property
    def count(self) -> int:
        """How many there are, as far as they have been read."""
        return len(self._known or ())

    def add(self, device: PushDevice) -> None:
        """Keep a device in place of one with the same endpoint; an owner's oldest gives way to the 21st.

        Raises:
            ConflictError: There are too many of all owners.
        """
        stored = self._db.write(partial(rows.put, device=device, most=MOST_EACH, most_together=MOST))
        with self._lock:
            self._known = None
        if not stored:
            raise ConflictError(f"There are {MOST} devices already.")

    def remove(self, device_id: str) -> bool:
        """Forget a device; False if there was none."""
        removed = self._db.write(partial(rows.remove, device_id=device_id))
        with self._lock:
            self._known = None
        return removed

    def forget(self, device_id: str) -> None:
        """Like `remove`, but do not wait for the database."""
        with self._lock:
            if self._known is not None:
                self._known.pop(device_id, None)
        self._submit(partial(rows.remove, device_id=device_id))

    def delivered(self, device_id: str) -> None:
        """Note that a push service has taken a message for a device."""
        now = self._clock()
        self._change(device_id, delivered_at=now, failed_at=None, error="")
        self._submit(partial(rows.note_delivery, device_id=device_id, at=now))

    def failed(self, device_id: str, error: str) -> None:
        """Note that a message did not get to a device, and why."""
        now = self._clock()
        self._change(device_id, failed_at=now, error=error)
        self._submit(partial(rows.note_failure, device_id=device_id, at=now, error=error))

    def _loaded(self) -> dict[str, PushDevice]:
        if self._known is None:
            with self._db.read() as connection:
                self._known = {device.id: device for device in rows.everything(connection)}
        return self._known

    def _change(self, device_id: str, **values: object) -> None:
        with self._lock:
            if self._known is not None and (found := self._known.get(device_id)) is not None:
                self._known[device_id] = replace(found, **values)  # type: ignore[arg-type]

    def _submit(self, write: Callable[..., object]) -> None:
        with suppress(DogwatchError):  # what is shown of deliveries is worth no waiting, nor an error
            self._db.submit(write, keep=False)
