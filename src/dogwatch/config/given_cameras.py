"""The cameras of a file: each with the global sections merged in, and each again with every one of its profiles.

A profile's part of a camera is laid over what the camera's section gives before the global sections are merged in. So
a camera with a profile is exactly what it would be if the profile's settings stood in the camera's section.
"""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from dogwatch.config import labels, merge, rules, wording
from dogwatch.config.camera import CameraConfig
from dogwatch.config.geometry import to_fractions
from dogwatch.config.keys import similar, suggestion
from dogwatch.config.migrate import sections
from dogwatch.config.problems import Mark, Report
from dogwatch.config.root import Config
from dogwatch.config.shown import near_secret, without_secrets
from dogwatch.config.tree import Items, Map, locate

M = TypeVar("M", bound=BaseModel)


def cameras_of(given: Map, root: Map, base: Config | None, report: Report) -> tuple[dict[str, CameraConfig], Map]:
    """Return the cameras without errors, and the merged trees of all.

    Args:
        given: What the file gives by name; `root` is all else of it, and `base` that validated.
        root: See `given`.
        base: None if it has errors.
        report: Takes errors and notices.
    """
    cameras: dict[str, CameraConfig] = {}
    trees = Map(marks=given.marks)
    for name, entry in given.items():
        mark = given.marks.get(name)
        if not isinstance(entry, Map):
            report.error(mark, "expected keys with values")
            continue
        own = merge.copied(entry)
        profiles, place = own.take("profiles")
        camera, trees[name] = _camera(name, own, root, base, mark, report)
        if isinstance(profiles, Map):
            found = Map(marks=profiles.marks)
            with_profiles = _with_profiles(name, own, profiles, found, camera, root, base, report)
            trees[name].put("profiles", found, place)
            camera = camera and camera.model_copy(update={"profiles": with_profiles})
        elif profiles is not None:
            report.error(place, "expected profiles by name")
        if camera:
            cameras[name] = camera
    return cameras, trees


def model(kind: type[M], values: Map, root: Map, report: Report, mark: Mark | None = None) -> M | None:
    """Validate `values`; None, with all errors reported, if they are wrong."""
    try:
        return kind.model_validate(values)
    except ValidationError as failure:
        for error in failure.errors(include_url=False):
            place = locate(root, error["loc"]) or mark
            text, hint = wording.message(error, near_secret=near_secret(kind, error["loc"]))
            if error["type"] == "extra_forbidden" and error["loc"]:
                hint = suggestion(kind, str(error["loc"][-1]))
            report.error(place, text, hint)
    return None


def _camera(
    name: str, own: Map, root: Map, base: Config | None, mark: Mark | None, report: Report
) -> tuple[CameraConfig | None, Map]:
    tree = merge.with_globals(root, own)
    tree.put("name", name, mark)
    to_fractions(tree, report)
    _fill_filters(tree, base)
    rules.names(name, tree, mark, report)
    camera = model(CameraConfig, tree, tree, report, mark)
    if camera:
        rules.camera(camera, tree, base, mark, report)
    return camera, tree


def _with_profiles(
    name: str, own: Map, profiles: Map, trees: Map, camera: CameraConfig | None, root: Map, base: Config | None,
    report: Report,
) -> dict[str, CameraConfig]:  # fmt: skip
    """Return the camera with each of its profiles; `trees` gets the merged tree of each."""
    found: dict[str, CameraConfig] = {}
    for profile, part in profiles.items():
        mark = profiles.marks.get(profile)
        if not isinstance(part, Map):
            report.error(mark, "expected keys with values")
            continue
        if "profiles" in part:
            report.error(part.marks.get("profiles"), "a profile has no profiles of its own")
            part.take("profiles")
        if base is not None and profile not in base.profiles:
            hint = similar(profile, base.profiles)
            report.notice(
                mark,
                f"no profile of this name stands under 'profiles' at the top of the file, so it cannot be activated"
                f"{f' ({hint})' if hint else ''}",
            )
        said = Report()
        changed, trees[profile] = _camera(name, merge.merged(own, part), root, base, mark, said)
        _pass_on(said, report, mark, works_without=camera is not None)
        if changed:
            found[profile] = changed.as_given_by(part)
    return found


def _pass_on(said: Report, report: Report, profile: Mark | None, *, works_without: bool) -> None:
    """Report what is wrong with a camera because of a profile, at a place within the profile.

    What is wrong elsewhere follows from the profile too if the camera works without it; otherwise it was reported.
    """
    beginning = f"{profile.path}." if profile else ""
    for error in said.errors:
        if profile is None or error.path == profile.path or error.path.startswith(beginning):
            mark = Mark(error.line or 0, error.column or 0, error.path) if error.line else profile
            report.error(mark, error.message, error.hint)
        elif works_without:
            fit = without_secrets(error)
            report.error(profile, f"with this profile, {fit.path}: {fit.message}", fit.hint)
    for notice in said.all_notices():
        if notice.line and notice.path.startswith(beginning):
            report.notice(Mark(notice.line, 0, notice.path), notice.message)


def _fill_filters(camera: Map, base: Config | None) -> None:
    """Give every tracked label a filter, and attributes their stricter score (docs/configuration.md)."""
    objects = camera.inner("objects")
    track = objects.get("track", ["person"])
    filters = objects.inner("filters")
    attributes = labels.all_attributes(base.model) if base else []
    tracked = [track] if isinstance(track, str) else list(track) if isinstance(track, Items | list) else []
    for label in dict.fromkeys([*map(str, tracked), *filters]):
        filters.inner(label)
    for label in attributes:
        if label in tracked or label in filters:
            _stricter(filters.inner(label))
    for zone in sections(camera.get("zones")):
        for label, entry in zone["filters"].items() if isinstance(zone.get("filters"), Map) else ():
            if label in attributes and isinstance(entry, Map):
                _stricter(entry)


def _stricter(entry: Map) -> None:
    if "min_score" not in entry:
        entry["min_score"] = labels.ATTRIBUTE_MIN_SCORE
