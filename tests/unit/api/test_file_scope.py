"""The table of contract section 3.8."""

import pytest

from dogwatch.api.file_scope import OPEN, camera_of, for_administrators, may_read

KNOWN = ("front", "front-door", "door-1", "garden")
ID = "1682970645.13116-1ug7ns"


@pytest.mark.parametrize(
    ("path", "camera"),
    [
        ("/recordings", OPEN),
        ("/recordings/", OPEN),
        ("/recordings/2026-04-01/", OPEN),
        ("/recordings/2026-04-01/12/", None),
        ("/recordings/2026-04-01/12/front/", "front"),
        ("/recordings/2026-04-01/12/front/30.22.mp4", "front"),
        (f"/clips/thumbs/garden/{ID}.webp", "garden"),
        ("/clips/thumbs/garden/", "garden"),
        ("/clips/thumbs/", None),
        ("/clips/previews/front-door/1-2.mp4", "front-door"),
        (f"/clips/review/thumb-front-{ID}.webp", "front"),
        (f"/clips/review/thumb-front-{ID}.jpg", "front"),
        (f"/clips/review/thumb-front-door-{ID}.jpg", "front-door"),
        (f"/clips/review/thumb-cellar-{ID}.jpg", None),
        (f"/clips/review/thumb-front-{ID}.png", None),
        (f"/clips/thumbs/garden/{ID}.jpg", "garden"),
        (f"/clips/review/thumb-front-door-{ID}.webp", "front-door"),
        (f"/clips/review/thumb-cellar-{ID}.webp", None),
        (f"/clips/review/front-{ID}.webp", None),
        ("/clips/review/", None),
        (f"/clips/front-{ID}.jpg", "front"),
        (f"/clips/front-door-{ID}-clean.webp", "front-door"),
        (f"/clips/front-door-1-{ID}.png", None),
        (f"/clips/door-1-{ID}.png", "door-1"),
        ("/clips/front-1682970645-1ug7ns.jpg", "front"),
        (f"/clips/front-{ID}.mp4", None),
        ("/clips/front.jpg", None),
        ("/clips/", None),
        ("/clips/faces/train/x.webp", None),
        ("/clips/genai-requests/a/b.jpg", None),
        ("/clips/preview_restart_cache/front-1.webp", None),
        ("/clips/model/train/x.webp", None),
        ("/exports/front_x.mp4", None),
        ("/exports/", None),
        ("/elsewhere/front", None),
    ],
)
def test_camera_of(path: str, camera: str | None) -> None:
    assert camera_of(path, KNOWN) == camera


@pytest.mark.parametrize(
    ("path", "allowed", "verdict"),
    [
        ("/recordings/2026-04-01/12/front/30.22.mp4", frozenset({"front"}), True),
        ("/recordings/2026-04-01/12/front/30.22.mp4", frozenset({"garden"}), False),
        ("/recordings/2026-04-01/", frozenset({"garden"}), True),
        ("/recordings/2026-04-01/12/", frozenset({"garden"}), False),
        ("/recordings/2026-04-01/12/", None, True),
        ("/exports/x.mp4", None, True),
        ("/recordings/2026-04-01/12/front/../garden/30.22.mp4", frozenset({"front"}), False),
        ("/clips/../dogwatch.db", None, False),
        ("/clips/./x.jpg", None, False),
        ("/clips/..\\dogwatch.db", None, False),
        ("/clips/x\0.jpg", None, False),
    ],
)
def test_may_read(path: str, allowed: frozenset[str] | None, verdict: bool) -> None:
    assert may_read(path, allowed, KNOWN) is verdict


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/clips/faces", True),
        ("//clips//faces/Bob/1.webp", True),
        ("/clips/Faces/Bob/1.webp", True),
        ("/CLIPS/faces. /Bob/1.webp", True),
        ("/clips/thumbs/faces/1.webp", False),
        ("/clips/faces-1700000000.5-abc.jpg", False),
        ("/recordings/faces", False),
    ],
)
def test_faces_are_for_administrators_however_the_disk_reads_their_folders_name(path: str, expected: bool) -> None:
    assert for_administrators(path) is expected
