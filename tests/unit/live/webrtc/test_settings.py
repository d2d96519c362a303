"""What the configuration says of WebRTC."""

import pytest

from dogwatch.config import ConfigErrors, parse
from dogwatch.live.webrtc.settings import WebRtcSettings, webrtc_of

EVERYWHERE = "0.0.0.0"


def settings(text: str) -> WebRtcSettings:
    return webrtc_of(parse(f"go2rtc: {{webrtc: {text}}}\ncameras: {{}}", env={}).config)


def test_nobody_is_asked_for_the_address_unless_it_is_written() -> None:
    assert settings("{}") == WebRtcSettings((EVERYWHERE, 8555), (), None)
    assert settings("{candidates: ['stun:8555']}").stun is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{listen: ':8556/tcp'}", WebRtcSettings((EVERYWHERE, 8556))),
        ("{listen: '127.0.0.1:0'}", WebRtcSettings(("127.0.0.1", 0))),
        (
            "{candidates: ['192.0.2.5:8555', 'nvr.example:9000']}",
            WebRtcSettings((EVERYWHERE, 8555), (("192.0.2.5", 8555), ("nvr.example", 9000))),
        ),
        ("{candidates: 'stun:stun.example:3479'}", WebRtcSettings(stun=("stun.example", 3479))),
        (
            "{candidates: ['stun:8555'], ice_servers: [{urls: ['turn:t.example', 'stun:s.example']}]}",
            WebRtcSettings(stun=("s.example", 3478)),
        ),
    ],
)
def test_settings(text: str, expected: WebRtcSettings) -> None:
    assert settings(text) == expected


@pytest.mark.parametrize("text", ["{listen: nowhere}", "{candidates: ['http://x']}", "{candidates: ['x:99999']}"])
def test_mistakes_are_told(text: str) -> None:
    with pytest.raises(ConfigErrors):
        settings(text)
