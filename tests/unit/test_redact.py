import pytest

from dogwatch.redact import redact_text, redact_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://10.0.0.2/main", "rtsp://10.0.0.2/main"),
        ("rtsp://bob:secret@10.0.0.2:554/main", "rtsp://*:*@10.0.0.2:554/main"),
        ("rtsp://bob:p@ss/w?rd#1@cam/main", "rtsp://*:*@cam/main"),
        ("rtsp://bob@cam/main", "rtsp://*:*@cam/main"),
        ("http://cam/s?user=bob&password=x&channel=1", "http://cam/s?user=*&password=*&channel=1"),
        ("http://cam/users/me@home.mjpg", "http://cam/users/me@home.mjpg"),
        ("/videos/file.mp4", "/videos/file.mp4"),
        ("synthetic://street?seed=1&fps=10", "synthetic://street?seed=1&fps=10"),
    ],
)
def test_urls(url: str, shown: str) -> None:
    assert redact_url(url) == shown


def test_text_with_several_urls() -> None:
    text = "cannot open rtsp://a:b@c/d, trying http://x:y@z/?token=abc next"
    assert redact_text(text) == "cannot open rtsp://*:*@c/d, trying http://*:*@z/?token=* next"


def test_text_without_urls_is_untouched() -> None:
    assert redact_text("mail bob@example.org password=1") == "mail bob@example.org password=1"
