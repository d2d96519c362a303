"""Whatever happens, the messages make sense: every `new` gets its `end`, and no alert goes unlisted."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.events.lifecycle import Lifecycle
from dogwatch.events.review import ReviewLine
from dogwatch.events.review_item import ReviewActivity
from dogwatch.events.rules import CameraRules
from tests.tracks import START, best, frame, tracked

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
