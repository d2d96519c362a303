"""Phones and an access point of tests, and what an app has told of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

import httpx

from dogwatch.testing.app import Nvr

LAPTOP = "3C:22:FB:01:02:03"
KEY = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")


class AccessPoint:
    """Stands in for `iw`: lists stations, or fails like it does where there is no access point."""

    def __init__(self) -> None:
        self.on = True
        self.macs: list[str] = []
        self.commands: list[Sequence[str]] = []

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        if not self.on:
            return subprocess.CompletedProcess(command, 237, "", "command failed: No such device (-19)")
        text = "".join(f"Station {mac.lower()} (on ap0)\n\tsignal:\t-50 dBm\n" for mac in self.macs)
        return subprocess.CompletedProcess(command, 0, text, "")


class Paged:
    """Phones that answer when they are paged."""

    def __init__(self) -> None:
        self.near: set[str] = set()
        self.asked = 0

    def page(self, address: str) -> bool:
        self.asked += 1
        return address in self.near


async def track(
    client: httpx.AsyncClient, app: Nvr, *, bluetooth: Sequence[str] = (), wifi: Sequence[str] = ()
) -> None:
    for address in wifi:
        answer = await client.post("/devices/wifi/add", json={"address": address, "name": f"name of {address}"})
        assert answer.status_code == 200, answer.text
    devices = [{"address": address, "name": f"name of {address}"} for address in bluetooth]
    app.edge.settings.change({"TARGET_BT_ADDRESSES": devices})


def events(app: Nvr) -> list[dict[str, Any]]:
    """Return what clients were told of."""
    with app.edge.news.joined(None, 0) as joined:
        return [{"event": item.event, **json.loads(item.data)} for item in joined.missed]


def logged(app: Nvr) -> list[tuple[str, str | None]]:
    return [(entry.kind, entry.detail) for entry in app.edge.event_log.since(4380)]
