"""Asks a camera for its streams, and proposes a section for the configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from dogwatch.onvif.device import OnvifDevice, OnvifError, understood
from dogwatch.onvif.settings import OnvifAddress
from dogwatch.redact import redact_url

DETECT_PIXELS = 640 * 360
PLACEHOLDERS = "{DOGWATCH_CAMERA_USER}:{DOGWATCH_CAMERA_PASSWORD}"


@dataclass(frozen=True, slots=True)
class FoundStream:
    """A media profile; `uri` has no credentials."""

    token: str
    name: str
    uri: str
    encoding: str
    width: int
    height: int
    fps: float
    snapshot: str


@dataclass(frozen=True, slots=True)
class ProbedCamera:
    """What a camera tells."""

    host: str
    port: int
    manufacturer: str
    model: str
    firmware: str
    serial: str
    streams: tuple[FoundStream, ...]
    features: tuple[str, ...]
    presets: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """Return it as `/api/onvif/probe` does (docs/api/probes.md)."""
        return {
            "host": self.host,
            "port": self.port,
            "manufacturer": self.manufacturer,
            "model": self.model,
            "firmware_version": self.firmware,
            "serial_number": self.serial,
            "profiles_count": len(self.streams),
            "ptz_supported": bool(self.features),
            "presets_count": len(self.presets),
            "autotrack_supported": "pt-r-fov" in self.features,
            "features": list(self.features),
            "presets": list(self.presets),
            "rtsp_candidates": [
                {
                    "source": "GetStreamUri", "profile_token": one.token, "name": one.name, "uri": one.uri,
                    "encoding": one.encoding, "width": one.width, "height": one.height, "fps": one.fps,
                    "snapshot_uri": one.snapshot,
                }
                for one in self.streams
            ],
            "proposal": proposal(self),
        }  # fmt: skip


async def probe(address: OnvifAddress) -> ProbedCamera:
    """Ask a camera for its streams.

    Raises:
        OnvifError: It cannot be reached, or refuses.
    """
    with understood(address.host):
        return await _probed(address)


async def _probed(address: OnvifAddress) -> ProbedCamera:
    async with OnvifDevice(address) as device:
        profiles = await device.ask("media", "GetProfiles") or []
        told = await _optional(device, "devicemgmt", "GetDeviceInformation") or {}
        streams = [await _stream(device, one) for one in profiles[:16]]
        try:
            info = await device.learn()
            features, presets = info.features, tuple(info.presets)
        except OnvifError:
            features, presets = (), ()
    words = [str(told.get(name) or "")[:100] for name in ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")]
    found = tuple(one for one in streams if one.uri)
    return ProbedCamera(address.host, address.port, words[0], words[1], words[2], words[3], found, features, presets)


def proposal(camera: ProbedCamera) -> dict[str, Any]:
    """Return a section for `cameras`: record the largest stream, detect in the smallest that is large enough.

    User and password are placeholders, which the environment fills.
    """
    name = re.sub(r"[^a-z0-9_]+", "_", f"{camera.model or camera.host}".lower()).strip("_") or "camera"
    by_size = sorted(camera.streams, key=lambda one: one.width * one.height)
    if not by_size:
        return {}
    main = by_size[-1]
    small = next((one for one in by_size if one.width * one.height >= DETECT_PIXELS), main)
    inputs: list[dict[str, Any]] = [{"path": _with_login(main.uri), "roles": ["record"]}]
    if small is main:
        inputs[0]["roles"] = ["record", "detect"]
    else:
        inputs.append({"path": _with_login(small.uri), "roles": ["detect"]})
    section: dict[str, Any] = {"ffmpeg": {"inputs": inputs}, "record": {"enabled": True}}
    if camera.features:
        user, _, password = PLACEHOLDERS.partition(":")
        section["onvif"] = {"host": camera.host, "port": camera.port, "user": user, "password": password}
    return {name: section}


def _with_login(uri: str) -> str:
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(netloc=f"{PLACEHOLDERS}@{parts.netloc}"))


async def _stream(device: OnvifDevice, profile: Any) -> FoundStream:
    token = str(profile.get("token") or "")
    encoder = profile.get("VideoEncoderConfiguration") or {}
    size, rate = encoder.get("Resolution") or {}, encoder.get("RateControl") or {}
    setup = {"StreamSetup": {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}, "ProfileToken": token}
    stream = await _optional(device, "media", "GetStreamUri", setup) or {}
    picture = await _optional(device, "media", "GetSnapshotUri", {"ProfileToken": token}) or {}
    return FoundStream(
        token=token,
        name=str(profile.get("Name") or token)[:100],
        uri=_plain(str(stream.get("Uri") or "")),
        encoding=str(encoder.get("Encoding") or ""),
        width=int(size.get("Width") or 0),
        height=int(size.get("Height") or 0),
        fps=float(rate.get("FrameRateLimit") or 0),
        snapshot=redact_url(_plain(str(picture.get("Uri") or ""))),
    )


def _plain(uri: str) -> str:
    """Return an address without credentials, which some cameras put there, and without what is no address."""
    try:
        parts = urlsplit(uri.strip())
        netloc = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return urlunsplit(parts._replace(netloc=netloc, path=quote(parts.path, safe="/%:;=@,+~!$&'()*"))) if netloc else ""


async def _optional(device: OnvifDevice, service: str, operation: str, given: dict[str, Any] | None = None) -> Any:
    try:
        return await device.ask(service, operation, given)
    except OnvifError:
        return None
