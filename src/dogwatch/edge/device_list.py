"""Changes the lists of tracked devices in the settings."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from dogwatch.edge.presence import DEVICE_KEYS
from dogwatch.errors import EdgeError

if TYPE_CHECKING:
    from dogwatch.edge.presence_rule import Transport
    from dogwatch.edge.settings import Settings

_ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}", re.ASCII)


def checked_address(text: str | None) -> str:
    """Return an address in capitals.

    Raises:
        EdgeError: 400; there is none, or it is none.
    """
    if not text:
        raise EdgeError(400, "address_required", "address is missing")
    if not _ADDRESS.fullmatch(text.upper()):
        raise EdgeError(400, "bad_address", "address is to be like AA:BB:CC:DD:EE:FF", field="address")
    return text.upper()


class DeviceList:
    """The tracked devices of one transport. For any thread."""

    def __init__(self, settings: Settings, lock: threading.RLock, transport: Transport) -> None:
        """Change `settings`, which is guarded by `lock`."""
        self._settings, self._lock, self._key = settings, lock, DEVICE_KEYS[transport]

    def register(self, address: str, name: str | None, default: str) -> dict[str, str]:
        """Track a device, or give it another name; without one it keeps its name, or gets `default`.

        Raises:
            EdgeError: 400, the name will not do or there are too many devices.
            OSError: It cannot be saved.
        """
        with self._lock:
            devices = self._devices()
            known = next((device for device in devices if device["address"] == address), None)
            if known is None:
                known = {"address": address, "name": default}
                devices.append(known)
            known["name"] = name or known["name"] or default
            self._settings.change({self._key: devices})
            return {"address": address, "name": known["name"]}

    def unregister(self, address: str) -> bool:
        """Track a device no more; return whether it was tracked.

        Raises:
            OSError: It cannot be saved.
        """
        with self._lock:
            devices = self._devices()
            left = [device for device in devices if device["address"] != address]
            self._settings.change({self._key: left})
            return len(left) < len(devices)

    def _devices(self) -> list[dict[str, Any]]:
        return [dict(device) for device in self._settings.current.document()[self._key]]
