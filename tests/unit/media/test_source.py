import errno
import threading

import av
import pytest

from dogwatch.errors import SourceError
from dogwatch.media.source import SourceRequest, open_source
from dogwatch.media.source_errors import SourceRefusedError, explain
from dogwatch.media.synthetic import StreetSource, parse_synthetic


@pytest.mark.parametrize("url", ["", "  ", "ftp://host/x", "gopher://u:secret@host/x"])
def test_addresses_of_an_unknown_kind_are_refused_in_words(url: str) -> None:
    with pytest.raises(SourceError, match="not supported; use rtsp") as caught:
        open_source(SourceRequest(url, {}), threading.Event())
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (av.error.HTTPUnauthorizedError(0, "x"), "user name or password is wrong"),
        (av.error.HTTPNotFoundError(0, "x"), "404"),
        (av.error.ExitError(0, "x"), "no data for 7 s"),
        (av.error.InvalidDataError(0, "x"), "truncated"),
        (FileNotFoundError(errno.ENOENT, "x"), "does not exist"),
        (EOFError(), "ended"),
        (av.error.HTTPBadRequestError(0, "x"), "does not understand the request (400)"),
        (av.error.HTTPTooManyRequestsError(0, "x"), "asked too often"),
        (av.error.HTTPOtherClientError(0, "x"), "may have too many connections"),
        (av.error.HTTPServerError(0, "x"), "may be starting"),
        (av.error.ArgumentError(errno.EINVAL, "x"), "its address or its options are not valid"),
        (av.error.OSError(errno.EPROTONOSUPPORT, "x"), "try preset-rtsp-udp"),
        (av.error.OSError(errno.EHOSTUNREACH, "x"), "host cannot be reached"),
        (av.error.UnknownError(0, "cannot open rtsp://user:secret@host/x?token=abc"), "it cannot be read"),
        (ValueError("no container format 'x'"), "no container format"),
    ],
)
def test_errors_are_explained_without_credentials(error: Exception, words: str) -> None:
    said = explain(error, "rtsp://user:secret@host/x?token=abc", 7.0, "tcp")
    assert "Errno" not in str(said)
    assert words in str(said)
    assert "secret" not in str(said)
    assert "abc" not in str(said)
    assert not isinstance(said, SourceRefusedError)


def test_a_refused_connection_is_a_kind_of_its_own() -> None:
    assert isinstance(
        explain(ConnectionRefusedError(errno.ECONNREFUSED, "x"), "rtsp://host/x", 7.0), SourceRefusedError
    )


def test_synthetic_addresses() -> None:
    assert parse_synthetic("synthetic://street?seed=3&fps=12.5&size=641x361") == StreetSource(3, 12.5, 640, 360)
    assert parse_synthetic("synthetic://street") == StreetSource(0, 10.0, 1280, 720)
    assert parse_synthetic("synthetic://street?gop=10&clock=epoch") == StreetSource(0, 10.0, 1280, 720, 10.0, True)


@pytest.mark.parametrize(
    "url",
    [
        "synthetic://moon",
        "synthetic://street?size=big",
        "synthetic://street?fps=0",
        "synthetic://street?speed=2",
        "synthetic://street?size=10x10",
        "synthetic://street?seed=-1",
        "synthetic://street?gop=0",
        "synthetic://street?clock=mine",
    ],
)
def test_bad_synthetic_addresses_say_what_is_wrong(url: str) -> None:
    with pytest.raises(SourceError, match="synthetic://"):
        parse_synthetic(url)
