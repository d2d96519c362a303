"""The configuration in force, and those who follow it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from dogwatch.config import Config, Difference, Keeper, Loaded, parse

ONE = "cameras: {front: {ffmpeg: {inputs: [{path: 'rtsp://x/a'}]}}}\n"
TWO = """
cameras:
  front: {ffmpeg: {inputs: [{path: 'rtsp://x/a'}]}, detect: {fps: 7}}
  back: {ffmpeg: {inputs: [{path: 'rtsp://x/b'}]}}
"""


def loaded(text: str) -> Loaded:
    return parse(text, env={})


def fps(config: Config) -> dict[str, float]:
    return {name: camera.detect.fps for name, camera in config.cameras.items()}


def test_a_follower_hears_old_and_new_when_its_part_has_changed_and_only_then() -> None:
    keeper = Keeper(loaded(ONE))
    heard: list[object] = []
    keeper.follow(fps, lambda old, new: heard.append((old, new)))
    keeper.follow(lambda config: config.ui, lambda old, new: heard.append("ui"))
    keeper.change(loaded(ONE))
    assert heard == []
    keeper.change(loaded(TWO))
    assert heard == [({"front": 5}, {"front": 7, "back": 5})]
    assert list(keeper.config.cameras) == ["front", "back"]
    assert keeper.loaded.text == TWO


def test_a_follower_that_fails_keeps_nobody_else_from_following(caplog: pytest.LogCaptureFixture) -> None:
    keeper = Keeper(loaded(ONE))
    heard: list[object] = []

    def fail(_old: object, _new: object) -> None:
        raise ValueError("no")

    keeper.follow(fps, fail)
    keeper.follow(fps, lambda old, new: heard.append(new))
    keeper.change(loaded(TWO))
    assert heard == [{"front": 7, "back": 5}]
    assert "could not follow" in caplog.text


def test_what_has_changed_is_told_by_camera_and_section() -> None:
    keeper = Keeper(loaded(TWO))
    found = keeper.change(loaded(ONE + "logger: {default: debug}\n"))
    assert found == Difference(removed=("back",), changed={"front": ("detect",)}, sections=("logger",))
    assert list(found.lines()) == ["camera back: removed", "camera front: detect changed", "logger changed"]
    assert not keeper.change(loaded(ONE + "logger: {default: debug}\n"))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("database: {path: /elsewhere.db}", "database"),
        ("tls: {enabled: false}", "tls"),
        ("networking: {listen: {internal: 5001}}", "networking.listen.internal"),
        ("networking: {listen: {external: 8972}}", "networking.listen.external"),
        ("networking: {ipv6: {enabled: true}}", "networking.ipv6"),
        ("environment_vars: {TZ: UTC}", "environment_vars"),
    ],
)
def test_what_a_running_core_cannot_follow_stays_in_force_until_it_starts_anew(text: str, key: str) -> None:
    keeper = Keeper(loaded(ONE))
    before = keeper.config
    found = keeper.change(loaded(ONE + text + "\nui: {time_format: 24hour}\n"))
    assert found.restart == (key,)
    section = key.partition(".")[0]
    assert getattr(keeper.config, section) == getattr(before, section)
    assert keeper.config.ui.time_format == "24hour"
    assert keeper.change(loaded(ONE + text)).restart == (key,)  # as long as it waits
    assert not keeper.change(loaded(ONE)).restart


def test_hosts_are_followed_though_addresses_wait() -> None:
    keeper = Keeper(loaded(ONE))
    found = keeper.change(loaded(ONE + "networking: {listen: {internal: 5001, internal_hosts: [nvr.example.org]}}"))
    assert found.restart == ("networking.listen.internal",)
    listen = keeper.config.networking.listen
    assert (listen.internal, listen.internal_hosts) == (5000, ["nvr.example.org"])


def test_an_overlay_stays_over_what_is_changed_below_it() -> None:
    keeper = Keeper(loaded(ONE))
    heard: list[object] = []
    keeper.follow(lambda config: config.ui.time_format, lambda old, new: heard.append((old, new)))
    keeper.lay_over(
        lambda config: config.model_copy(update={"ui": config.ui.model_copy(update={"time_format": "12hour"})})
    )
    keeper.change(loaded(TWO + "ui: {time_format: 24hour}"))
    assert heard == [("browser", "12hour")]
    assert keeper.config.ui.time_format == "12hour"
    assert fps(keeper.config) == {"front": 7, "back": 5}


async def test_followers_are_told_in_the_loop_before_a_change_from_a_thread_returns() -> None:
    keeper = Keeper(loaded(ONE), asyncio.get_running_loop())
    heard: list[int] = []
    keeper.follow(fps, lambda old, new: heard.append(threading.get_ident()))
    await asyncio.to_thread(keeper.change, loaded(TWO))
    assert heard == [threading.get_ident()]
    keeper.change(loaded(ONE))
    assert len(heard) == 2
