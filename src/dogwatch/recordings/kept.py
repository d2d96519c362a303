"""Says in words what a camera's settings keep, for how long and why. Pure.

`dogwatch check` prints it; the rules themselves are in `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

from dogwatch.config.camera import CameraConfig
from dogwatch.recordings.rules import DAY_S, Mode, rules_of

_MODES: dict[Mode, str] = {
    "all": "all footage",
    "motion": "footage with motion or sound",
    "active_objects": "footage with an object that moved",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one camera.

    `reasons` are sentences for people, what keeps longest first. `longest_days` is how long anything is kept and
    `all_days` how long everything is: quiet footage in which nobody has missed a look too.
    """

    recorded: bool
    reasons: tuple[str, ...]
    longest_days: float
    all_days: float

    @property
    def nothing(self) -> bool:
        """Whether recording is on and all that it writes goes within minutes."""
        return self.recorded and self.longest_days == 0


def kept(camera: CameraConfig) -> Kept:
    """Return what the configuration of `camera` keeps."""
    rules = rules_of(camera.record, camera.review)
    found: list[tuple[float, str]] = [
        (rules.continuous_s, "all footage"),
        (rules.motion_s, "footage with motion or sound"),
        *(
            (rule.keep_s, f"{_MODES[rule.mode]} around {name}s ({rule.pre_s:g} s before to {rule.post_s:g} s after)")
            for name, rule in rules.items.items()
        ),
    ]
    everything = rules.continuous_s
    recorded = camera.enabled and camera.record.enabled and any("record" in one.roles for one in camera.ffmpeg.inputs)
    watched = any("detect" in one.roles for one in camera.ffmpeg.inputs)
    if not watched or not (camera.motion.enabled or camera.detect.enabled):
        everything = rules.longest_s
        found.append((everything, "all footage, since nobody looks for motion or objects in it: it may be an alert"))
    elif not camera.detect.enabled:
        everything = max(everything, rules.items_s)
        found.append((rules.items_s, "all footage, since nobody looks for objects in it: it may be an alert"))
    elif rules.items_s > rules.continuous_s:
        found.append((rules.items_s, "footage that detection could not look at: it may be an alert"))
    reasons = tuple(
        f"{seconds / DAY_S:g} days: {what}"
        for seconds, what in sorted(found, key=lambda one: -one[0])
        if seconds > everything or (seconds == everything and what.startswith("all footage") and seconds > 0)
    )
    longest = max((seconds for seconds, _ in found), default=0.0)
    return Kept(recorded, reasons, longest / DAY_S, everything / DAY_S)
