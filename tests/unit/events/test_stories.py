"""Whatever happens, the messages make sense: every `new` gets its `end`, and no alert goes unlisted."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.events.counts import Counts
from dogwatch.events.lifecycle import Lifecycle
from dogwatch.events.review import ReviewLine
from dogwatch.events.review_item import ReviewActivity
from dogwatch.events.rules import CameraRules
from dogwatch.model import Detection
from tests.tracks import BOX, START, WIDTH, best, frame, tracked

RULES = CameraRules("front")
STEPS = st.lists(
    st.tuples(st.floats(0.1, 90), st.sets(st.sampled_from(["alert", "detection"]), max_size=2)), min_size=1, max_size=40
)
ACTIVITY = {
    "alert": ReviewActivity("1-aaaaaa", "person", "alert"),
    "detection": ReviewActivity("2-bbbbbb", "dog", "detection"),
}


@given(STEPS)
def test_review_items_follow_each_other_and_hold_all_activity(steps: list[tuple[float, set[str]]]) -> None:
    line, time = ReviewLine("front"), START
    items: dict[str, dict[str, object]] = {}
    order: list[tuple[str, str]] = []
    moments: list[tuple[float, set[str]]] = []
    for pause, active in steps:
        time += pause
        moments.append((time, active))
        for change in line.step(time, [ACTIVITY[one] for one in sorted(active)], RULES):
            order.append((change.item.id, change.kind))
            items[change.item.id] = change.after
    for change in line.close(time):
        order.append((change.item.id, change.kind))
        items[change.item.id] = change.after

    for key in items:
        kinds = [kind for item, kind in order if item == key]
        assert kinds[0] == "new"
        assert kinds[-1] == "end"
        assert set(kinds[1:-1]) <= {"update"}
    ends = [(float(str(item["start_time"])), float(str(item["end_time"])), item["severity"]) for item in items.values()]
    assert all(start <= end for start, end, _ in ends)
    assert all(first[1] <= second[0] for first, second in pairwise(ends))
    for moment, active in moments:
        held = [severity for start, end, severity in ends if start <= moment <= end]
        assert "alert" not in active or "alert" in held


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["frame", "picture", "gone"]),
            st.dictionaries(st.sampled_from("abc"), st.booleans(), max_size=3),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_every_object_is_new_once_and_ends_once(steps: list[tuple[str, dict[str, bool], bool]]) -> None:
    life, told = Lifecycle("front"), list[tuple[str, str]]()
    for number, (kind, objects, record) in enumerate(steps):
        rules = CameraRules("front", record=record)
        if kind == "frame":
            found = [tracked(number, key, false_positive=false) for key, false in objects.items()]
            changes = life.step(frame(number, *found), rules)
        elif kind == "picture":
            changes = [change for key in objects for change in life.picture(best(number, key), rules)]
        else:
            changes = life.end_all(rules)
        told += [(change.after["id"], change.kind) for change in changes]
        for change in changes:
            assert (change.after["end_time"] is not None) == (change.kind == "end")
    told += [(change.after["id"], change.kind) for change in life.end_all(RULES)]
    for key in {key for key, _ in told}:
        alive = False
        for kind in (kind for each, kind in told if each == key):
            assert (kind == "new") != alive
            alive = kind != "end"
        assert not alive


ZONES = st.sampled_from([(), ("porch",), ("porch", "drive")])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "false_positive": st.booleans(),
    "stationary": st.booleans(),
    "position_changes": st.integers(0, 2),
    "current_zones": ZONES,
    "entered_zones": ZONES,
    "loitering_zones": ZONES,
    "pending_loitering": st.booleans(),
    "attributes": st.dictionaries(st.sampled_from(["face", "amazon"]), st.sampled_from([0.5, 0.9]), max_size=1),
    "current_speed": st.sampled_from([0.0, 1.5, 3.0]),
    "path": st.integers(0, 3).map(lambda count: tuple((0.1, n / 10, START + n) for n in range(count))),
}
CHANGE = st.sampled_from([*VALUES, "path"]).flatmap(lambda name: st.fixed_dictionaries({name: VALUES[name]}))
SCENES = st.lists(
    st.tuples(
        st.sampled_from([0.2, 0.2, 0.9, 1.1, 5.0, 61.0]),
        st.dictionaries(st.sampled_from("ab"), CHANGE, max_size=2),
        st.sampled_from(["frame", "frame", "frame", "picture", "face", "rename", "rules", "resize"]),
    ),
    max_size=25,
)


@given(SCENES)
def test_what_goes_on_unchanged_tells_what_a_close_look_would(scenes: list[tuple[float, dict[str, Any], str]]) -> None:
    """The short way of nearly every object in every frame, beside one in which every object is judged anew."""
    short, close = Lifecycle("front"), Lifecycle("front")
    kept: list[list[Any]] = [[], []]
    told: list[list[tuple[Any, ...]]] = [[], []]
    counted: list[list[tuple[str, int]]] = [[], []]
    counts = [Counts({}, lambda topic, count, to=to: to.append((topic, count))) for to in counted]  # type: ignore[misc]
    time, rules, width = 0.0, CameraRules("front", snapshots=False), WIDTH
    states: dict[str, dict[str, Any]] = {}
    for pause, changes, kind in scenes:
        time += pause
        for key, state in changes.items():
            states[key] = states.get(key, {}) | state
        if kind == "rules":
            rules = CameraRules("front", record=not rules.record, snapshots=rules.record)
        width += kind == "resize"
        for number, life in enumerate((short, close)):
            if life is close:
                for live in life.live.values():
                    live.judged_by = None
            found = []
            if kind in ("picture", "face"):
                attributes = (Detection("face", 0.9, BOX),) if kind == "face" else ()
                for key in changes:
                    found += life.picture(best(time, key, attributes=attributes), rules)
            elif kind == "rename":
                for live in list(life.live.values()):
                    live.sub_label = None if live.sub_label else ("Ann", 0.9)
                    found += life.touch(live)
            else:
                objects = [tracked(time, key, **state) for key, state in states.items()]
                found += life.step(frame(time, *objects, width=width), rules)
                if life.changed or life is close:
                    counts[number].update("front", objects)
            told[number] += [(change.kind, change.before, change.after) for change in found]
            kept[number].append(
                [
                    (live.severity, live.graded, live.has_clip, live.has_snapshot, live.obj, tuple(live.entries))
                    for live in life.live.values()
                ]
            )
    assert told[0] == told[1]
    assert kept[0] == kept[1]
    assert counted[0] == counted[1]
