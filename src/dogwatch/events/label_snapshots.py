"""The best picture of each label of a camera, published when there is a better one (docs/events.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.events import rendering
from dogwatch.events.live_object import LiveObject
from dogwatch.events.outputs import EventOutputs

if TYPE_CHECKING:
    from dogwatch.config import Config


@dataclass(frozen=True, slots=True)
class LabelSnapshotStyle:
    """How a camera's best pictures go out over MQTT; `zones` one of which must have been entered."""

    style: rendering.Style
    zones: frozenset[str] = frozenset()


def label_snapshots_of(config: Config) -> Mapping[str, LabelSnapshotStyle]:
    """Return how the best pictures of those cameras go out that publish any."""
    return {
        name: LabelSnapshotStyle(rendering.style_of(camera.mqtt, camera, config), frozenset(camera.mqtt.required_zones))
        for name, camera in config.cameras.items()
        if config.mqtt.enabled and camera.mqtt.enabled
    }


@dataclass(frozen=True, slots=True)
class _Best:
    object_id: str
    score: float
    area: int
    time: float


class LabelSnapshots:
    """The best picture of each label of one camera."""

    def __init__(self, camera: str, outputs: EventOutputs, wanted: LabelSnapshotStyle | None) -> None:
        """Begin with none; nothing is published if nothing is `wanted`."""
        self._camera, self._outputs, self.wanted = camera, outputs, wanted
        self._best: dict[str, _Best] = {}

    def offer(self, live: LiveObject, timeout: float) -> None:
        """Publish the object's picture if it is the best of its label now; after `timeout` seconds anything is."""
        wanted, picture = self.wanted, live.picture
        if wanted is None or picture is None or (wanted.zones and wanted.zones.isdisjoint(live.obj.entered_zones)):
            return
        best = self._best.get(picture.label)
        fresh = _Best(picture.object_id, picture.score, picture.box.area, picture.frame_time)
        if best is not None and not _beats(fresh, best, timeout):
            return
        self._best[picture.label] = fresh
        shown = rendering.Shown(
            label=live.name or picture.label,
            score=picture.score,
            frame_time=picture.frame_time,
            box=picture.box.fractions(*live.frame),
            region=picture.region.fractions(*live.frame),
        )
        topic, publish = f"{self._camera}/{picture.label}/snapshot", self._outputs.publish
        self._outputs.draw(picture.object_id, self._camera, _job(publish, topic, shown, wanted.style), light=True)


def _job(
    publish: Callable[..., None], topic: str, shown: rendering.Shown, style: rendering.Style
) -> Callable[[bytes], None]:
    return lambda clean: publish(topic, rendering.snapshot(clean, shown, style), retain=True)


def _beats(fresh: _Best, best: _Best, timeout: float) -> bool:
    return (
        fresh.object_id == best.object_id
        or fresh.time - best.time > timeout
        or fresh.score > best.score * 1.05
        or fresh.area > best.area * 1.1
    )
