"""Keeps what is wrong now: since when, what it costs, and what to do (docs/api/health.md).

Checks report what they find, and what they no longer find. A problem begins once it was found for as long as its kind
says, and ends once it was not found for as long, so that what comes and goes is told once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from dogwatch.outputs.broadcast import Publish

TOPIC = "health"
Severity = Literal["error", "warning"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem; it is told after `begins_s` seconds, and over after `ends_s` seconds without it."""

    severity: Severity
    cost: str
    action: str
    begins_s: float = 0.0
    ends_s: float = 0.0


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "no_footage": Kind(
            "error",
            "What this camera sees now is not recorded.",
            "See whether the camera can be reached and the disk written; the other problems and the log say more.",
        ),
        "camera_unreachable": Kind(
            "error",
            "Nothing of this stream is seen or recorded.",
            "Check the camera's power and network, and the address and password in the configuration.",
            begins_s=5,
        ),
        "footage_lost": Kind(
            "error",
            "This part of the recording is missing for ever.",
            "See the reason: a disk that is full or too slow, a broken stream, or a clock that was set back.",
        ),
        "segment_damaged": Kind(
            "warning",
            "What was in these files cannot be played.",
            "The files are kept in recordings/.broken. If this happens again, check the disk.",
        ),
        "footage_missing": Kind(
            "warning",
            "Recordings that should be kept are gone.",
            "Find out who deletes files below recordings/. Dogwatch deletes by itself what has expired.",
        ),
        "not_analysed": Kind(
            "error",
            "No objects are found on this camera, and its recordings are kept as if everything moved.",
            "See the log for what ends or blocks the analysis.",
            begins_s=10,
            ends_s=10,
        ),
        "analysis_behind": Kind(
            "warning",
            "Pictures are left out, so quick objects may be missed.",
            "Lower detect.fps, use a faster detector or a smaller model, or take load off the processor.",
            begins_s=30,
            ends_s=60,
        ),
        "camera_covered": Kind(
            "warning",
            "What happens before this camera is not seen, and hardly anything is found in its pictures.",
            "Look at the lens: something covers most of it, or something stands right before it.",
        ),
        "camera_blurred": Kind(
            "warning",
            "Faces, plates and small objects cannot be recognised.",
            "Clean the lens, and focus the camera again.",
        ),
        "camera_moved": Kind(
            "warning",
            "The camera looks elsewhere: its zones and masks are no longer where they should be.",
            "Turn it back. If the new view is meant, check zones and masks, and accept it (camera_health/accept).",
        ),
        "camera_frozen": Kind(
            "warning",
            "The camera sends the same picture again and again; what happens is not recorded.",
            "Restart the camera.",
        ),
        "camera_veiled": Kind(
            "warning",
            "Little is seen at night, and what moves before the lens makes false motion.",
            "Clean the lens: a spider's web, dirt or a branch close to it reflects the camera's own light.",
        ),
        "detector_stuck": Kind(
            "error",
            "No objects are found on any camera that uses this detector.",
            "See the log; if a device hangs, it may have to be unplugged.",
            begins_s=30,
        ),
        "process_failing": Kind(
            "error",
            "What this process does is interrupted again and again.",
            "See the log for the reason; a configuration that cannot work is named there.",
            begins_s=10,
            ends_s=60,
        ),
        "disk_low": Kind(
            "error",
            "Recording stops when the space is used up.",
            "Free space on the disk: there are no more recordings that could be deleted for it.",
            begins_s=60,
            ends_s=60,
        ),
        "disk_full_soon": Kind(
            "warning",
            "The oldest recordings will be deleted before the days for which they are to be kept.",
            "Keep fewer days, give cameras a budget, or use a larger disk.",
            begins_s=60,
            ends_s=600,
        ),
        "disk_missing": Kind(
            "error",
            "Nothing is written to this directory.",
            "Mount its disk, or confirm the new one as the log says.",
            begins_s=10,
        ),
        "disk_stuck": Kind(
            "error",
            "What is on it can be neither read nor written, and what else is wrong with disks is not found.",
            "See the system's log, and the servers of disks on the network; a disk that hangs may need a restart.",
        ),
        "database_away": Kind(
            "error",
            "Recording goes on; lists and events are answered only when the server is back.",
            "See whether the database server runs and can be reached.",
            begins_s=5,
        ),
        "database_unwritable": Kind(
            "error",
            "Recording goes on, but what happens now may not be remembered.",
            "Free space on the disk of the database, and check that it can be written.",
            begins_s=5,
        ),
        "database_mended": Kind(
            "warning",
            "What was not in the source of the new database is lost, but for the recordings.",
            "Check the disk. The damaged file is kept beside the new one.",
        ),
        "backup_failing": Kind(
            "warning",
            "If the database is damaged, what happened since the last backup is lost.",
            "See the reason; most often the disk of backups/ is full or missing.",
            begins_s=60,
        ),
        "backup_old": Kind(
            "warning",
            "If the database is damaged, what happened since the last backup is lost.",
            "See the log for what prevents backups.",
        ),
        "clock_jumped": Kind(
            "warning",
            "Recordings and events around that time may have wrong times; nothing is deleted for its age meanwhile.",
            "Check the computer's clock, and that it is set by a time server.",
        ),
        "broker_away": Kind(
            "warning",
            "Home automation and notifiers that listen to MQTT hear nothing, and what they send is not heard.",
            "See whether the MQTT broker runs and can be reached, and check the user and password in `mqtt`.",
            begins_s=30,
        ),
        "config_mistakes": Kind(
            "warning",
            "The last configuration that worked is in force, not the file.",
            "Correct the file; `dogwatch check` names each mistake.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found wrong.

    `subject` is what is concerned, by default the camera. `detail` may name paths and addresses, so only administrators
    get it. `since` is when it began (epoch s), if that is known.
    """

    kind: str
    text: str
    camera: str | None = None
    subject: str = ""
    detail: str = ""
    since: float | None = None

    @property
    def id(self) -> str:
        """What tells this problem from others, the same as long as it lasts."""
        subject = self.subject or self.camera
        return f"{self.kind}:{subject}" if subject else self.kind


@dataclass(slots=True)
class _Watched:
    finding: Finding
    first: float
    last: float
    since: float
    told: bool = False


class ProblemKeeper:
    """All problems, in memory. For any thread."""

    def __init__(
        self,
        publish: Publish,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Know of no problem, and say so.

        Args:
            publish: Takes the state on `TOPIC`, retained, whenever a problem begins or ends.
            clock: Gives epoch seconds.
            monotonic: Gives monotonic seconds.
        """
        self._publish, self._clock, self._monotonic = publish, clock, monotonic
        self._watched: dict[str, dict[str, _Watched]] = {}
        self._lock = threading.Lock()
        self._tell()

    def update(self, source: str, found: Iterable[Finding]) -> None:
        """Take all that the check named `source` finds wrong now; what it found before and not now is over."""
        now = self._monotonic()
        present = {one.id: one for one in found}
        with self._lock:
            watched = self._watched.setdefault(source, {})
            changed = False
            for key, finding in present.items():
                since = self._clock() if finding.since is None else finding.since
                one = watched.setdefault(key, _Watched(finding, now, now, since))
                one.finding, one.last = finding, now
                if not one.told and now - one.first >= KINDS[finding.kind].begins_s:
                    one.told = changed = True
                    _log.warning("problem: %s%s", finding.text, f" ({finding.detail})" if finding.detail else "")
            for key in watched.keys() - present.keys():
                one = watched[key]
                if not one.told or now - one.last >= KINDS[one.finding.kind].ends_s:
                    del watched[key]
                    changed |= one.told
                    if one.told:
                        _log.info("no longer a problem: %s", one.finding.text)
            if changed:
                self._tell()

    def health(self) -> dict[str, Any]:
        """Return the state, as for administrators."""
        with self._lock:
            return health_of([_body(one, whole=True) for one in self._told()])

    def _told(self) -> list[_Watched]:
        told = [one for some in self._watched.values() for one in some.values() if one.told]
        return sorted(told, key=lambda one: (KINDS[one.finding.kind].severity, one.since, one.finding.id))

    def _tell(self) -> None:
        self._publish(TOPIC, health_of([_body(one, whole=False) for one in self._told()]), retain=True)


def health_of(problems: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the state that `problems` make."""
    severities = {one["severity"] for one in problems}
    status = "error" if "error" in severities else "warning" if severities else "ok"
    return {"status": status, "problems": problems}


def counts(health: Mapping[str, Any]) -> Counter[str]:
    """Return the number of problems of each kind, also of those that there are none of."""
    found = Counter(dict.fromkeys(KINDS, 0))
    found.update(one["kind"] for one in health["problems"])
    return found


def _body(one: _Watched, *, whole: bool) -> dict[str, Any]:
    finding = one.finding
    kind = KINDS[finding.kind]
    body = {
        "id": finding.id,
        "kind": finding.kind,
        "severity": kind.severity,
        "camera": finding.camera,
        "since": round(one.since, 3),
        "text": finding.text,
        "cost": kind.cost,
        "action": kind.action,
    }
    return {**body, "detail": finding.detail} if whole else body
