"""Global sections into cameras: given keys only, maps key by key, lists as a whole."""

from __future__ import annotations

from dogwatch.config.camera import MERGED, CameraConfig
from dogwatch.config.keys import shape_of
from dogwatch.config.tree import Map, Value


def merged(base: Value, over: Value) -> Value:
    """Return `base` with what `over` gives laid over it; maps are copied, marks go along."""
    if not isinstance(over, Map):
        return over
    result = copied(base) if isinstance(base, Map) else Map()
    for name, value in over.items():
        result.put(name, merged(result.get(name), value), over.marks.get(name))
    return result


def copied(tree: Map) -> Map:
    """Copy a map and the maps in it."""
    return Map(
        {name: copied(value) if isinstance(value, Map) else value for name, value in tree.items()},
        marks=dict(tree.marks),
    )


def with_globals(root: Map, camera: Map) -> Map:
    """Return `camera` over the global sections of `root`."""
    result = copied(camera)
    for name in MERGED:
        base = root.get(name)
        if not isinstance(base, Map) or not (name in camera or base):
            continue
        _, kind = shape_of(CameraConfig.model_fields[name])
        known = kind.model_fields if kind else {}
        usable = Map({key: value for key, value in base.items() if key in known}, marks=dict(base.marks))
        own = camera.get(name)
        if own is None or isinstance(own, Map):
            mark = camera.marks.get(name) or root.marks.get(name)
            result.put(name, merged(usable, own if own is not None else Map()), mark)
    return result
