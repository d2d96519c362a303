"""Two surfaces that are not the NVR's: a device's, on a port of its own, and one that shares the NVR's listeners."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Annotated, Any

from fastapi import APIRouter, Depends, WebSocket
from pydantic import BaseModel
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dogwatch.api.errors import AccessError, ApiError, InvalidError
from dogwatch.api.guard import Guard
from dogwatch.api.listener import Address, HttpListener
from dogwatch.api.services import TheCaller
from dogwatch.api.surface import Key, Surface
from dogwatch.auth.caller import Caller
from dogwatch.errors import ConflictError, StoreError

DEVICE = "device"
CODES = {400: "bad_field", 401: "unauthorized", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


# ------------------------------------------------------------ a device: no accounts, a token while its login is on


@dataclass
class Device:
    """What the device's handlers work with."""

    login: bool = False
    token: str = "s3cret"
    recording: bool = False


class Needs(Enum):
    """The device's permissions."""

    NOTHING = auto()
    TOKEN = auto()


class Toggle(BaseModel):
    """A body."""

    on: bool


async def get_device(connection: HTTPConnection) -> Device:
    """Return the app's device; a FastAPI dependency."""
    device: Device = connection.app.state.services
    return device


TheDevice = Annotated[Device, Depends(get_device)]
device_router = APIRouter()


@device_router.get("/auth/status")
def auth_status(device: TheDevice) -> dict[str, bool]:
    """Tell whether a token is needed."""
    return {"enabled": device.login}


@device_router.get("/sensor/status")
def sensor(device: TheDevice) -> dict[str, bool]:
    """Tell whether it records."""
    return {"recording": device.recording}


@device_router.post("/recording")
def toggle(body: Toggle, device: TheDevice) -> dict[str, str]:
    """Start or stop to record."""
    if body.on is device.recording:
        raise ConflictError("It is so already")
    device.recording = body.on
    return {"message": "done"}


@device_router.get("/broken/{how}")
def broken(how: str) -> None:
    """Fail."""
    if how == "store":
        raise StoreError("the database is away")
    raise ZeroDivisionError


@device_router.websocket("/events")
async def events(socket: WebSocket, device: TheDevice) -> None:
    """Say one thing."""
    await socket.accept()
    await socket.send_json({"recording": device.recording})
    await socket.close()


def device_errors(error: ApiError) -> Response:
    """Answer `{"error", "code"}`."""
    body: dict[str, Any] = {"error": error.text, "code": CODES.get(error.status, "failed")}
    status = error.status
    if isinstance(error, InvalidError):
        status, body = 400, {"error": "A field is wrong", "code": "bad_field", "field": error.findings[0]["loc"][-1]}
    return JSONResponse(body, status, error.headers)


def named(app: ASGIApp) -> ASGIApp:
    """Return `app` whose answers, refusals too, name the device."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def name(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-device", b"one")]}
            await send(message)

        await app(scope, receive, name)

    return answer


def device_surface(device: Device) -> Surface[Needs]:
    """Return the device's surface."""

    def protect(app: ASGIApp, needs: Needs) -> ASGIApp:
        async def checked(scope: Scope, receive: Receive, send: Send) -> None:
            given = HTTPConnection(scope).headers.get("authorization", "").removeprefix("Bearer ")
            if needs is Needs.TOKEN and device.login and not secrets.compare_digest(given, device.token):
                raise AccessError(401, "Unauthorized", headers={"WWW-Authenticate": "Bearer"})
            await app(scope, receive, send)

        return checked

    return Surface(
        name="device",
        routers=(device_router,),
        policy={
            ("GET", "/auth/status"): Needs.NOTHING,
            ("GET", "/sensor/status"): Needs.TOKEN,
            ("POST", "/recording"): Needs.TOKEN,
            ("GET", "/broken/{how}"): Needs.TOKEN,
            ("WS", "/events"): Needs.TOKEN,
        },
        protect=protect,
        protect_rest=lambda app: protect(app, Needs.TOKEN),
        error_form=device_errors,
        listeners=(HttpListener(DEVICE, Address("127.0.0.1", 0), login=False),),
        services=device,
        before=named,
    )


# ------------------------------------------------------------ files: the NVR's accounts and listeners, below a prefix

files_router = APIRouter()
FILES_POLICY: dict[Key, bool] = {("GET", "/api/v1/file/{name}"): False, ("DELETE", "/api/v1/file/{name}"): True}


@files_router.get("/api/v1/file/{name}")
def file(name: str, caller: TheCaller) -> dict[str, str]:
    """Tell who asks."""
    return {"name": name, "owner": caller.username}


@files_router.delete("/api/v1/file/{name}")
def delete(name: str) -> dict[str, str]:
    """Do nothing."""
    return {"name": name}


def files_errors(error: ApiError) -> Response:
    """Answer `{"success", "error": {"code", "message"}}`."""
    body = {"success": False, "error": {"code": CODES.get(error.status, "failed"), "message": error.text}}
    return JSONResponse(body, error.status, error.headers)


def files_surface(
    guard: Guard,
    listeners: tuple[HttpListener, ...],
    router: APIRouter = files_router,
    policy: dict[Key, bool] = FILES_POLICY,
    prefix: str = "/api/v1/",
) -> Surface[bool]:
    """Return a surface on the NVR's listeners; its policy tells whether only administrators may."""

    def check(admin: bool) -> Callable[[Scope, Caller], Any]:
        async def checked(_: Scope, caller: Caller) -> None:
            if admin and not caller.is_admin:
                raise AccessError(403, "Access denied")

        return checked

    return Surface(
        name="files",
        routers=(router,),
        policy=policy,
        protect=lambda app, admin: guard.protect(app, check(admin)),
        protect_rest=lambda app: guard.protect(app, check(False)),
        error_form=files_errors,
        listeners=listeners,
        services=None,
        prefix=prefix,
    )
