"""Notifications: browsers that are told of review items (docs/api/notifications.md)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from dogwatch.api import answers
from dogwatch.api.arrivals import arrival, base_path
from dogwatch.api.errors import ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheCaller, TheServices
from dogwatch.auth.caller import Caller
from dogwatch.auth.present_role import kind_of
from dogwatch.errors import NotFoundError
from dogwatch.outputs.push import subscription
from dogwatch.outputs.push.delivery import Attempt
from dogwatch.store.push_devices import PushDevice

router = APIRouter(route_class=LateRoute)


class Registration(BaseModel):
    """A browser that wants notifications."""

    sub: Any = None
    name: Annotated[str, Field(max_length=100)] | None = None


class TrialBody(BaseModel):
    """Which devices get a test message: one, or all of the caller's."""

    device: Annotated[str, Field(max_length=40)] | None = None


@router.get("/api/notifications/pubkey", responses=answers.refusals(400, 500))
def public_key(services: TheServices) -> str:
    """Return the key that browsers subscribe with."""
    return services.push.public_key()


@router.post("/api/notifications/register", responses=answers.refusals(409, 500))
def register(
    request: Request, services: TheServices, caller: TheCaller, body: Registration | None = None
) -> dict[str, Any]:
    """Keep a browser's subscription, in place of an earlier one with the same endpoint."""
    given = body or Registration()
    found = subscription.read(given.sub, services.push.settings.private_hosts)
    page = services.authority.own_url(arrival(request), base_path(request.scope)) or ""
    name = (given.name or "").strip() or subscription.name_of(request.headers.get("user-agent", ""))
    services.push.register(
        PushDevice(
            id=found.id,
            owner=caller.username,
            owner_kind=kind_of(caller),
            owner_role=caller.role,
            endpoint=found.endpoint,
            p256dh=found.p256dh,
            auth=found.auth,
            name=name,
            page=page if len(page) <= 300 else "",
            created_at=0.0,
        )
    )
    return ok("Successfully saved token.", id=found.id)


@router.get("/api/notifications/devices")
def devices(services: TheServices, caller: TheCaller) -> list[dict[str, Any]]:
    """Return the caller's devices, for an administrator those of all, newest first."""
    return [_row(one) for one in reversed(services.push.devices.everything()) if _may_change(one, caller)]


@router.delete("/api/notifications/devices/{device_id}")
def forget(device_id: str, services: TheServices, caller: TheCaller) -> dict[str, Any]:
    """Forget a device: one of the caller's, for an administrator anybody's."""
    _find(services, device_id, caller)
    services.push.devices.remove(device_id)
    return ok("The device gets no notifications any more.")


@router.post("/api/notifications/test", responses=answers.refusals(409, 500))
async def send_test(services: TheServices, caller: TheCaller, body: TrialBody | None = None) -> dict[str, Any]:
    """Send a message to the caller's devices, or to one device, and tell what has become of it."""
    found = await services.push.test(_owner(caller), body.device if body else None)
    delivered = sum(not attempt.error for _, attempt in found)
    known = {device.id: device for device in await asyncio.to_thread(services.push.devices.everything)}
    told = [_row(known.get(device.id, device)) | _told(attempt) for device, attempt in found]
    return ok(f"Sent to {delivered} of {len(found)} devices.", devices=told)


def _owner(caller: Caller) -> tuple[str, str]:
    return caller.username, kind_of(caller)


def _find(services: Services, device_id: str, caller: Caller) -> PushDevice:
    found = services.push.devices.find(device_id)
    if found is None or not _may_change(found, caller):
        raise NotFoundError("There is no such device.")
    return found


def _may_change(device: PushDevice, caller: Caller) -> bool:
    return caller.is_admin or (device.owner, device.owner_kind) == _owner(caller)


def _row(device: PushDevice) -> dict[str, Any]:
    """Return a device without its keys; of the endpoint, the service alone."""
    return {
        "id": device.id,
        "name": device.name,
        "user": device.owner,
        "service": device.endpoint.split("/", 3)[2],
        "created_at": device.created_at,
        "delivered_at": device.delivered_at,
        "failed_at": device.failed_at,
        "error": device.error or None,
    }


def _told(attempt: Attempt) -> dict[str, Any]:
    return {"delivered": not attempt.error, "error": attempt.error or None}
