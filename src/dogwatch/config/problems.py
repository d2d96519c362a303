"""What is wrong with a file, and what in it has no effect; collected, so that a user sees everything at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from dogwatch.errors import ConfigError, DogwatchError

MOST = 200
"""Errors, and notices, beyond which nobody reads on; it also bounds the work that a broken file makes."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file: 1-based line and column, and the dotted path as the user wrote it."""

    line: int
    column: int
    path: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a user should know and that stops nothing; `line` is 1-based, 0 when it has no place."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """Return `line 12: ffmpeg.gpu: ...`."""
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.path}: {self.message}" if self.path else place + self.message


def describe(error: ConfigError) -> str:
    """Return one line for `error`: place, path, message, hint."""
    place = "" if error.line is None else f"line {error.line}, column {error.column}: "
    path = f"{error.path}: " if error.path else ""
    hint = f" ({error.hint})" if error.hint else ""
    return f"{place}{path}{error.message}{hint}"


class ConfigErrors(DogwatchError):  # noqa: N818 - it is several
    """All errors of a file, in the order of their lines. The text has one line for each."""

    status = 400

    def __init__(self, errors: list[ConfigError], source: str = "") -> None:
        """Take the `errors` of the file `source`."""
        self.errors = sorted(errors, key=lambda error: (error.line or 0, error.column or 0))
        self.source = source
        head = f"{source}: " if source else ""
        super().__init__("\n".join(head + describe(error) for error in self.errors))


@dataclass(slots=True)
class Report:
    """Collects errors and notices while a file is read; each once, and not more than `MOST` of either."""

    errors: list[ConfigError] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    _said: set[object] = field(default_factory=set)
    _refused: set[tuple[int, int]] = field(default_factory=set)
    _unused: dict[str, tuple[Mark, dict[str, int]]] = field(default_factory=dict)

    def error(self, mark: Mark | None, message: str, hint: str | None = None) -> None:
        """Add an error; one that was said before of the same place is dropped."""
        place = mark and (mark.line, mark.column)
        if self.full or place in self._refused or not self._fresh((place, message)):
            return
        error = (
            ConfigError(message, hint=hint)
            if mark is None
            else ConfigError(message, path=mark.path, line=mark.line, column=mark.column, hint=hint)
        )
        self.errors.append(error)

    def refuse(self, mark: Mark, message: str, hint: str | None = None) -> None:
        """Add an error of something that cannot be read at all: whatever else is wrong with it follows from that."""
        self.error(mark, message, hint)
        self._refused.add((mark.line, mark.column))

    def notice(self, mark: Mark | None, message: str) -> None:
        """Add a notice; one that was said before in the same words of the same place is dropped."""
        notice = Notice(mark.line, mark.path, message) if mark else Notice(0, "", message)
        if len(self.notices) < MOST and self._fresh(notice):
            self.notices.append(notice)

    @property
    def full(self) -> bool:
        """Whether no further error is taken."""
        return len(self.errors) >= MOST

    def _fresh(self, key: object) -> bool:
        fresh = key not in self._said
        self._said.add(key)
        return fresh

    def unused(self, section: str, key: str, mark: Mark) -> None:
        """Note a key that has no effect; all keys of one section become one notice."""
        _, keys = self._unused.setdefault(section, (mark, {}))
        keys[key] = keys.get(key, 0) + 1

    def all_notices(self) -> list[Notice]:
        """Return the notices in the order of their lines."""
        grouped = [Notice(mark.line, mark.path, _ignored(keys)) for mark, keys in self._unused.values()]
        return sorted(self.notices + grouped, key=lambda notice: notice.line)


def _ignored(keys: dict[str, int]) -> str:
    count = sum(keys.values())
    places = f" ({count} places)" if count > len(keys) else ""
    return f"ignored: Dogwatch does not use {', '.join(keys)}{places}"
