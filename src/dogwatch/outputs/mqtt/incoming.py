"""What comes from the broker: commands are obeyed, and everything else is counted and ignored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from dogwatch.config import ConfigErrors
from dogwatch.errors import DogwatchError
from dogwatch.outputs import commands
from dogwatch.outputs.mqtt.queue import BrokerQueue
from dogwatch.outputs.mqtt.settings import BrokerSettings

log = logging.getLogger(__name__)

MOST_PAYLOAD = 1024
"""Bytes of a command. The longest that means anything is the name of a profile."""
MOST_LOGGED = 1000


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message of the broker. `topic` is the whole one, None if it is no text; `retained` is as the broker has it."""

    topic: str | None
    payload: bytes = b""
    retained: bool = False


class BrokerCommands:
    """Obeys what the broker's other clients send. For the event loop."""

    def __init__(self, dispatcher: commands.CommandDispatcher, activity: Callable[[], Mapping[str, Any]]) -> None:
        """Hand commands to `dispatcher`; `activity` returns what each camera sees."""
        self._dispatcher, self._activity = dispatcher, activity
        self._logged: set[str | None] = set()
        self.ignored = 0

    async def hear(self, message: Incoming, settings: BrokerSettings, queue: BrokerQueue) -> None:
        """Do what a message says. One that the broker has retained would be a command at each connection."""
        topic, payload = message.topic, message.payload
        if topic is None:
            self._ignore(topic, "a message whose topic is not UTF-8, or none that can be published on, is ignored")
        elif message.retained:
            self._ignore(topic, "a retained message on %.200r is no command; withdraw it at the broker", topic)
        elif topic == f"{settings.discovery_prefix}/status":
            if payload == b"online":
                queue.again()
        elif len(payload) > MOST_PAYLOAD:
            self.ignored += 1
            log.info("a message of more than %d bytes on %.200r is no command", MOST_PAYLOAD, topic)
        else:
            await self._obey(topic.removeprefix(f"{settings.prefix}/"), payload, queue)

    def _ignore(self, topic: str | None, text: str, *values: object) -> None:
        """Count a message, and say so once for a topic: it may come again at each connection."""
        self.ignored += 1
        if topic not in self._logged and len(self._logged) < MOST_LOGGED:
            self._logged.add(topic)
            log.warning(text, *values)

    async def _obey(self, topic: str, payload: bytes, queue: BrokerQueue) -> None:
        try:
            command = commands.parse(topic, payload)
            if isinstance(command, commands.TellStates):
                activity = await asyncio.to_thread(self._activity)
                queue.put("camera_activity", msgspec.json.encode(activity))
                queue.again()
            else:
                await asyncio.to_thread(self._dispatcher.do, command)
        except ConfigErrors as errors:
            log.error("not restarted, because the configuration file is wrong:\n%s", errors)
        except DogwatchError as error:
            self.ignored += 1
            log.info("a message of the MQTT broker is ignored: %s", error)
        except Exception:  # the next command must be obeyed all the same
            log.exception("a command from MQTT has failed")
