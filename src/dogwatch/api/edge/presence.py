"""Presence: Bluetooth, the access point's stations, and the devices that are tracked (docs/api/edge/presence.md)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.edge.while_connected import while_connected
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.device_list import checked_address

router = APIRouter(route_class=LateRoute)


class ScanBody(EdgeBody):
    """How many seconds to look for devices."""

    duration: float = Field(default=20, ge=1, le=60)


class DiscoverableBody(EdgeBody):
    """How many seconds phones can find this computer."""

    timeout: float = Field(default=90, ge=10, le=300)


class DeviceBody(EdgeBody):
    """A device."""

    address: str | None = None


class AddedDeviceBody(DeviceBody):
    """A device, and what it is called."""

    name: str | None = Field(default=None, max_length=256)


@router.post("/bt/scan")
@router.post("/bluetooth/scan")
async def scan(edge: TheEdge, request: Request, body: ScanBody) -> dict[str, Any]:
    """Look for Bluetooth devices; answers when the time is over."""
    found = await while_connected(request, edge.bluetooth.scan(body.duration))
    return {
        "devices": [
            {"address": one.address, "name": one.name, "paired": one.paired}
            | ({"rssi": one.rssi} if one.rssi is not None else {})
            for one in found
        ]
    }


@router.post("/bt/discoverable")
@router.post("/bluetooth/discoverable")
async def discoverable(edge: TheEdge, request: Request, body: DiscoverableBody) -> dict[str, Any]:
    """Let phones pair; answers when the first one has, which is tracked from now on."""
    device = await while_connected(request, edge.bluetooth.discoverable(body.timeout))
    name = device.name or device.address
    return {"device": await asyncio.to_thread(edge.bluetooth_devices.register, device.address, None, name)}


@router.post("/devices/bt/add")
@router.post("/bluetooth/pair")
async def add_bluetooth(edge: TheEdge, request: Request, body: AddedDeviceBody) -> dict[str, Any]:
    """Pair with a device if need be, and track it."""
    address = checked_address(body.address)
    device = await while_connected(request, edge.bluetooth.pair(address))
    registered = await asyncio.to_thread(edge.bluetooth_devices.register, address, body.name, device.name or address)
    return {"message": "Device added", "device": registered}


@router.post("/devices/bt/remove")
async def remove_bluetooth(edge: TheEdge, body: DeviceBody) -> dict[str, Any]:
    """Unpair a device if possible, and track it no more."""
    address = checked_address(body.address)
    await asyncio.to_thread(edge.bluetooth_devices.unregister, address)
    await edge.bluetooth.remove(address)
    return {"message": "Device removed"}


@router.post("/devices/wifi/add")
def add_wifi(edge: TheEdge, body: AddedDeviceBody) -> dict[str, Any]:
    """Track a client of the access point."""
    address = checked_address(body.address)
    return {"message": "Device added", "device": edge.wifi_devices.register(address, body.name, address)}


@router.post("/devices/wifi/remove")
def remove_wifi(edge: TheEdge, body: DeviceBody) -> dict[str, Any]:
    """Track a client of the access point no more."""
    edge.wifi_devices.unregister(checked_address(body.address))
    return {"message": "Device removed"}


@router.get("/devices/status")
async def devices_status(edge: TheEdge, refresh: Annotated[str, Query(max_length=16)] = "") -> dict[str, Any]:
    """Return which tracked devices are here."""
    if refresh.lower() in ("1", "true"):
        await edge.presence.poll()
    states = edge.presence.states()
    return {"bt": states["bluetooth"], "wifi": states["wifi"]}


@router.get("/connections")
def connections(edge: TheEdge) -> dict[str, Any]:
    """Return how many tracked devices are here, and how many clients the access point has."""
    return edge.presence.connections()


@router.get("/wifi/stations")
def wifi_stations(edge: TheEdge) -> dict[str, Any]:
    """Return the clients of the access point."""
    found = edge.presence.stations()
    listed = [{"address": station.address, "name": station.name} for station in found.stations]
    return {"stations": listed} | ({"message": found.message} if found.message else {})
