import asyncio
import threading

import numpy as np
import pytest

from dogwatch.outputs.broadcast import Broadcast, Publication


async def test_everybody_hears() -> None:
    broadcast = Broadcast()
    with broadcast.subscribe() as one, broadcast.subscribe() as two:
        broadcast.publish("front/person", 1)
        assert await one.get() == await two.get() == Publication("front/person", 1)


async def test_a_slow_listener_loses_the_oldest() -> None:
    broadcast = Broadcast()
    with broadcast.subscribe(limit=2) as slow:
        for n in range(5):
            broadcast.publish("n", n)
        assert [(await slow.get()).payload, (await slow.get()).payload] == [3, 4]
        assert slow.dropped == 3
        assert broadcast.statistics() == {"listeners": 1, "queued": 0, "dropped": 3}
    assert broadcast.statistics() == {"listeners": 0, "queued": 0, "dropped": 3}


async def test_from_another_thread() -> None:
    broadcast = Broadcast()
    with broadcast.subscribe() as subscription:
        waiting = asyncio.create_task(subscription.get())
        await asyncio.sleep(0)
        thread = threading.Thread(target=broadcast.publish, args=("x", 1))
        thread.start()
        async with asyncio.timeout(5):
            assert (await waiting).payload == 1
        thread.join()


async def test_no_publication_of_a_busy_thread_is_slept_through() -> None:
    broadcast = Broadcast()
    with broadcast.subscribe(limit=100_000) as subscription:

        def publish() -> None:
            for n in range(20_000):
                broadcast.publish("n", n)

        thread = threading.Thread(target=publish)
        thread.start()
        async with asyncio.timeout(30):
            assert [(await subscription.get()).payload for _ in range(20_000)] == list(range(20_000))
        thread.join()


def test_an_ear_hears_at_once_and_no_longer_than_wanted() -> None:
    broadcast = Broadcast()
    heard: list[Publication] = []
    with broadcast.observed_by(heard.append):
        broadcast.publish("x", 1)
        assert heard == [Publication("x", 1)]
    broadcast.publish("x", 2)
    assert heard == [Publication("x", 1)]


async def test_who_has_left_hears_nothing() -> None:
    broadcast = Broadcast()
    subscription = broadcast.subscribe()
    subscription.close()
    subscription.close()
    broadcast.publish("x", 1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await subscription.get()


def test_the_newest_retained_value_is_kept() -> None:
    broadcast = Broadcast()
    broadcast.publish("front/detect/state", "ON", retain=True)
    broadcast.publish("front/detect/state", "OFF", retain=True)
    broadcast.publish("front/motion", "ON")
    assert broadcast.retained() == [Publication("front/detect/state", "OFF", retain=True)]


class Label(str):
    """As the labels of some models are."""


@pytest.mark.parametrize(
    ("payload", "encoded"),
    [
        ({"a": np.float64(0.5), "b": np.int64(3), "c": Label("x")}, '{"a":0.5,"b":3,"c":"x"}'),
        ({"a": [1]}, '{"a":[1]}'),
        ([], "[]"),
        ("ON", "ON"),
        (3, 3),
        (0.5, 0.5),
        (b"jpeg", b"jpeg"),
    ],
)
def test_encoded(payload: object, encoded: object) -> None:
    assert Publication("x", payload).encoded() == encoded


def test_a_message_is_encoded_once_for_all_listeners() -> None:
    publication = Publication("events", {"type": "new"})
    assert publication.frame == '{"topic":"events","payload":"{\\"type\\":\\"new\\"}"}'
    assert publication.frame is publication.frame
    assert publication.encoded() is publication.encoded()
    assert publication.views is publication.views
    assert Publication("front/person", 2).frame == '{"topic":"front/person","payload":2}'


def test_the_newest_of_a_topic() -> None:
    broadcast = Broadcast()
    assert broadcast.newest("x") is None
    broadcast.publish("x", 1, retain=True)
    broadcast.publish("x", 2)
    assert broadcast.newest("x") == Publication("x", 1, retain=True)
