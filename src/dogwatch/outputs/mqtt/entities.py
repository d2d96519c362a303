"""What Home Assistant is told of: entities, each of a device, as its MQTT discovery documents them.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery, in the form with a message for each entity, which every
version understands, and which can be withdrawn one by one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SAFE = re.compile(r"[^a-zA-Z0-9_-]+")
MAKER = "Dogwatch"


@dataclass(frozen=True, slots=True)
class EntityDevice:
    """What entities are grouped by: a camera, a zone, the edge camera's sensor, or the program itself (empty key)."""

    key: str
    name: str
    model: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity.

    `component` is Home Assistant's kind of it, such as `binary_sensor`. `key` tells it from others of its device, and
    stays the same as long as it is the same thing to users. Values in `topics` are topics without the prefix.
    """

    component: str
    device: EntityDevice
    key: str
    name: str
    topics: Mapping[str, str]
    config: Mapping[str, Any] = field(default_factory=dict)


def messages(entities: Iterable[Entity], prefix: str, discovery_prefix: str, version: str) -> dict[str, dict[str, Any]]:
    """Return the message of each entity, by its whole topic.

    Args:
        entities: What there is.
        prefix: Begins the topics of states and commands.
        discovery_prefix: Begins the topics of the messages.
        version: That of Dogwatch.
    """
    node = identifier(prefix)
    availability = {
        "topic": f"{prefix}/available",
        # `stopped` after a clean end is neither of the payloads that Home Assistant looks for.
        "value_template": "{{ 'online' if value == 'online' else 'offline' }}",
    }
    found = {}
    for entity in entities:
        key = identifier(f"{entity.device.key}/{entity.component}/{entity.key}")
        found[f"{discovery_prefix}/{entity.component}/{node}/{key}/config"] = {
            "name": entity.name,
            "unique_id": f"{node}_{key}",
            **{option: f"{prefix}/{topic}" for option, topic in entity.topics.items()},
            **entity.config,
            "availability": [availability],
            "device": _device(entity.device, prefix, version),
            "origin": {"name": MAKER, "sw_version": version},
        }
    return found


def _device(device: EntityDevice, prefix: str, version: str) -> dict[str, Any]:
    body = {
        "identifiers": [f"{prefix}:{device.key}" if device.key else prefix],
        "name": device.name,
        "manufacturer": MAKER,
        "model": device.model,
        "sw_version": version,
    }
    return {**body, "via_device": prefix} if device.key else body


def identifier(text: str) -> str:
    """Return `text` with the characters that ids may have; texts that differ never get the same id."""
    safe = SAFE.sub("_", text).strip("_")
    if safe == text:
        return safe
    return f"{safe[:60]}_{zlib.crc32(text.encode()):08x}" if safe else f"{zlib.crc32(text.encode()):08x}"
