"""MQTT over a real Mosquitto: availability, states, commands, and what becomes of them when the broker goes away."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from dogwatch.config import parse
from dogwatch.outputs.mqtt import connection
from dogwatch.outputs.mqtt.incoming import Incoming
from dogwatch.outputs.mqtt.queue import BrokerQueue
from dogwatch.outputs.mqtt.settings import BrokerSettings, broker_of
from dogwatch.testing.app import CONFIG, Nvr, nvr, until
from tests.integration.outputs.conftest import Started, running, with_mqtt
from tests.mosquitto import Broker, MqttListener, listening


def connected(app: Nvr) -> bool:
    return app.parts.mqtt.statistics()["connected"] == 1


def idle(app: Nvr) -> bool:
    return connected(app) and not app.parts.mqtt.statistics()["queued"]


async def caught_up(app: Nvr, home: MqttListener, prefix: str = "frigate") -> None:
    """Wait until a client has heard everything that has been published."""
    marker = f"marker{len(home.said)}"
    app.parts.broadcast.publish(f"front/{marker}", "x")
    await home.until(f"{prefix}/front/{marker}")


async def test_availability(broker: Broker, started: Started) -> None:
    async with listening(broker.port, "frigate/available") as home:
        async with started():
            assert (await home.until("frigate/available", "online")).retained is False
        await home.until("frigate/available", "stopped")
        assert [one.text for one in home.said] == ["online", "stopped"]
    async with listening(broker.port, "frigate/available") as later:
        assert (await later.until("frigate/available")).retained
        assert later.last("frigate/available") == "stopped"


async def test_a_core_that_dies_is_offline(broker: Broker, started: Started) -> None:
    async with listening(broker.port) as home, started() as app:
        connection = app.parts.mqtt
        await until(lambda: idle(app), 30)
        async with listening(broker.port, identifier="frigate"):  # takes the connection away, as a kill does
            await home.until("frigate/available", "offline")
        await home.until("frigate/available", "online")
        await until(lambda: connection.statistics()["reconnects"] >= 1, 30)


async def test_states_are_retained(broker: Broker, started: Started) -> None:
    async with listening(broker.port) as home, started() as app:
        await until(lambda: idle(app), 30)
        await caught_up(app, home)
        async with listening(broker.port) as late:
            await late.until("frigate/front/detect/state", "ON")
            await late.until("frigate/back/enabled/state", "ON")
            await late.until("frigate/front/notifications/suspended", "0")
            await late.until("frigate/front/zone/porch/state", "ON")
            await late.until("frigate/profile/state", "none")
            await late.until("frigate/notifications/state", "OFF")
            assert (await late.until("frigate/health")).json["status"] == "ok"
            assert all(one.retained for one in late.said)
            assert not late.on("frigate/front/motion")
            app.parts.broadcast.publish("front/motion", "ON")
            assert not (await late.until("frigate/front/motion", "ON")).retained


async def test_commands_and_states(broker: Broker, started: Started) -> None:
    async with listening(broker.port, "frigate/#") as home, started() as app:
        await home.until("frigate/front/detect/state", "ON")
        await until(lambda: idle(app), 30)
        for name, value in (
            ("detect", "OFF"), ("motion", "OFF"), ("snapshots", "ON"), ("improve_contrast", "OFF"),
            ("motion_threshold", "41"), ("motion_contour_area", "9"), ("zone/porch", "OFF"), ("birdseye", "ON"),
            ("birdseye_mode", "MOTION"),
        ):  # fmt: skip
            await home.say(f"frigate/front/{name}/set", value)
            await home.until(f"frigate/front/{name}/state", value)
        await home.say("frigate/front/notifications/suspend", "5")
        await until(lambda: int(home.last("frigate/front/notifications/suspended") or 0) > 0)
        assert app.parts.switches.find("front", "motion_threshold") == 41


async def test_a_view_is_accepted(broker: Broker, started: Started) -> None:
    async with listening(broker.port) as home, started() as app:
        accepted = list[str]()
        app.services.commands.accept_view = accepted.append
        await until(lambda: idle(app), 30)
        await home.say("frigate/front/camera_health/accept", "")
        await until(lambda: accepted == ["front"])


async def test_what_is_no_command_changes_nothing(broker: Broker, started: Started) -> None:
    async with listening(broker.port) as home, started() as app:
        await until(lambda: idle(app), 30)
        await caught_up(app, home)
        told = len(home.said)
        for topic, payload in (
            ("front/detect/set", "off"), ("front/detect/set", "OFF "), ("front/detect/set", b"\xff\xfe"),
            ("front/detect/set", "OFF" + "x" * 5000), ("front/no_such/set", "ON"), ("attic/detect/set", "OFF"),
            ("front/recordings/set", "ON"), ("front/motion/set", "OFF"), ("front/ptz", "MOVE_LEFT"),
            ("attic/ptz", "STOP"), ("profile/set", "no such"), ("front/motion_threshold/set", "256"),
            ("edge/mode/set", "armed"),
        ):  # fmt: skip
            await home.say(f"frigate/{topic}", payload)
        await home.say("frigate/front/snapshots/set", "ON")
        await home.until("frigate/front/snapshots/state", "ON")
        states = [one.topic for one in home.said[told:] if one.topic.endswith("/state")]
        assert states == ["frigate/front/snapshots/state"]


async def test_long_messages_do_not_wait_whole(broker: Broker) -> None:
    heard, gate, leave = list[int](), asyncio.Event(), asyncio.Event()

    async def hear(message: Incoming) -> None:
        heard.append(len(message.payload))
        await gate.wait()

    settings = BrokerSettings("127.0.0.1", broker.port)
    link = connection.BrokerLink(settings, BrokerQueue("frigate"), hear, list, leave, lambda: False)
    async with listening(broker.port, "frigate/available") as home:
        task = asyncio.create_task(connection.serve(link))
        await home.until("frigate/available", "online")
        for _ in range(3):
            await home.say("frigate/front/ptz", bytes(1 << 20))
        await home.say("frigate/front/ptz", b"STOP")
        gate.set()
        await until(lambda: len(heard) == 4, 30)
        leave.set()
        await task
    assert heard == [connection.LONGEST] * 3 + [4]


@asynccontextmanager
async def raw_broker(*messages: bytes) -> AsyncIterator[tuple[int, list[None]]]:
    """Serve MQTT on a free port, and send PUBLISH packets with these bodies to whoever subscribes.

    Mosquitto refuses such topics, and others do not. Yields the port, and an entry for each connection.
    """
    logins = list[None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while head := await reader.readexactly(1):
                size = shift = 0
                while True:
                    (part,) = await reader.readexactly(1)
                    size |= (part & 127) << shift
                    shift += 7
                    if part < 128:
                        break
                body = await reader.readexactly(size)
                match head[0] >> 4:
                    case 1:
                        logins.append(None)
                        writer.write(b"\x20\x02\x00\x00")
                    case 3 if head[0] & 6:
                        topic = int.from_bytes(body[:2])
                        writer.write(b"\x40\x02" + body[2 + topic : 4 + topic])
                    case 8:
                        writer.write(b"\x90" + bytes([3, *body[:2], 0]))
                        for message in messages:
                            writer.write(b"\x30" + bytes([len(message)]) + message)
                    case 12:
                        writer.write(b"\xd0\x00")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], logins


async def test_a_topic_that_is_no_text_does_not_end_the_connection(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Else it would do so again after each reconnect, because the broker may have retained it."""
    odd = (b"\x00\x04\xff\xfe/xOFF", b"\x00\x03a/+OFF", b"\x00\x04\xff\xfe/xOFF")
    good = "frigate/front/detect/set"
    async with raw_broker(*odd, len(good).to_bytes(2) + good.encode() + b"OFF") as (port, logins):
        with nvr(tmp_path, with_mqtt(f"host: 127.0.0.1, port: {port}")) as app:
            async with running(app):
                await until(lambda: app.parts.switches.find("front", "detect") is False, 30)
                assert app.parts.mqtt.statistics()["ignored"] == len(odd)
                assert connected(app)
                assert len(logins) == 1
    assert caplog.text.count("whose topic is not UTF-8") == 1


