"""Every path parameter of every route with times, names and paths that nobody means well with.

No answer is a fault, none holds a file from outside the media root, and no method of no route writes there.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.config import ConfigErrors, parse
from dogwatch.testing.app import CONFIG, Nvr, nvr
from dogwatch.testing.stocked import PARAMETERS, stocked
from tests.routes import ROUTES, exchange

SECRET = "nobody-shall-read-this"
TIMES = ("nan", "inf", "-inf", "1e308", "-1e308", "-1", "253402300800", "-62135596801", "1_000", "0x10", "٣", "1e-320",
         "9" * 400, " 1", "")  # fmt: skip
NAMES = (
    "..", ".", "...", "%2e%2e", "..\\..", "\\", "a\0b", "․․", "．．", "..;", "~root", "-rf", "*", "'\"<script>",
    "x" * 5000, "\u202e", "\n", "CON", "events", "export",
)  # fmt: skip
PATHS = (
    "../secret.txt", "../../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "thumbs/../../secret.txt",
    "/etc/passwd",
    "thumbs//..//../secret.txt", "..\\secret.txt", "secret.txt\0.jpg", "link/secret.txt", "link", ".hidden", "x/" * 500,
    "thumbs/front/..", "2025-11-18/../../secret.txt",
)  # fmt: skip
TIMED = {"start", "end", "frame_time"}
ODD_DAYS = {
    "year_month": ("0000-00", "9999-12", "10000-01", "2025-13"),
    "day": ("00", "31", "-1"),
    "hour": ("24", "-1"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    directory = tmp_path_factory.mktemp("hostile")
    (directory / "secret.txt").write_text(SECRET)
    (directory / "outside").mkdir()
    (directory / "outside" / "secret.txt").write_text(SECRET)
    with stocked(directory) as made:
        for folder in ("clips", "recordings", "exports"):
            (directory / folder).mkdir(exist_ok=True)
            (directory / folder / "link").symlink_to(directory / "outside")
        yield made


def values(name: str) -> tuple[str, ...]:
    if name in TIMED:
        return TIMES
    return PATHS if name == "path" else (*ODD_DAYS.get(name, ()), *NAMES)


def targets(template: str) -> Iterator[str]:
    """Yield the path with one parameter after the other in every odd form, the others as they should be."""
    names = [part.partition("}")[0] for part in template.split("{")[1:]]
    for odd in names:
        for value in values(odd.partition(":")[0]):
            path = template
            for name in names:
                plain = name.partition(":")[0]
                path = path.replace(f"{{{name}}}", value if name == odd else PARAMETERS.get(plain, "x"))
            yield path


KEYS = [key for key, _ in ROUTES if key[0] != "WS" and "{" in key[1] and not key[1].startswith("/api/vod/")]


@pytest.mark.parametrize("key", KEYS, ids=" ".join)
async def test_no_value_of_a_path_does_harm(app: Nvr, key: tuple[str, str]) -> None:
    method, template = key
    for target in targets(template):
        async with asyncio.timeout(30):
            answer = await exchange(app, INTERNAL, None, method, target.replace("?", ""), body=b"{}")
        assert answer.status < 500 or answer.status == 503, (target[:200], answer.status, answer.body[:200])
        zipped = dict(answer.headers).get("content-encoding") == "gzip"
        assert SECRET.encode() not in (gzip.decompress(answer.body) if zipped else answer.body), target
    root = app.services.paths.media
    assert (root / "secret.txt").read_text() == (root / "outside" / "secret.txt").read_text() == SECRET
    assert not [path for path in root.parent.iterdir() if path.name != root.name and SECRET in path.name]


FIRST = sorted(
    {word for (_, template), _ in ROUTES if (word := template.removeprefix("/api").split("/")[1]) and "{" not in word}
)


@pytest.mark.parametrize("word", [word for word in FIRST if re.fullmatch(r"[a-zA-Z0-9_-]+", word)])
async def test_a_camera_named_as_a_fixed_path_hides_nothing(tmp_path: Path, word: str) -> None:
    """A configuration with it is refused, or the fixed path answers as ever."""
    text = CONFIG.replace("  back:\n", f"  {word}:\n")
    try:
        with nvr(tmp_path, text) as app:
            async with app.client(EXTERNAL, "frida") as client:
                assert (await client.get("/api/events")).json() == []
                assert (await client.get("/api/config")).json()["cameras"].keys() == {"front"}
                assert (await client.get("/api/users")).status_code == 403
    except ConfigErrors as errors:
        if word not in str(errors):
            raise


@pytest.mark.parametrize(
    "camera",
    ["..", ".", "a/b", "a\\b", "%2e%2e", "", "x" * 300, "caméra", "a b", "a\tb", "-", "․․", "{x}", "a?b", "__proto__"],
)
def test_hostile_names_of_cameras_are_refused_or_harmless(tmp_path: Path, camera: str) -> None:
    text = f"mqtt: {{enabled: false}}\ncameras: {{{json.dumps(camera)}: {{ffmpeg: {{inputs: [{{path: 'rtsp://192.0.2.1/'}}]}}}}}}"
    try:
        loaded = parse(text, path=tmp_path / "config.yml", env={})
    except ConfigErrors:
        return
    assert [name for name in loaded.config.cameras if not re.fullmatch(r"[a-zA-Z0-9_-]+", name)] == []
