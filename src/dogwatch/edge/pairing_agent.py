"""Answers what BlueZ asks while a phone pairs, for as long as it is registered. This computer has no keys to press."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from dogwatch.edge.bluez import BLUEZ
from dogwatch.edge.message_bus import BusError, SystemBus

if TYPE_CHECKING:
    from dbus_fast.message import Message

MANAGER = (BLUEZ, "/org/bluez", "org.bluez.AgentManager1")
INTERFACE = "org.bluez.Agent1"
PATH = "/org/dogwatch/pairing"
CAPABILITY = "NoInputNoOutput"
PIN = "0000"
log = logging.getLogger(__name__)


@asynccontextmanager
async def answering(bus: SystemBus) -> AsyncIterator[None]:
    """Accept pairing while the context lasts.

    Raises:
        BusError: BlueZ takes no agent.
    """
    connection = await bus.connected()
    connection.add_message_handler(_answer)
    try:
        await bus.call(MANAGER, "RegisterAgent", "os", PATH, CAPABILITY)
        try:
            await bus.call(MANAGER, "RequestDefaultAgent", "o", PATH)
            yield
        finally:
            await _unregister(bus)
    finally:
        connection.remove_message_handler(_answer)


async def _unregister(bus: SystemBus) -> None:
    try:
        await bus.call(MANAGER, "UnregisterAgent", "o", PATH)
    except BusError as error:
        log.debug("the pairing agent had gone: %s", error)  # BlueZ has ended, and with it all agents


def _answer(message: Message) -> Message | None:
    """Answer a call of the agent; None for other messages."""
    from dbus_fast import Message, MessageType

    if message.message_type is not MessageType.METHOD_CALL or message.path != PATH or message.interface != INTERFACE:
        return None
    match message.member:
        case "RequestPinCode":
            return Message.new_method_return(message, "s", [PIN])
        case "RequestPasskey":
            return Message.new_method_return(message, "u", [0])
        case "Release" | "Cancel" | "DisplayPinCode" | "DisplayPasskey":
            return Message.new_method_return(message)
        case "RequestConfirmation" | "RequestAuthorization" | "AuthorizeService":
            log.info("a device that pairs is accepted: %s", message.body[0] if message.body else "")
            return Message.new_method_return(message)
        case _:
            return Message.new_error(message, "org.bluez.Error.Rejected", "not supported")