async def test_what_is_ignored_is_counted(broker: Broker, started: Started) -> None:
    async with listening(broker.port) as home, started() as app:
        await until(lambda: idle(app), 30)
        for payload in (b"\xff\xfe", b"OFF" + bytes(5000), b"off"):
            await home.say("frigate/front/detect/set", payload)
        await until(lambda: app.parts.mqtt.statistics()["ignored"] == 3)
        assert app.parts.switches.find("front", "detect") is True


async def test_a_retained_command_is_none(broker: Broker, started: Started, caplog: pytest.LogCaptureFixture) -> None:
    """Some tools retain what they send. Then a restart would be one at each connection, for ever."""
    async with listening(broker.port, "frigate/front/#") as home:
        await home.say("frigate/restart", "x", retain=True)
        await home.say("frigate/front/detect/set", "OFF", retain=True)
        async with started() as app:
            await home.until("frigate/front/detect/state", "ON")
            await home.say("frigate/front/snapshots/set", "ON")
            await home.until("frigate/front/snapshots/state", "ON")
            assert app.parts.switches.find("front", "detect") is True
            assert app.restarts == []
            assert "a retained message on 'frigate/restart' is no command" in caplog.text
            await home.say("frigate/restart", "")
            await until(lambda: app.restarts)


async def test_what_happens_while_a_core_starts_is_told(broker: Broker, started: Started) -> None:
    """The last core may have died before it told, and workers go on over a restart."""
    async with listening(broker.port, "frigate/events") as home, started() as app:
        assert not connected(app)
        app.parts.broadcast.publish("events", {"type": "new", "before": {}, "after": {"id": "1-a"}})
        assert (await home.until("frigate/events")).json["type"] == "new"


