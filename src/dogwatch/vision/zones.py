"""Which zones an object is in (docs/vision.md)."""

from __future__ import annotations

from dataclasses import dataclass, field

from dogwatch.analysis import ZoneSettings
from dogwatch.evidence import ZoneStay
from dogwatch.model import Detection
from dogwatch.vision.filters import rejection
from dogwatch.vision.geometry import Geometry, contains, ground_point
from dogwatch.vision.speed import MPH, GroundPlane, SpeedRecord


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of one camera, ready for use: its ground plane is computed once."""

    settings: ZoneSettings
    plane: GroundPlane | None
    per_second: float

    @classmethod
    def of(cls, settings: ZoneSettings, geometry: Geometry, per_second: float = MPH) -> Zone:
        """Prepare `settings`; `per_second` converts a distance a second to the user's unit of speed."""
        return cls(settings, GroundPlane.of(settings, geometry), per_second)

    def touched(self, detection: Detection, geometry: Geometry) -> bool:
        """Whether the object stands inside the polygon and the zone is for such objects."""
        rule = self.settings.filters.get(detection.label)
        if self.settings.objects and detection.label not in self.settings.objects:
            return False
        if rule is not None and rejection(detection, rule, geometry) is not None:
            return False
        return contains(self.settings.polygon, *ground_point(detection.box, geometry))


@dataclass(slots=True)
class _Stays:
    """The stays of an object in one zone: detections in a row and since when; the most of both; when it entered."""

    settings: ZoneSettings
    count: int = 0
    since: float = 0.0
    most: int = 0
    longest_s: float = 0.0
    entered: float | None = None


@dataclass(slots=True)
class ZoneRecord:
    """The zones of one object: `current`, `entered` so far (both in order), and `loitering`."""

    current: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()
    loitering: tuple[str, ...] = ()
    pending_loitering: bool = False
    speed: SpeedRecord = field(default_factory=SpeedRecord)
    _present: tuple[Zone, ...] = ()
    _stays: dict[str, _Stays] = field(default_factory=dict)

    def seen(
        self,
        zones: tuple[Zone, ...],
        detection: Detection,
        time: float,
        velocity: tuple[float, float],
        geometry: Geometry,
    ) -> None:
        """Add a detection of the object at `time`; `velocity` is that of its bottom centre in pixels a second."""
        self._present = tuple([zone for zone in zones if self._count(zone, detection, time, geometry)])
        self._measure(detection, time, velocity)
        self.passed(time)

    def passed(self, time: float) -> None:
        """Advance to `time`: an object that stays in a zone may have loitered long enough now."""
        if not self._present:
            self.current, self.loitering, self.pending_loitering = (), (), False
            return
        inside = [zone for zone in self._present if self._fast_enough(zone)]
        stays = self._stays
        stayed = [zone for zone in inside if time - stays[zone.settings.name].since >= zone.settings.loitering_time]
        self.pending_loitering = len(stayed) < len(inside)
        self.current = tuple(zone.settings.name for zone in stayed)
        self.loitering = tuple(zone.settings.name for zone in stayed if zone.settings.loitering_time > 0)
        for name in self.current:
            if name not in self.entered:
                self.entered += (name,)
                stay = stays[name]
                stay.entered, stay.longest_s = time, max(stay.longest_s, time - stay.since)

    def stays(self) -> tuple[ZoneStay, ...]:
        """Return the longest stay in each zone in which the object was."""
        return tuple(
            ZoneStay(
                name,
                one.most,
                one.settings.inertia,
                one.longest_s,
                one.settings.loitering_time,
                one.settings.speed_threshold,
                one.entered,
            )
            for name, one in self._stays.items()
        )

    def _count(self, zone: Zone, detection: Detection, time: float, geometry: Geometry) -> bool:
        """Count consecutive detections inside `zone`; True once there are enough."""
        stay = self._stays.get(zone.settings.name)
        if not zone.touched(detection, geometry):
            if stay is not None:
                stay.count = 0
            return False
        if stay is None:
            stay = self._stays[zone.settings.name] = _Stays(zone.settings)
        if not stay.count:
            stay.since = time
        stay.settings = zone.settings
        stay.count += 1
        stay.most = max(stay.most, stay.count)
        stay.longest_s = max(stay.longest_s, time - stay.since)
        return stay.count >= zone.settings.inertia

    def _fast_enough(self, zone: Zone) -> bool:
        least = zone.settings.speed_threshold
        return least is None or zone.plane is None or self.speed.current >= least

    def _measure(self, detection: Detection, time: float, velocity: tuple[float, float]) -> None:
        for zone in self._present:
            if zone.plane is not None:
                speed = zone.plane.speed(detection.box.bottom_center, velocity) * zone.per_second
                self.speed.add(speed, velocity, time)
                return
        self.speed.left()
