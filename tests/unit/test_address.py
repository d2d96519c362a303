from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dogwatch.address import SCHEMES, encode_credentials, without_options
from dogwatch.redact import redact_text, redact_url


@pytest.mark.parametrize(
    ("url", "encoded"),
    [
        ("rtsp://admin:p#ss@127.0.0.1:554/cam", "rtsp://admin:p%23ss@127.0.0.1:554/cam"),
        ("rtsp://admin:p/ss@10.0.0.2/cam", "rtsp://admin:p%2Fss@10.0.0.2/cam"),
        ("rtsp://admin:p?ss@cam/x", "rtsp://admin:p%3Fss@cam/x"),
        ("rtsp://admin:p@ss@h/x", "rtsp://admin:p%40ss@h/x"),
        ("rtsp://admin:p%23ss@h/x", "rtsp://admin:p%23ss@h/x"),
        ("rtsp://admin:100%@h/x", "rtsp://admin:100%25@h/x"),
        ("rtsp://admin:5%zu%23@h/x", "rtsp://admin:5%25zu%23@h/x"),
        ("rtsp://a b:p ss@h/x", "rtsp://a%20b:p%20ss@h/x"),
        ("rtsp://jörg:pä@h", "rtsp://j%C3%B6rg:p%C3%A4@h"),
        ("rtsp://a:p:q@h", "rtsp://a:p:q@h"),
        ("rtsp://a:[p]@h", "rtsp://a:%5Bp%5D@h"),
        ("rtsp://u:p@s/x@10.0.0.2/c", "rtsp://u:p%40s%2Fx@10.0.0.2/c"),
        ("rtsp://u:p@#x@cam/c", "rtsp://u:p%40%23x@cam/c"),
        ("rtsp://u:12345#@10.0.0.2/c", "rtsp://u:12345%23@10.0.0.2/c"),
        ("http://u:p#@[fe80::1]:80/c", "http://u:p%23@[fe80::1]:80/c"),
        ("rtmp://u:p@#ä@h/live", "rtmp://u:p@%23ä@h/live"),
        ("rtsp://us/er#1:pw@10.0.0.2/c", "rtsp://us%2Fer%231:pw@10.0.0.2/c"),
        ("http://cam/cgi?time=12:30&mail=a@b.example", "http://cam/cgi?time=12:30&mail=a@b.example"),
        ("rtsp://10.0.0.2:554/cam@home", "rtsp://10.0.0.2:554/cam@home"),
        ("rtsp://cam:554/stream@home", "rtsp://cam:554/stream@home"),
        ("rtsp://u:p@h/cam@home", "rtsp://u:p@h/cam@home"),
        ("http://10.0.0.2:80/cgi?mail=a@b.example", "http://10.0.0.2:80/cgi?mail=a@b.example"),
        ("http://h/cgi?user=a&password=b#c", "http://h/cgi?user=a&password=b#c"),
        ("rtsp://h/x", "rtsp://h/x"),
        ("/media/a@b:c#d.mp4", "/media/a@b:c#d.mp4"),
        ("file:///a:b#c@d.mp4", "file:///a:b#c@d.mp4"),
        ("synthetic://street?seed=1", "synthetic://street?seed=1"),
    ],
)
def test_only_user_and_password_are_encoded(url: str, encoded: str) -> None:
    assert encode_credentials(url) == encoded
    assert encode_credentials(encoded) == encoded


typed = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="%"), min_size=1, max_size=12
)
hosts = st.sampled_from(["10.0.0.2", "10.0.0.2:554", "cam.example.org", "localhost:8554", "[fe80::1]:554"])


@given(typed.filter(lambda user: ":" not in user), typed, hosts)
def test_any_password_reaches_the_camera_as_it_was_typed(user: str, password: str, host: str) -> None:
    # `a.b:1/` could also be host, port and path, and is taken for that.
    assume(not re.match(r"[0-9]{1,5}([/?#]|$)", password) or not ("." in user or user.startswith("[")))
    assume(not re.search("[/?#]", user) or "=" not in user + password)
    if "@" in user + password:  # where such a password ends can only be guessed
        password, user = password.replace("@", "x"), user.replace("@", "x")
    parts = urlsplit(encode_credentials(f"rtsp://{user}:{password}@{host}/cam?channel=1"))
    assert unquote(parts.username or "") == user
    assert unquote(parts.password or "") == password
    assert (parts.netloc.rpartition("@")[2], parts.path, parts.query) == (host, "/cam", "channel=1")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "password", ["hunter2#", "hun/ter2", "h?unter2", "hun@ter2", "hunter 2", "hünter2", "%hunter2"]
)
def test_what_was_encoded_is_masked_like_what_was_typed(scheme: str, password: str) -> None:
    url = f"{scheme}://admin:{password}@10.0.0.2/cam"
    shown = f"{scheme}://*:*@10.0.0.2/cam"
    assert redact_url(url) == redact_url(encode_credentials(url)) == redact_text(encode_credentials(url)) == shown


def test_options_of_a_stream_server_are_cut_off_behind_the_credentials() -> None:
    assert without_options("rtsp://a:p#x@10.0.0.1/1#video=copy#audio=opus") == "rtsp://a:p%23x@10.0.0.1/1"
    assert without_options("rtsp://10.0.0.1/1#backchannel=0") == "rtsp://10.0.0.1/1"
