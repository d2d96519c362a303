"""Forecasts what footage of a camera is kept, for how long, why, and how much disk space it takes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dogwatch.config.camera import CameraConfig
from dogwatch.config.ffmpeg import InputConfig
from dogwatch.recordings.rules import DAY_S, MEGABYTE, Rules, rules_of
from dogwatch.store.measured import Measured

MBIT = 125_000
ASSUMED_RATES = ((640 * 480, 1.0), (1280 * 720, 2.0), (1920 * 1080, 4.0), (2560 * 1440, 6.0))
"""Mbit/s of common cameras by the pixels of their picture."""
LARGEST_RATE = 10.0
USUAL_RATE = 4.0
ASSUMED = Measured(0, motion=0.3, alerts=0.05, detections=0.05)


@dataclass(frozen=True, slots=True)
class Kept:
    """Footage of one kind, kept for `days` because of `setting`."""

    what: str
    days: float
    setting: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast for one camera's footage; `basis` tells what `size_bytes` is based on."""

    camera: str
    records: bool
    kept: tuple[Kept, ...]
    size_bytes: int
    basis: str
    warnings: tuple[str, ...]


def forecast(camera: CameraConfig, known: Measured | None) -> Forecast:
    """Return the forecast for `camera`; `known` are the figures of its last days, None if there are none yet."""
    if not (camera.enabled and camera.record.enabled):
        return Forecast(camera.name, False, (), 0, "", ())
    rules = rules_of(camera.record, camera.review)
    kept = tuple(_kept(camera, rules))
    found = known or _assumed(camera)
    size = int(_seconds(camera, rules, found) * found.bytes_per_second)
    if rules.budget_bytes is not None:
        size = min(size, rules.budget_bytes)
    return Forecast(camera.name, True, kept, size, _basis(found, measured=known is not None), _warnings(camera, rules))


def _given(section: object, setting: str) -> str:
    fields = getattr(section, "model_fields_set", ())
    return setting if "days" in fields else f"{setting}, by default"


def _kept(camera: CameraConfig, rules: Rules) -> Iterator[Kept]:
    record, review = camera.record, camera.review
    yield Kept("everything", record.continuous.days, _given(record.continuous, "record.continuous.days"))
    yield Kept("with motion or sound", record.motion.days, _given(record.motion, "record.motion.days"))
    for name, part, made in (
        ("alerts", record.alerts, review.alerts.enabled),
        ("detections", record.detections, review.detections.enabled),
    ):
        setting = _given(part.retain, f"record.{name}.retain.days") + f"; mode {part.retain.mode}"
        missing = "" if made else f"; none are made, as review.{name}.enabled is false"
        yield Kept(name, part.retain.days, setting + missing)
    if not camera.detect.enabled:
        days = (rules.items_s if camera.motion.enabled else rules.longest_s) / DAY_S
        why = "alerts and detections" if camera.motion.enabled else "these"
        yield Kept("everything, as nobody looks for objects", days, f"detect.enabled is false; the longest of {why}")
    else:
        yield Kept("what nobody has analysed", rules.longest_s / DAY_S, "the longest of these")
    if rules.budget_bytes is not None:
        yield Kept(f"no more than {rules.budget_bytes // MEGABYTE} MB", 0, "record.budget")


def _seconds(camera: CameraConfig, rules: Rules, found: Measured) -> float:
    """Return how many seconds of footage are kept on average."""
    whole = rules.continuous_s
    if not camera.detect.enabled:
        whole = max(whole, rules.items_s if camera.motion.enabled else rules.longest_s)
    moving = max(whole, rules.motion_s)
    total = whole + (moving - whole) * found.motion
    if camera.detect.enabled:
        shares = (
            ("alert", found.alerts, camera.review.alerts.enabled),
            ("detection", found.detections, camera.review.detections.enabled),
        )
        total += sum(max(0.0, rules.items[name].keep_s - moving) * share for name, share, made in shares if made)
    return total


def _assumed(camera: CameraConfig) -> Measured:
    rate = USUAL_RATE
    detect, source = camera.detect, recorded_input(camera)
    if detect.width and detect.height and source and "detect" in source.roles:
        pixels = detect.width * detect.height
        rate = next((rate for most, rate in ASSUMED_RATES if pixels <= most), LARGEST_RATE)
    return Measured(rate * MBIT, ASSUMED.motion, ASSUMED.alerts, ASSUMED.detections)


def recorded_input(camera: CameraConfig) -> InputConfig | None:
    """Return the input that is recorded."""
    return next((source for source in camera.ffmpeg.inputs if "record" in source.roles), None)


def _basis(found: Measured, *, measured: bool) -> str:
    how = "measured over the last days" if measured else "assumed, as nothing has been recorded yet"
    shares = f"motion in {found.motion:.0%} of the time, alerts in {found.alerts:.0%}, detections in "
    return f"{how}: {found.bytes_per_second / MBIT:.1f} Mbit/s, {shares}{found.detections:.0%}"


def _warnings(camera: CameraConfig, rules: Rules) -> tuple[str, ...]:
    if rules.longest_s == 0:
        return ("recording is on, but nothing is kept: every days setting is 0",)
    if not camera.detect.enabled or rules.continuous_s or rules.motion_s:
        return ()
    made = (("alert", camera.review.alerts.enabled), ("detection", camera.review.detections.enabled))
    if not camera.objects.track or not any(on and rules.items[name].keep_s for name, on in made):
        return ("recording is on, but no alerts or detections are made for which anything would be kept",)
    return ()
