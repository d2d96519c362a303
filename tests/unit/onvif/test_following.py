"""Keeping an object in the middle: decisions one by one, and a whole walk before a simulated camera."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from dogwatch.onvif.following import Centre, Following, GoHome, SeenObject
from dogwatch.onvif.settings import TrackingSettings
from tests.onvif_camera import Mechanics


def settings(**more: Any) -> TrackingSettings:
    given: dict[str, Any] = {
        "enabled": True, "zooming": "disabled", "zoom_factor": 0.3, "labels": frozenset({"person"}),
        "zones": frozenset({"gate"}), "return_preset": "home", "timeout_s": 10.0,
    }  # fmt: skip
    return TrackingSettings(**(given | more))


def seen(
    x: float, y: float = 0.0, key: str = "a", *, label: str = "person", zone: str = "gate", size: float = 0.2
) -> SeenObject:
    return SeenObject(key, label, x, y, size / 2, size, frozenset({zone} if zone else ()))


@pytest.mark.parametrize("objects", [[], [seen(0.9, zone="lawn")], [seen(0.9, zone="")], [seen(0.9, label="dog")]])
def test_what_begins_nothing(objects: list[SeenObject]) -> None:
    following = Following(settings())
    assert following.see(1, objects) is None
    assert not following.active


def test_begins_with_the_largest_in_a_zone() -> None:
    following = Following(settings())
    step = following.see(
        1, [seen(-0.8, key="far", size=0.1), seen(0.6, 0.3, "near"), seen(0, key="out", zone="", size=0.9)]
    )
    assert step == Centre(0.6, 0.3)
    assert following.active


def test_nothing_moves_while_it_is_in_the_middle() -> None:
    following = Following(settings())
    assert following.see(1, [seen(0.1, -0.1)]) is None
    assert following.active
    assert following.see(2, [seen(0.1, -0.2)]) is not None


def test_pictures_of_a_movement_are_not_looked_at() -> None:
    following = Following(settings())
    assert following.see(1, [seen(0.8)]) == Centre(0.8, 0)
    following.moved(1, 2)
    assert following.see(1.5, [seen(0.9)]) is None
    assert following.see(2.1, [seen(0.9)]) is None
    assert following.see(2.2, [seen(0.5)]) == Centre(0.5, 0)


def test_a_clock_that_is_set_back_leaves_no_camera_alone() -> None:
    following = Following(settings())
    assert following.see(10_000, [seen(0.8)]) == Centre(0.8, 0)
    following.moved(10_000, 10_001)
    assert following.see(6_400, [seen(0.8)]) == Centre(0.8, 0)
    following.moved(6_400, 6_401)
    assert following.wait(6_390) is None
    assert following.wait(2_800) is None  # set back again, and nothing is seen any more
    assert following.wait(2_811) == GoHome()
    following.leave_alone(2_841)
    assert following.see(2_812, [seen(0.8)]) is None
    assert following.see(1_000, [seen(0.8)]) == Centre(0.8, 0)


def test_aims_where_it_will_be() -> None:
    following = Following(settings())
    assert following.see(1.0, [seen(0.1)]) is None
    step = following.see(1.5, [seen(0.3)])  # 0.4 a second; a movement takes half a second at first
    assert isinstance(step, Centre)
    assert step.pan == pytest.approx(0.5)
    following.moved(1.5, 3.5)
    assert following.see(4, [seen(0.3)]) == Centre(0.3, 0)  # what was before the movement tells no speed


def test_another_id_after_a_movement() -> None:
    following = Following(settings())
    following.see(1, [seen(0.8)])
    following.moved(1, 2)
    assert following.see(3, [seen(0.3, 0, "b", zone=""), seen(0.2, 0.9, "c", zone="")]) == Centre(0.3, 0)
    following.moved(3, 4)
    assert following.see(5, [seen(0.0, 0, "x", label="dog", zone="")]) is None
    assert following.see(6, [seen(0.9, 0.9, "y", zone="")]) is None
    assert following.active


def test_goes_home_after_the_timeout() -> None:
    following = Following(settings())
    following.see(1, [seen(0.8)])
    following.moved(1, 2)
    assert following.see(5, []) is None
    assert following.wait(11.9) is None
    assert following.wait(12) == GoHome()
    assert not following.active
    following.moved(12, 14)
    assert following.wait(99) is None
    assert following.see(100, [seen(0.9, key="b", zone="")]) is None
    assert following.see(101, [seen(0.9, key="b")]) == Centre(0.9, 0)


def test_stopped_and_left_alone() -> None:
    following = Following(settings())
    assert following.stop() is None
    following.see(1, [seen(0.8)])
    assert following.stop() == GoHome()
    following.see(2, [seen(0.8)])
    following.leave_alone(30)
    assert not following.active
    assert following.see(29, [seen(0.8)]) is None
    assert following.see(31, [seen(0.8)]) == Centre(0.8, 0)


def test_zoom() -> None:
    following = Following(settings(zooming="relative"))
    assert following.see(1, [seen(0, size=0.1)]) == Centre(0, 0, 0.1)
    assert following.see(2, [seen(0, size=0.3)]) is None
    assert following.see(3, [seen(0, size=0.6)]) == Centre(0, 0, -0.1)
    assert following.see(4, [seen(0.9, size=0.1)]) == Centre(0.9, 0, 0)  # first to the middle
    assert Following(settings()).see(1, [seen(0, size=0.1)]) is None


@pytest.mark.parametrize("fps", [2, 5, 10])
@pytest.mark.parametrize("zooming", ["disabled", "relative"])
@pytest.mark.parametrize(
    "path",
    [
        lambda t: (0.04 * t, 0.0),
        lambda t: (-0.03 * t, 0.02 * t),
        lambda t: (0.4 * math.sin(t / 5), 0.2 * math.cos(t / 7) - 0.2),
    ],
    ids=["straight", "slanting", "winding"],
)
def test_a_walk(path: Callable[[float], tuple[float, float]], zooming: str, fps: int) -> None:
    """The object is kept in the picture for 20 s, and the camera is home again after that."""
    now = [0.0]
    mechanics = Mechanics(clock=lambda: now[0], speed=0.4)
    following = Following(settings(zooming=zooming))
    began, off = None, []
    for number in range(20 * fps):
        now[0] = number / fps
        x, y = mechanics.seen(*path(now[0]))
        if began is not None:
            if mechanics.moving:
                continue
            following.moved(began, now[0])
            began = None
        inside = abs(x) < 1 and abs(y) < 1
        off.append(max(abs(x), abs(y)))
        size = 0.05 / mechanics.half
        step = following.see(
            now[0], [SeenObject("a", "person", x, y, size, size, frozenset({"gate"}))] if inside else []
        )
        if isinstance(step, Centre):
            mechanics.turn_by(step.pan, step.tilt, step.zoom)
            began = now[0]
    assert max(off[fps:]) < 0.9
    assert sorted(off)[len(off) // 2] < 0.35
    assert following.active
    now[0] += 3
    if began is not None:
        following.moved(began, now[0])
    now[0] += 10
    assert following.wait(now[0]) == GoHome()
    mechanics.go_to(0, 0, 0)
    now[0] += 5
    assert not mechanics.moving
    assert mechanics.position == [0, 0, 0]
