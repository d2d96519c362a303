"""Several messages without acknowledgements, handed to the system together.

What costs is to have the broker's end of the connection look, about five times as much as a message. So the system
holds back what is written until all of it is, and the event loop watches the socket only if that takes no more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

log = logging.getLogger(__name__)


class Bursts:
    """The way to the system of one connection that stands; for its event loop."""

    def __init__(self, paho: Any, give_up: Callable[[], None]) -> None:
        """Take over what paho's client writes; `give_up` closes a connection that is of no use any more."""
        self._paho, self._give_up = paho, give_up
        self._loop = asyncio.get_running_loop()
        self._gathering = False
        self._paho.on_socket_register_write = self._on_something_to_write

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write at the end of the block, all at once, what is published in it."""
        self._gathering = True
        told, self._paho.on_publish = self._paho.on_publish, None  # who publishes together asks afterwards
        try:
            yield
            with self._held_back():
                self._paho.loop_write()
        finally:
            self._gathering, self._paho.on_publish = False, told
            if self._paho.want_write() and (sock := self._paho.socket()) is not None:
                self._watch(sock)

    @contextlib.contextmanager
    def _held_back(self) -> Iterator[None]:
        """Have the system send no part of what is written before the end of the block."""
        sock: Any = self._paho.socket()
        several = sock is not None and len(self._paho._out_packet) > 1
        if several:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        try:
            yield
        finally:
            if several:
                with contextlib.suppress(OSError):  # it has been closed
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    def _on_something_to_write(self, _library: Any, _userdata: Any, sock: Any) -> None:
        if not self._gathering:
            self._watch(sock)

    def _watch(self, sock: Any) -> None:
        """Write as soon as the system takes something.

        aiomqtt stops watching at once but begins a round of the loop later, so it would go on after all is written.
        """
        with contextlib.suppress(OSError, ValueError):  # it has been closed
            self._loop.add_writer(sock.fileno(), self._write)

    def _write(self) -> None:
        try:
            self._paho.loop_write()
        except Exception:  # whatever it is, the connection is of no use any more
            log.exception("the connection to the MQTT broker is given up")
            self._give_up()
