from dogwatch.events.counts import Counts, MotionState
from dogwatch.events.rules import CameraRules
from tests.tracks import tracked

RULES = {
    "front": CameraRules("front", track=("person", "car"), zones=("drive",)),
    "side": CameraRules("side", track=("person",), zones=("drive",)),
}


class Heard:
    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.counts = Counts(RULES, lambda topic, count: self.told.append((topic, count)))

    def flush(self) -> dict[str, int]:
        told, self.told = dict(self.told), []
        return told


def test_only_changes_are_told() -> None:
    heard = Heard()
    heard.counts.update("front", [tracked(0)])
    assert heard.flush() == {"front/person": 1, "front/person/active": 1, "front/all": 1, "front/all/active": 1}
    heard.counts.update("front", [tracked(1)])
    assert heard.flush() == {}
    heard.counts.update("front", [tracked(2, stationary=True)])
    assert heard.flush() == {"front/person/active": 0, "front/all/active": 0}
    heard.counts.update("front", [])
    assert heard.flush() == {"front/person": 0, "front/all": 0}


def test_false_positives_do_not_count() -> None:
    heard = Heard()
    heard.counts.update("front", [tracked(0, false_positive=True)])
    assert heard.flush() == {}


def test_zones_count_over_all_cameras() -> None:
    heard = Heard()
    heard.counts.update("front", [tracked(0, current_zones=("drive",))])
    heard.flush()
    heard.counts.update("side", [tracked(0, "b", camera="side", current_zones=("drive",))])
    told = heard.flush()
    assert told["drive/person"] == 2
    assert told["drive/all/active"] == 2
    heard.counts.update("front", [])
    assert heard.flush()["drive/person"] == 1


def test_a_logo_counts_beside_its_label() -> None:
    heard = Heard()
    heard.counts.update("front", [tracked(0, label="car", attributes={"ups": 0.9, "license_plate": 0.8})])
    told = heard.flush()
    assert (told["front/car"], told["front/ups"], told["front/all"]) == (1, 1, 1)
    assert "front/license_plate" not in told


def test_everything_tracked_is_announced() -> None:
    heard = Heard()
    heard.counts.announce()
    assert set(heard.flush()) == {
        f"{place}/{label}{active}"
        for place, labels in {
            "front": ("person", "car", "all"),
            "side": ("person", "all"),
            "drive": ("person", "car", "all"),
        }.items()
        for label in labels
        for active in ("", "/active")
    }


def test_motion_ends_after_its_delay() -> None:
    motion = MotionState()
    assert motion.seen(10.0)
    assert not motion.seen(12.0)
    assert not motion.quiet(41.0, 30)
    assert motion.quiet(42.0, 30)
    assert not motion.quiet(99.0, 30)
