"""A limited role gets the answers of a server that has no other camera at all, whatever it asks for, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dogwatch.api.listener import EXTERNAL
from dogwatch.stats import camera as camera_stats
from dogwatch.testing.app import Nvr
from dogwatch.testing.recordings import T0
from tests.integration.api.test_hidden_cameras import CONFIG, HIDDEN, READS, furnished, with_query
from tests.routes import Exchange, exchange, url

OWN_ONLY = re.sub(r"(?ms)^  vaultcam:\n.*?(?=^  front:)|^  vault_group:.*?\n|^    vaultstream:.*?\n", "", CONFIG)
OWN_ONLY = OWN_ONLY.replace(", vault_watch: [front, vaultcam], vault_only: [vaultcam]", "").replace(", vaultcam,", ",")
OWN_ONLY = OWN_ONLY.replace("vault_only: [vaultmen], ", "").replace("logger: {logs: {dogwatch.vault: debug}}\n", "")
VOLATILE = re.compile(
    rb'"(cpu|cpu_average|mem|uptime|last_updated|updated|since)":\s*"?[\d.]+"?'
    rb"|^(# .*|frigate_(cpu|mem|service|storage)\S*(\{.*\})?) .*$"
    rb'|"id":"\d+-\w{6}"|"mtime":"[^"]+"|nonce="[^"]+"',
    re.MULTILINE,
)
"""What two moments on one server have different."""
LIVE = ("/api/{camera}", "/api/logout")
HEADERS = ("content-type", "content-length", "content-range", "content-disposition", "location", "cache-control")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nvr, Nvr]]:
    """One with the hidden camera, one that has never heard of it."""
    assert HIDDEN not in OWN_ONLY
    with (
        pytest.MonkeyPatch.context() as patched,  # what is told of the camera stays new, however slow the machine is
        furnished(tmp_path_factory.mktemp("whole")) as whole,
        furnished(tmp_path_factory.mktemp("own"), OWN_ONLY, hidden=False) as own,
    ):
        patched.setattr(camera_stats, "STALE_S", 3600.0)
        yield whole, own


def plain(answer: Exchange, *, live: bool) -> object:
    kept = {name: value for name, value in answer.headers if name in HEADERS}
    body = VOLATILE.sub(b"", answer.body)
    if live:
        return answer.status, kept.get("content-type")
    if body != answer.body:
        kept.pop("content-length", None)
    return answer.status, kept, body


@pytest.mark.parametrize("template", [template for _, template in READS])
async def test_answers_are_those_of_a_server_without_it(servers: tuple[Nvr, Nvr], template: str) -> None:
    own, hidden = (url("GET", template, camera) for camera in ("front", HIDDEN))
    for target in dict.fromkeys((own, with_query(own), hidden)):
        answers = [
            plain(await exchange(one, EXTERNAL, "frida", "GET", target), live=template in LIVE) for one in servers
        ]
        assert answers[0] == answers[1], target
    for one in servers:
        one.tokens.clear()  # one of the routes logs out


RECORDED = f"{T0:.0f}", f"{T0 + 8:.0f}"
MORE = [
    *(f"/api/{camera}/start/{RECORDED[0]}/end/{RECORDED[1]}/clip.mp4" for camera in ("front", HIDDEN)),
    *(f"/vod/{camera}/start/{RECORDED[0]}/end/{RECORDED[1]}/master.m3u8" for camera in ("front", HIDDEN)),
    *(f"/api/{camera}/recordings/{T0 + 1}/snapshot.jpg" for camera in ("front", HIDDEN)),
    "/recordings/", "/recordings/2025-11-18/", "/recordings/2025-11-19/", "/recordings/2025-11-19/11/vaultcam/",
    "/clips/", "/clips/thumbs/", "/clips/thumbs/vaultcam/", "/exports/", "/exports/vaultcam.mp4",
    "/clips/vaultcam-1.5-a.jpg",
    f"/clips/export/1700000000.5-{HIDDEN}.webp", f"/clips/review/thumb-{HIDDEN}-1700000000.5-abcdef.webp",
    f"/api/recordings/unavailable?after={T0 - 60}&before={T0 + 60}&scale=1",
    "/api/recordings/summary?timezone=Asia/Tokyo",
    "/api/events?labels=vaultlabel", "/api/events?zones=vaultzone", "/api/events?sub_labels=vaultlabels",
    "/api/events?recognized_license_plate=VAULT 1", "/api/events/explore?limit=1", "/api/events/summary?has_clip=1",
    f"/api/review?after={T0 - 60}&before={T0 + 60}&labels=vaultlabel", f"/api/review_ids?ids=1700000000.5-{HIDDEN}",
    f"/api/event_ids?ids=1700000000.5-{HIDDEN}", "/api/labels?camera=vaultcam", "/api/timeline?camera=vaultcam",
    f"/api/timeline?source_id=1700000000.5-{HIDDEN}", "/api/exports?cameras=vaultcam", "/api/vaultlabel/best.jpg",
    f"/api/exports?export_case_id=1700000000.5-{HIDDEN}",
    f"/api/preview/preview_{HIDDEN}-1700000000.5.webp/thumbnail.jpg",
    "/api/go2rtc/streams/shared", "/api/go2rtc/streams/vaultstream", "/api/go2rtc/api/streams?src=front&src=vaultcam",
    "/live/webrtc/webrtc.html?src=vaultcam", "/api/nowhere/at/all",
]  # fmt: skip


@pytest.mark.parametrize("target", MORE)
async def test_so_are_those_to_what_one_guesses(servers: tuple[Nvr, Nvr], target: str) -> None:
    answers = [plain(await exchange(one, EXTERNAL, "frida", "GET", target), live=False) for one in servers]
    assert answers[0] == answers[1]
