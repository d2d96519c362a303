"""Makes a configuration of Dogwatch of the installation's: the same text, without the keys that are not understood."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from dogwatch.config import Config, ConfigErrors, Loaded, edit, find, load, parse, text_file
from dogwatch.config.load import text_of
from dogwatch.config.substitute import known_names
from dogwatch.errors import ConfigError, DogwatchError
from dogwatch.importing.report import ImportReport

MOST_ROUNDS = 50
_VARIABLE = re.compile(r"\{((?:FRIGATE|DOGWATCH)_[A-Za-z0-9_]+)\}")
_DATABASE = ("database", "path")


@dataclass(frozen=True, slots=True)
class Converted:
    """A configuration that loads, what has been taken out of it and why, and variables that must be set."""

    loaded: Loaded
    taken_out: list[tuple[str, str]] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)


def convert(path: Path) -> Converted:
    """Read the configuration at `path` and take out what does not load, key by key.

    Raises:
        ConfigErrors: It cannot be read, or is wrong beyond that.
    """
    text = text_of(path)
    variables = _unset(text)
    env = {**os.environ, **dict.fromkeys(variables, "unset")}
    text = edit.edited(text, {_DATABASE: edit.DELETE})
    taken_out: list[tuple[str, str]] = []
    for _ in range(MOST_ROUNDS):
        try:
            return Converted(parse(text, path=path, env=env), taken_out, variables)
        except ConfigErrors as errors:
            text = _without(text, errors, taken_out)
    return Converted(parse(text, path=path, env=env), taken_out, variables)


def reported(path: Path, report: ImportReport) -> Loaded | None:
    """Do as `convert` and report what it does; return None if there can be no configuration."""
    try:
        converted = convert(path)
    except ConfigErrors as errors:
        for error in errors.errors:
            report.leave("configuration", error.message, error.path or "")
        return None
    except ConfigError as error:
        report.leave("configuration", error.message, error.path or "")
        return None
    for key, reason in converted.taken_out:
        report.leave("keys of the configuration", reason, key)
    for notice in converted.loaded.notices:
        report.note(f"configuration: {notice}")
    if converted.variables:
        report.note(f"these environment variables must be set for Dogwatch: {', '.join(converted.variables)}")
    report.bring("configuration")
    return converted.loaded


def present(path: Path) -> Config:
    """Return the configuration of Dogwatch at `path`, the default one without a file.

    Variables for cameras and brokers need not be set, since nothing is connected; those of the database's address do.

    Raises:
        ConfigErrors: It is wrong.
    """
    if not find(path).exists():
        return Config()
    env = {**os.environ, **dict.fromkeys(_unset(text_of(find(path))), "unset")}
    found = load(path, env=env).config
    return found if found.database.url is None else load(path).config


def _unset(text: str) -> list[str]:
    """Return the names of variables in a text that are not set."""
    names = known_names(dict(os.environ))
    return sorted({name for name in _VARIABLE.findall(text) if name not in names})


def write(path: Path, text: str, report: ImportReport) -> None:
    """Write a configuration to `path`; one that is there is kept under another name.

    Raises:
        DogwatchError: It cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            kept = next(
                kept for n in range(1, 1000) if not (kept := path.with_name(f"{path.name}.before-import-{n}")).exists()
            )
            shutil.copy2(path, kept)
            report.note(f"the configuration that was there is kept as {kept}")
        text_file.write(path, text)
    except (OSError, StopIteration) as error:
        raise DogwatchError(f"{path} cannot be written: {getattr(error, 'strerror', error)}") from error


def _without(text: str, errors: ConfigErrors, taken_out: list[tuple[str, str]]) -> str:
    """Take the keys with errors out; if none of them goes, raise these."""
    changed = text
    for error in errors.errors:
        if not error.path:
            continue
        path = edit.split(error.path)
        # A key that is missing is told of the section that lacks it; that goes as a whole, at last the camera.
        while path:
            try:
                fresh = edit.edited(changed, {path: edit.DELETE})
            except ConfigError:
                fresh = changed
            if fresh != changed:
                changed = fresh
                taken_out.append((".".join(path), error.message))
                break
            path = path[:-1]
    if changed == text:
        raise errors
    return changed
