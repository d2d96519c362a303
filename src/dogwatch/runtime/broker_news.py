"""What the MQTT broker is told beside what is published, from the parts of the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dogwatch.outputs.mqtt.discovery import entities_of
from dogwatch.outputs.mqtt.entities import Entity, messages
from dogwatch.outputs.mqtt.output import Told

if TYPE_CHECKING:
    from dogwatch.config import Keeper
    from dogwatch.runtime.parts import CoreParts


def broker_news(keeper: Keeper, version: str, parts: Callable[[], CoreParts]) -> Told:
    """Return who tells it; `parts` is called once all of them have been made."""

    def announce() -> None:
        parts().events.announce()
        parts().status.announce()

    def discovery() -> Mapping[str, Mapping[str, Any]]:
        mqtt = keeper.config.mqtt
        edge = parts().edge
        entities: list[Entity] = [*entities_of(keeper.file), *(edge.topics.entities() if edge is not None else ())]
        return messages(entities, mqtt.topic_prefix, mqtt.discovery.prefix, version)

    def known(topic: str) -> bool:
        place = topic.partition("/")[0]
        cameras = keeper.config.cameras
        return place == topic or place in cameras or any(place in camera.zones for camera in cameras.values())

    return Told(
        announce=announce,
        stats=lambda: parts().stats.newest(),
        activity=lambda: parts().activity.snapshot(),
        discovery=discovery,
        known=known,
    )