async def test_on_connect_and_stats(broker: Broker, started: Started) -> None:
    async with started() as app, listening(broker.port, "frigate/#") as home:
        await until(lambda: idle(app), 30)
        await home.until("frigate/available", "online")
        before = len(home.on("frigate/back/person"))
        await home.say("frigate/onConnect", "")
        activity = (await home.until("frigate/camera_activity")).json
        assert activity["front"]["config"]["detect"] is True
        await until(lambda: len(home.on("frigate/back/person")) > before)


async def test_stats_have_an_interval_of_their_own(broker: Broker, started: Started) -> None:
    async with listening(broker.port, "frigate/stats") as home, started() as app:
        settings = broker_of(app.services.config)
        assert settings is not None
        app.parts.mqtt.configure(replace(settings, stats_interval_s=1))
        app.parts.broadcast.publish("stats", {"not": "this"})
        app.parts.stats.remember()
        assert "service" in (await home.until("frigate/stats")).json


async def test_pictures_and_what_happens(broker: Broker, started: Started) -> None:
    async with started() as app, listening(broker.port, "frigate/#") as home:
        await until(lambda: idle(app), 30)
        publish = app.parts.broadcast.publish
        publish("front/person/snapshot", b"\xff\xd8jpeg", retain=True)
        publish("events", {"type": "new", "before": {}, "after": {"id": "1-a", "camera": "front"}})
        publish("job_state", {"export": {}})
        publish("front/person", 2)
        publish("front/audio/dBFS", -31.5)
        assert (await home.until("frigate/front/audio/dBFS")).text == "-31.5"
        assert home.on("frigate/front/person/snapshot")[0].payload == b"\xff\xd8jpeg"
        assert home.on("frigate/events")[0].json["after"]["id"] == "1-a"
        assert home.last("frigate/front/person") == "2"
        assert not home.on("frigate/job_state")
    async with listening(broker.port, "frigate/front/person/snapshot") as late:
        assert (await late.until("frigate/front/person/snapshot")).retained


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_a_broker_that_goes_away_and_comes_back(broker: Broker, started: Started, qos: int) -> None:
    """A thousand changes of states around an outage: afterwards each state is right and was said once."""
    outage_s = float(os.environ.get("DOGWATCH_BROKER_OUTAGE_S", "1"))
    async with started(f"qos: {qos}") as app:
        await until(lambda: idle(app), 30)
        publish = app.parts.broadcast.publish

        async def change(first: int, number: int) -> None:
            for n in range(first, first + number):
                publish(f"front/label{n % 40}", n, retain=n % 2 == 0)
                if n % 20 == 0:
                    await asyncio.sleep(0.005)

        await change(0, 400)
        broker.kill()
        await change(400, 300)
        publish("events", {"type": "new", "before": {}, "after": {"id": "1-a"}})
        for _ in range(3):
            publish("events", {"type": "update", "before": {}, "after": {"id": "1-a"}})
        publish("events", {"type": "end", "before": {}, "after": {"id": "1-a"}})
        publish("reviews", {"type": "new", "before": {}, "after": {"id": "1-r"}})
        await until(lambda: app.parts.mqtt.trouble() is not None, 30)
        await asyncio.sleep(outage_s)
        await change(700, 300)
        trouble = app.parts.mqtt.trouble()
        assert trouble is not None
        assert trouble.broker == f"127.0.0.1:{broker.port}"
        broker.start()
        async with listening(broker.port, "frigate/#") as home:
            await home.until("frigate/front/label39", "999", 60)
            await until(lambda: idle(app), 30)
            await home.until("frigate/reviews")
            said = Counter(one.topic for one in home.said)
            assert {f"label{n}": home.last(f"frigate/front/label{n}") for n in range(40)} == {
                f"label{n}": str(960 + n) for n in range(40)
            }
            assert {n for n in range(40) if said[f"frigate/front/label{n}"] != 1} == set()
            assert said["frigate/front/detect/state"] == 1
            assert [one.json["type"] for one in home.on("frigate/events")] == ["new", "end"]
            assert len(home.on("frigate/reviews")) == 1
        assert app.parts.mqtt.trouble() is None
        assert app.parts.mqtt.statistics()["reconnects"] == 1
        assert app.parts.mqtt.statistics()["dropped"] == 0


