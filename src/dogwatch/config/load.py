"""From a file to a `Config`: read, migrate, substitute, check keys, merge, validate, check rules.

All steps run whatever the earlier ones found, so that a user sees all errors of a file together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dogwatch.config import labels, merge, rules, text_file, wording
from dogwatch.config.camera import CameraConfig
from dogwatch.config.geometry import to_fractions
from dogwatch.config.keys import check, suggestion
from dogwatch.config.migrate import migrate, sections
from dogwatch.config.problems import ConfigErrors, Mark, Notice, Report
from dogwatch.config.root import Config
from dogwatch.config.shown import near_secret, notice_without_secrets, without_secrets
from dogwatch.config.substitute import known_names, substitute
from dogwatch.config.tree import SIZE_LIMIT, Items, Map, locate, read
from dogwatch.errors import ConfigError

M = TypeVar("M", bound=BaseModel)
EMPTY = ConfigError("the file is empty, though it had cameras", hint="write `cameras: {}` if that is meant")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that is in order: the values, what a user should know, and the text as written.

    `mistakes` are those of the file at `path` when it is broken and the last one that worked is in force.
    """

    config: Config
    text: str = field(repr=False)
    path: Path
    notices: list[Notice] = field(default_factory=list)
    mistakes: tuple[ConfigError, ...] = ()


def find(path: Path) -> Path:
    """Return `path`, or the same path with `.yaml` if only that exists."""
    other = path.with_suffix(".yaml")
    return other if not path.exists() and other.exists() else path


def load(path: Path, env: Mapping[str, str] | None = None) -> Loaded:
    """Read the configuration file at `path`.

    Args:
        path: The file; with the suffix `.yaml` if there is none with `.yml`.
        env: The environment for substitution; this process's if not given.

    Raises:
        ConfigErrors: The file cannot be read, or something in it is wrong.
    """
    path = find(path)
    return parse(text_of(path), path=path, env=env)


def load_again(loaded: Loaded) -> Loaded:
    """Read the file of `loaded` once more, before the program starts anew with it.

    Raises:
        ConfigErrors: As for `load`; also when a file that had cameras is empty: most likely its text was lost.
    """
    path = find(loaded.path)
    text = text_of(path)
    if not text.strip("\ufeff \t\r\n") and loaded.config.cameras:
        raise ConfigErrors([EMPTY], path.name)
    return parse(text, path=path)


def text_of(path: Path) -> str:
    """Return the text of the file at `path`, of which no more than the limit is read.

    Raises:
        ConfigErrors: It cannot be read, is too large, or is no text.
    """
    try:
        with path.open("rb") as file:
            data = text_file.whole(path, file.read(SIZE_LIMIT + 1))
        if len(data) > SIZE_LIMIT:
            raise ConfigErrors([ConfigError(f"the file is larger than {SIZE_LIMIT >> 20} MiB")], str(path))
        return data.decode("utf-8")
    except OSError as error:
        raise ConfigErrors([ConfigError(f"cannot be read: {error.strerror}")], str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigErrors([ConfigError(f"is not UTF-8 text (byte {error.start})")], str(path)) from error


def parse(text: str, *, path: Path = Path("config.yml"), env: Mapping[str, str] | None = None) -> Loaded:
    """Make a configuration of YAML `text`.

    Raises:
        ConfigErrors: Something is wrong; `errors` holds all of it.
    """
    report = Report()
    root = read(text, report)
    if root is None:
        raise _errors(report, path)
    migrate(root, report)
    variables = root.get("environment_vars")
    extra = {name: str(value) for name, value in variables.items()} if isinstance(variables, Map) else {}
    substitute(root, known_names({**(os.environ if env is None else env), **extra}), report)
    check(Config, root, report)
    config = _validated(root, report)
    if config is None or report.errors:
        raise _errors(report, path)
    return Loaded(config, text, path, [notice_without_secrets(notice) for notice in report.all_notices()])


def _errors(report: Report, path: Path) -> ConfigErrors:
    return ConfigErrors([without_secrets(error) for error in report.errors], path.name)


def _validated(root: Map, report: Report) -> Config | None:
    cameras: dict[str, CameraConfig] = {}
    trees: dict[str, Map] = {}
    given, place = root.take("cameras")
    if given is not None and not isinstance(given, Map):
        report.error(place, "expected cameras by name")
    base = model(Config, root, root, report)
    for name in given if isinstance(given, Map) else []:
        mark = given.marks.get(name)
        if not isinstance(given[name], Map):
            report.error(mark, "expected keys with values")
            continue
        tree = merge.with_globals(root, given[name])
        tree.put("name", name, mark)
        to_fractions(tree, report)
        _fill_filters(tree, base)
        trees[name] = tree
        rules.names(name, tree, mark, report)
        camera = model(CameraConfig, tree, tree, report, mark)
        if camera:
            cameras[name] = camera
            rules.camera(camera, tree, base, mark, report)
    if base is None:
        return None
    config = base.model_copy(update={"cameras": cameras})
    root.put("cameras", Map(trees, marks=given.marks if isinstance(given, Map) else {}), place)
    names = frozenset(trees)
    rules.whole(config, names, root, report)
    return config


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


def default(**values: Any) -> Config:
    """Return a configuration of defaults, with `values` over them; for tests and first starts."""
    return Config.model_validate(values)
