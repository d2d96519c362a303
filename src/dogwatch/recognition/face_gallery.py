"""The faces of the library as descriptions: read from its pictures, kept while these are the same."""

from __future__ import annotations

import os
import time
from itertools import zip_longest
from typing import TYPE_CHECKING

import cv2
import numpy as np

from dogwatch.recognition.face_crop import read_picture, surroundings
from dogwatch.recognition.face_files import PICTURES, TRAIN, is_text

if TYPE_CHECKING:
    from dogwatch.recognition.face_recogniser import FaceRecogniser, FoundFace, Numbers, Pixels

MOST_PICTURES = 1500
READ_S = 15.0  # for each question: pictures that are left are read with the next ones
LOW_THRESHOLD = 0.4  # a person has said that there is a face
LARGEST_FILE = 20 << 20

_Stamp = tuple[int, int]


class FaceGallery:
    """The described pictures of one directory. Not thread-safe."""

    def __init__(self, folder: str, recogniser: FaceRecogniser) -> None:
        """Begin without any."""
        self._folder, self._recogniser = folder, recogniser
        self._known: dict[tuple[str, str], tuple[_Stamp, Numbers | None]] = {}
        self._names: list[str] = []
        self._stacked: Numbers | None = None

    def refresh(self) -> None:
        """Look for pictures that have come, changed or gone, and describe the new ones, for `READ_S` at most."""
        there = _pictures(self._folder)
        changed = False
        for key in self._known.keys() - there.keys():
            del self._known[key]
            changed = True
        until = time.monotonic() + READ_S
        for key, stamp in there.items():
            known = self._known.get(key)
            if known is not None and known[0] == stamp:
                continue
            if time.monotonic() > until:
                break
            self._known[key] = stamp, self._described(os.path.join(self._folder, *key))  # noqa: PTH118
            changed = True
        if changed:
            described = [(name, numbers) for (name, _), (_, numbers) in self._known.items() if numbers is not None]
            self._names = [name for name, _ in described]
            self._stacked = np.stack([numbers for _, numbers in described]) if described else None

    def best(self, face: Numbers) -> tuple[str, float]:
        """Return who is most like a face, and how much; nobody and 0 if there are no pictures."""
        if self._stacked is None:
            return "", 0.0
        scores = self._recogniser.scores(face, self._stacked)
        at = int(np.argmax(scores))
        return self._names[at], float(scores[at])

    def _described(self, path: str) -> Numbers | None:
        try:
            if os.path.getsize(path) > LARGEST_FILE:  # noqa: PTH202
                return None
            with open(path, "rb") as file:  # noqa: PTH123
                picture = read_picture(file.read())
        except OSError:
            return None
        try:
            face = None if picture is None else self._face(picture)
            return None if picture is None or face is None else self._recogniser.describe(picture, face)
        except cv2.error:  # one picture of an odd form must not keep all others from being compared
            return None

    def _face(self, picture: Pixels) -> FoundFace | None:
        height, width = picture.shape[:2]
        found = self._recogniser.find(picture, (0, 0, width, height), 0.0, LOW_THRESHOLD)
        if found is not None:
            return found
        wider = surroundings(picture)  # a picture that is cut close to the face
        found = self._recogniser.find(wider, (0, 0, wider.shape[1], wider.shape[0]), 0.0, LOW_THRESHOLD)
        return (
            None if found is None else found.moved(-((wider.shape[1] - width) // 2), -((wider.shape[0] - height) // 2))
        )


def _pictures(folder: str) -> dict[tuple[str, str], _Stamp]:
    """Return the pictures of persons by name and file, with what changes when they do; the newest of each first."""
    people: list[list[tuple[tuple[str, str], _Stamp]]] = []
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and entry.name != TRAIN)
    except OSError:
        return {}
    for name in names:
        if name.startswith(".") or not is_text(name):
            continue
        found = []
        try:
            for entry in os.scandir(os.path.join(folder, name)):  # noqa: PTH118
                if PICTURES.fullmatch(entry.name) and is_text(entry.name):
                    stat = entry.stat()
                    found.append(((name, entry.name), (stat.st_mtime_ns, stat.st_size)))
        except OSError:
            continue
        people.append(sorted(found, key=lambda one: one[1], reverse=True))
    in_turn = [one for row in zip_longest(*people) for one in row if one is not None]
    return dict(in_turn[:MOST_PICTURES])