async def test_another_prefix_while_running(broker: Broker, started: Started) -> None:
    """What was retained under the old one goes, and it says that nobody is there."""
    async with started() as app:
        await until(lambda: idle(app), 30)
        section = f"host: 127.0.0.1, port: {broker.port}, topic_prefix: dogs/yard"
        async with listening(broker.port) as home:
            await home.until("frigate/front/detect/state", "ON")
            app.services.keeper.change(parse(with_mqtt(section), path=app.services.loaded.path, env={}))
            await home.until("frigate/available", "stopped")
            await home.until("dogs/yard/available", "online")
            await until(lambda: idle(app), 30)
            await home.say("dogs/yard/front/snapshots/set", "ON")
            await home.until("dogs/yard/front/snapshots/state", "ON")
        async with listening(broker.port) as late:
            await late.until("dogs/yard/front/detect/state", "ON")
            assert [one.topic for one in late.said if one.topic.startswith("frigate/")] == ["frigate/available"]
            app.services.keeper.change(parse(CONFIG, path=app.services.loaded.path, env={}))
            await late.until("dogs/yard/available", "stopped")
            await until(lambda: not connected(app))
            app.services.keeper.change(parse(with_mqtt(section), path=app.services.loaded.path, env={}))
            await late.until("dogs/yard/available", "online")


async def test_a_camera_that_was_removed_leaves_nothing(broker: Broker, started: Started) -> None:
    """While Dogwatch runs, and also if it did not run then."""
    without_back = CONFIG.partition("  back:\n")[0]
    async with started() as app:
        await until(lambda: idle(app), 30)
        async with listening(broker.port, "frigate/#") as home:
            await home.until("frigate/back/detect/state", "OFF")
            config = with_mqtt(f"host: 127.0.0.1, port: {broker.port}", without_back)
            app.services.keeper.change(parse(config, path=app.services.loaded.path, env={}))
            await home.until("frigate/back/detect/state", "")
            app.services.keeper.change(
                parse(with_mqtt(f"host: 127.0.0.1, port: {broker.port}"), path=app.services.loaded.path, env={})
            )
            await home.until("frigate/back/detect/state", "OFF")
        await until(lambda: idle(app), 30)
    async with listening(broker.port) as early, started(text=without_back) as app:
        await until(lambda: idle(app), 30)
        await caught_up(app, early)
        async with listening(broker.port, "frigate/#") as late:
            await late.until("frigate/front/detect/state", "ON")
            assert not [one.topic for one in late.said if one.topic.startswith("frigate/back/")]


async def test_no_broker_costs_nothing(tmp_path: Path) -> None:
    with nvr(tmp_path) as app:
        async with running(app):
            await asyncio.sleep(0)
            assert app.parts.broadcast._observers == []
            assert app.parts.mqtt.statistics() == {
                "connected": 0, "queued": 0, "sent": 0, "dropped": 0, "reconnects": 0, "ignored": 0,
            }  # fmt: skip


async def test_a_broker_that_is_not_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = with_mqtt("host: 127.0.0.1, port: 9, user: dog, password: hunter2")
    with nvr(tmp_path, text) as app:
        async with running(app):
            await until(lambda: app.parts.mqtt.trouble() is not None, 30)
            for n in range(5000):
                app.parts.broadcast.publish("front/person", n)
                app.parts.broadcast.publish("events", {"type": "new", "after": {"id": str(n)}})
            found = app.parts.mqtt.statistics()
            assert (found["queued"], found["dropped"]) == (1000, 4000)
    assert "hunter2" not in caplog.text
    assert len([record for record in caplog.records if "no connection" in record.message]) == 1


async def test_a_hundred_thousand_odd_messages_do_no_harm(broker: Broker, started: Started) -> None:
    """A client that floods the topics of commands: the next command is obeyed all the same."""
    async with started() as app, listening(broker.port, "frigate/front/snapshots/state") as home:
        await until(lambda: idle(app), 30)
        for n in range(300):
            await home.client.publish(f"frigate/front/x{n}/set", msgspec.json.encode({"n": n}), qos=0)
        await home.say("frigate/front/snapshots/set", "ON")
        deadline = asyncio.get_running_loop().time() + 30
        while home.last("frigate/front/snapshots/state") != "ON":
            assert asyncio.get_running_loop().time() < deadline
            await home.say("frigate/front/snapshots/set", "ON")
            await asyncio.sleep(0.1)
