"""What sockets do when nobody keeps up."""

from __future__ import annotations

from pathlib import Path

import zmq

from dogwatch.bus.messages import LiveFragment
from dogwatch.bus.sockets import LIVE_LIMIT, LiveFeed, address, live_topic

FRAGMENT = LiveFragment(1.0, True, bytes(100_000))  # too large for many to hide in the kernel's buffers


def test_a_listener_that_does_not_read_is_counted_and_holds_nobody_up(tmp_path: Path) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    feed = LiveFeed(str(tmp_path), "front")
    listener = context.socket(zmq.SUB)
    try:
        for _ in range(5):
            feed.publish(0, FRAGMENT)
        assert feed.dropped == 0  # nobody listens, so nobody misses anything
        listener.setsockopt(zmq.RCVHWM, 1)
        listener.subscribe(live_topic(0))
        listener.connect(address(str(tmp_path), "live-front"))
        while 0 not in feed.watched:
            feed.changes()
        for _ in range(3 * LIVE_LIMIT):
            feed.publish(0, FRAGMENT)
            feed.publish(1, FRAGMENT)
        assert LIVE_LIMIT < feed.dropped < 3 * LIVE_LIMIT
        dropped = feed.dropped
        got = 0
        while listener.poll(500):
            listener.recv_multipart()
            got += 1
        assert got + dropped == 3 * LIVE_LIMIT  # every one was either sent or counted
    finally:
        feed.close()
        context.destroy(linger=0)
