"""From a file to a `Config`: read, migrate, substitute, check keys, merge, validate, check rules.

All steps run whatever the earlier ones found, so that a user sees all errors of a file together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dogwatch.config import rules, text_file
from dogwatch.config.given_cameras import cameras_of, model
from dogwatch.config.keys import check
from dogwatch.config.migrate import migrate
from dogwatch.config.problems import ConfigErrors, Notice, Report
from dogwatch.config.root import Config
from dogwatch.config.shown import notice_without_secrets, without_secrets
from dogwatch.config.substitute import known_names, substitute
from dogwatch.config.tree import SIZE_LIMIT, Map, read
from dogwatch.errors import ConfigError

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
    given, place = root.take("cameras")
    if given is not None and not isinstance(given, Map):
        report.error(place, "expected cameras by name")
    base = model(Config, root, root, report)
    cameras, trees = cameras_of(given if isinstance(given, Map) else Map(), root, base, report)
    if base is None:
        return None
    config = base.model_copy(update={"cameras": cameras})
    root.put("cameras", trees, place)
    rules.whole(config, frozenset(trees), root, report)
    return config


def default(**values: Any) -> Config:
    """Return a configuration of defaults, with `values` over them; for tests and first starts."""
    return Config.model_validate(values)
