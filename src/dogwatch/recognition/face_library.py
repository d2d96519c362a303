"""The pictures of faces on disk: a directory for each person, and `train` with the attempts (docs/faces.md)."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dogwatch.errors import DiskGoneError, NotFoundError, RefusedError
from dogwatch.events.files import always, write
from dogwatch.recognition.face_files import PICTURES, TRAIN, FaceAttempt, attempt_of, is_text, person, picture

MOST_PERSONS = 500
MOST_OF_PERSON = 200


class FaceLibrary:
    """`clips/faces`. Safe to use from any thread. Changes raise DiskGoneError while the disk is missing."""

    def __init__(
        self, media: Path, present: Callable[[], None] = always, clock: Callable[[], float] = time.time
    ) -> None:
        """Take the directory that holds `clips/`; `present` raises an OSError while the disk of that is missing."""
        self.root = media / "clips" / "faces"
        self._present, self._clock = present, clock
        self._lock = threading.Lock()

    def names(self) -> dict[str, list[str]]:
        """Return all directories, sorted, and the pictures in each, the newest attempts first."""
        found = {name: sorted(self._pictures(name), reverse=name == TRAIN) for name in self._persons()}
        if TRAIN in found:
            found[TRAIN] = found.pop(TRAIN)  # after the persons
        return found

    def create(self, name: str) -> None:
        """Make the directory of a person.

        Raises:
            RefusedError: The name is not usable, or there are too many persons.
        """
        name = person(name)
        self._verify()
        with self._lock:
            self._make(name)

    def add(self, name: str, data: bytes) -> str:
        """Keep a picture (WebP) of a person; return its file's name.

        Raises:
            RefusedError: The name is not usable, or there are too many pictures.
        """
        name = person(name)
        self._verify()
        with self._lock:
            self._room(name)
            file = self._free(name, ".webp")
            write(self.root / name / file, data)
        return file

    def read(self, name: str, file: str) -> bytes:
        """Return a picture; `name` may be `train`.

        Raises:
            NotFoundError: There is none.
        """
        try:
            return self._find(name, file).read_bytes()
        except FileNotFoundError:  # it has just been moved, or made room for a newer attempt
            raise NotFoundError(f"There is no picture {file} of {name}") from None

    def classify(self, file: str, name: str, source: str = TRAIN) -> str:
        """Move a picture of `source` to a person; return its file's new name.

        Raises:
            NotFoundError: There is no such picture.
            RefusedError: A name is not usable, or the person has too many pictures.
        """
        name = person(name)
        self._verify()
        with self._lock:
            path = self._find(source, file)
            if source == name:
                return file
            self._room(name)
            self._make(name)
            moved = self._free(name, path.suffix.lower())
            path.rename(self.root / name / moved)
        return moved

    def delete(self, name: str, files: Sequence[str]) -> int:
        """Delete pictures, and a person of whom none is left; `name` may be `train`. Return how many there were.

        Raises:
            NotFoundError: There is no such person.
            RefusedError: A name is not usable.
        """
        name = name if name == TRAIN else person(name)
        paths = [self.root / name / picture(file) for file in files]
        self._verify()
        with self._lock:
            if name not in self._persons():
                if name == TRAIN:
                    return 0
                raise NotFoundError(f"There is no person {name}")
            gone = 0
            for path in paths:
                try:
                    path.unlink()
                except FileNotFoundError:
                    continue
                gone += 1
            if name != TRAIN and not self._pictures(name):
                self._remove_empty(name)
        return gone

    def rename(self, old: str, new: str) -> None:
        """Rename a person.

        Raises:
            RefusedError: There is no such person, the new name is not usable, or somebody has it.
        """
        old, new = person(old), person(new)
        self._verify()
        with self._lock:
            if old not in self._persons():
                raise RefusedError(f"There is no person {old}")
            if old == new:
                return
            if os.path.lexists(self.root / new) and not (self.root / new).samefile(self.root / old):
                raise RefusedError(f"There is a person {new} already")
            (self.root / old).rename(self.root / new)

    def attempt(self, made: FaceAttempt, data: bytes, keep: int) -> str | None:
        """Keep an attempt (WebP) and only the newest `keep` of all; return its file's name, None if none is kept."""
        if keep <= 0:
            return None
        self._verify()
        with self._lock:
            write(self.root / TRAIN / made.file, data)
            for _, file in sorted(self._stamped(TRAIN))[:-keep]:
                (self.root / TRAIN / file).unlink(missing_ok=True)
        return made.file

    def rate(self, file: str, name: str, score: float) -> str:
        """Give an attempt another name and score; return its file's name.

        Raises:
            NotFoundError: There is no such attempt.
        """
        self._verify()
        with self._lock:
            path, known = self._find(TRAIN, file), attempt_of(file)
            if known is None:
                return file
            rated = FaceAttempt(known.event_id, known.time, name, score).file
            path.rename(path.with_name(rated))
        return rated

    def _verify(self) -> None:
        try:
            self._present()
        except OSError as error:
            raise DiskGoneError(error.strerror or str(error)) from error

    def _persons(self) -> list[str]:
        try:
            entries = [entry for entry in os.scandir(self.root) if entry.is_dir()]
            return sorted(one.name for one in entries if one.name[0] != "." and is_text(one.name))
        except FileNotFoundError:
            return []

    def _pictures(self, name: str) -> list[str]:
        return [file for _, file in self._stamped(name)]

    def _stamped(self, name: str) -> list[tuple[int, str]]:
        """Return the pictures of a person, each with when it was written."""
        found: list[tuple[int, str]] = []
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self.root / name):
                if PICTURES.fullmatch(entry.name) and is_text(entry.name):
                    with contextlib.suppress(FileNotFoundError):  # it has just gone, or is a link to nothing
                        if entry.is_file():
                            found.append((entry.stat().st_mtime_ns, entry.name))
        return found

    def _find(self, name: str, file: str) -> Path:
        path = self.root / (name if name == TRAIN else person(name)) / picture(file)
        if not path.is_file():
            raise NotFoundError(f"There is no picture {file} of {name}")
        return path

    def _room(self, name: str) -> None:
        if os.path.lexists(self.root / name) and not (self.root / name).is_dir():
            raise RefusedError(f"There is something else with the name {name}")
        if len(self._pictures(name)) >= MOST_OF_PERSON:
            raise RefusedError(f"A person has at most {MOST_OF_PERSON} pictures")
        persons = self._persons()
        if name not in persons and len(persons) >= MOST_PERSONS:
            raise RefusedError(f"There are {MOST_PERSONS} persons at most")

    def _make(self, name: str) -> None:
        self._room(name)
        (self.root / name).mkdir(parents=True, exist_ok=True)

    def _free(self, name: str, suffix: str) -> str:
        at = self._clock()
        while (self.root / name / (file := f"{name}-{at:.6f}{suffix}")).exists():
            at += 1e-3
        return file

    def _remove_empty(self, name: str) -> None:
        """Remove a person's directory unless something else lies in it."""
        try:
            (self.root / name).rmdir()
        except OSError:
            return
