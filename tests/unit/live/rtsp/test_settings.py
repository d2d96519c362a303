"""Where RTSP listens: never off this machine without a login."""

import pytest

from dogwatch.config import ConfigErrors, parse
from dogwatch.live.rtsp.settings import rtsp_of

CAMERA = "\ncameras: {front: {ffmpeg: {inputs: [{path: 'rtsp://192.0.2.1/'}]}}}"


@pytest.mark.parametrize(
    ("text", "hosts", "port"),
    [
        ("", ["0.0.0.0"], 8554),
        ("go2rtc: {rtsp: }", ["0.0.0.0"], 8554),
        ("go2rtc: {rtsp: {listen: ':9554', default_query: mp4}}", ["0.0.0.0"], 9554),
        ("go2rtc: {rtsp: {listen: 9554}}", ["0.0.0.0"], 9554),
        ("go2rtc: {rtsp: {listen: '192.0.2.9:554'}}", ["192.0.2.9"], 554),
        ("go2rtc: {rtsp: {listen: '[::1]:554'}}", ["::1"], 554),
        ("networking: {ipv6: {enabled: true}}", ["0.0.0.0", "::"], 8554),
        ("auth: {enabled: false}", ["127.0.0.1"], 8554),
        ("auth: {enabled: false}\ngo2rtc: {rtsp: {listen: '192.0.2.9:554'}}", ["127.0.0.1"], 554),
        ("auth: {enabled: false}\ngo2rtc: {rtsp: {username: ha, password: secret}}", ["0.0.0.0"], 8554),
    ],
)
def test_where_it_listens(text: str, hosts: list[str], port: int) -> None:
    settings = rtsp_of(parse(text + CAMERA, env={}).config)
    assert settings is not None
    assert (settings.hosts, settings.port) == (hosts, port)
    assert "secret" not in repr(settings)


def test_off() -> None:
    assert rtsp_of(parse("go2rtc: {rtsp: {listen: ''}}" + CAMERA, env={}).config) is None


def test_the_port_of_another_server_from_which_a_camera_is_read_is_left_to_it() -> None:
    text = "cameras: {front: {ffmpeg: {inputs: [{path: 'rtsp://127.0.0.1:8554/front'}]}}}"
    loaded = parse(text, env={})
    assert rtsp_of(loaded.config) is None
    assert any("RTSP is not offered there" in notice.message for notice in loaded.notices)
    own = parse(f"go2rtc: {{streams: {{front: 'rtsp://192.0.2.1/'}}}}\n{text}", env={})  # read from the camera itself
    assert rtsp_of(own.config) is not None
    assert not any("RTSP is not offered there" in notice.message for notice in own.notices)
    assert rtsp_of(parse(f"go2rtc: {{rtsp: {{listen: ':9554'}}}}\n{text}", env={}).config) is not None


def test_who_cannot_log_in_is_told_so() -> None:
    loaded = parse("auth: {enabled: false}\ngo2rtc: {rtsp: {listen: ':8554'}}" + CAMERA, env={})
    assert any("nobody can log in over RTSP" in notice.message for notice in loaded.notices)


@pytest.mark.parametrize(
    "rtsp",
    [
        "{listen: nonsense}",
        "{listen: ':70000'}",
        "{listen: '300.1.1.1:554'}",
        "{username: ha}",
        "{password: secret}",
        "{listen: ':8971'}",
        "{listen: ':5000'}",
    ],
)
def test_mistakes(rtsp: str) -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse(f"go2rtc: {{rtsp: {rtsp}}}{CAMERA}", env={})
    assert "secret" not in str(caught.value)


def test_secrets_may_be_elsewhere() -> None:
    text = "go2rtc: {rtsp: {username: '{FRIGATE_RTSP_USER}', password: '{FRIGATE_RTSP_PASSWORD}'}}" + CAMERA
    names = {"FRIGATE_RTSP_USER": "ha", "FRIGATE_RTSP_PASSWORD": "geheim"}
    settings = rtsp_of(parse(text, env=names).config)
    assert settings is not None
    assert (settings.username, settings.password) == ("ha", "geheim")
