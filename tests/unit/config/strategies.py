"""Hypothesis strategies for configurations."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

names = st.from_regex(r"cam_[a-z0-9]{1,6}", fullmatch=True)
zone_names = st.from_regex(r"zone_[a-z0-9]{1,6}", fullmatch=True)
labels = st.sampled_from(["person", "face", "cat", "car", "dog"])
fractions = st.integers(0, 1000).map(lambda number: number / 1000)


@st.composite
def polygons(draw: st.DrawFn) -> str:
    points = draw(st.lists(st.tuples(fractions, fractions), min_size=3, max_size=6))
    return ",".join(f"{x},{y}" for x, y in points)


filters = st.fixed_dictionaries(
    {},
    optional={"min_area": st.integers(0, 10_000), "threshold": fractions, "min_score": fractions, "mask": polygons()},
)


@st.composite
def cameras(draw: st.DrawFn) -> dict[str, Any]:
    """A camera's section, as a person could write it."""
    zones = draw(st.dictionaries(zone_names, st.fixed_dictionaries({"coordinates": polygons()}), max_size=2))
    required = draw(st.lists(st.sampled_from(sorted(zones)), unique=True)) if zones else []
    sections: dict[str, st.SearchStrategy[Any]] = {
        "detect": st.fixed_dictionaries(
            {}, optional={"enabled": st.booleans(), "fps": st.integers(1, 30), "idle_after": st.integers(0, 60)}
        ),
        "motion": st.fixed_dictionaries(
            {},
            optional={
                "threshold": st.integers(1, 255),
                "mask": st.one_of(polygons(), st.lists(polygons(), max_size=3)),
            },
        ),
        "objects": st.fixed_dictionaries(
            {},
            optional={"track": st.lists(labels, unique=True), "filters": st.dictionaries(labels, filters, max_size=2)},
        ),
        "record": st.fixed_dictionaries(
            {},
            optional={
                "enabled": st.booleans(),
                "continuous": st.fixed_dictionaries({"days": st.integers(0, 60)}),
                "budget": st.integers(100, 10**6),
            },
        ),
        "snapshots": st.just({"required_zones": required}),
    }
    return {
        "ffmpeg": {"inputs": [{"path": f"rtsp://10.0.0.{draw(st.integers(1, 254))}/main"}]},
        "zones": zones,
        **draw(st.fixed_dictionaries({}, optional=sections)),
    }


configs = st.fixed_dictionaries(
    {"version": st.just("0.16-0"), "cameras": st.dictionaries(names, cameras(), max_size=3)},
    optional={
        "detect": st.fixed_dictionaries({}, optional={"enabled": st.booleans(), "fps": st.integers(1, 30)}),
        "logger": st.fixed_dictionaries({"default": st.sampled_from(["debug", "info", "warning"])}),
        "ui": st.fixed_dictionaries({"unit_system": st.sampled_from(["metric", "imperial"])}),
    },
)
"""Whole files, as nested maps."""
