"""Cameras on the network, and cameras that turn (docs/api/probes.md, docs/api/cameras.md)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from dogwatch.api.shapes.done import DoneAnswer


class PtzProfileAnswer(Struct):
    """A media profile."""

    name: str
    token: str


class PtzInfoAnswer(Struct):
    """What a camera that turns can do; nothing of another."""

    name: str | UnsetType = UNSET
    features: list[str] | UnsetType = UNSET
    presets: list[str] | UnsetType = UNSET
    profiles: list[PtzProfileAnswer] | UnsetType = UNSET


class FoundCameraAnswer(Struct):
    """A camera that has answered on the network."""

    host: str
    port: int
    address: str
    name: str
    hardware: str
    location: str


class StreamCandidateAnswer(Struct):
    """A stream of a camera."""

    source: str
    profile_token: str
    name: str
    uri: str
    encoding: str
    width: int
    height: int
    fps: float
    snapshot_uri: str


class ProbedCameraAnswer(DoneAnswer):
    """What a camera has; `proposal` is a section for `cameras`."""

    host: str
    port: int
    manufacturer: str
    model: str
    firmware_version: str
    serial_number: str
    profiles_count: int
    ptz_supported: bool
    presets_count: int
    autotrack_supported: bool
    features: list[str]
    presets: list[str]
    rtsp_candidates: list[StreamCandidateAnswer]
    proposal: dict[str, Any]
