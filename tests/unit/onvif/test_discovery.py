"""Answers to the question who is there: a directed one over UDP, odd ones, and hostile ones."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dogwatch.onvif import discovery
from dogwatch.onvif.discovery import FoundCamera, discover, read_answer

ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"
  xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">
<SOAP-ENV:Header><wsa:RelatesTo>uuid:{id}</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>
<d:Types>dn:NetworkVideoTransmitter</d:Types>
<d:Scopes>onvif://www.onvif.org/type/ptz onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/hardware/X1
 onvif://www.onvif.org/location/city/Berlin</d:Scopes>
<d:XAddrs>{addresses}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"""
FRONT = FoundCamera("192.0.2.7", 80, "http://192.0.2.7/onvif/device_service", "Front door", "X1", "city/Berlin")


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "%b"><!ENTITY b "%b">]><a>%b</a>' % (b"x" * 1000, b"&a;" * 1000, b"&b;" * 1000)


def answer(asked: str = "1", addresses: str = "http://192.0.2.7/onvif/device_service") -> bytes:
    return ANSWER.format(id=asked, addresses=addresses).encode()


def test_an_answer() -> None:
    assert read_answer(answer(), "1") == [FRONT]


def test_the_first_address_that_can_be_used() -> None:
    (found,) = read_answer(
        answer(addresses="ftp://a http://[fe80::1]/x http://192.0.2.7:8080/o http://192.0.2.8/"), "1"
    )
    assert (found.host, found.port) == ("192.0.2.7", 8080)
    (found,) = read_answer(answer(addresses="https://192.0.2.7/o"), "1")
    assert found.port == 443


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff\xfe\x00", b"<a/>", b"<a>", answer("2"), answer(addresses=""), answer(addresses="http://[::1"),
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        LAUGHS,
        b'<!DOCTYPE a SYSTEM "http://192.0.2.1/x.dtd"><a/>',
    ],
)  # fmt: skip
def test_what_is_no_answer(data: bytes) -> None:
    assert read_answer(data, "1") == []


@contextmanager
def camera_on_the_network(*, group: bool) -> Iterator[int]:
    """Answer probes on a free port, of the multicast group too; give the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("", 0))
        sock.settimeout(0.1)
        if group:
            membership = socket.inet_aton(discovery.GROUP) + socket.inet_aton("127.0.0.1")
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    data, sender = sock.recvfrom(65535)
                except TimeoutError:
                    continue
                asked = re.search(rb"uuid:([0-9a-f-]+)", data)
                assert asked
                sock.sendto(b"nonsense", sender)
                sock.sendto(answer(asked[1].decode()), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(sock.getsockname()[1])
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize("group", [False, True], ids=["one host", "the network"])
async def test_over_udp(group: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with camera_on_the_network(group=group) as port:
        monkeypatch.setattr(discovery, "PORT", port)
        asked = () if group else ("127.0.0.1",)
        assert await discover(asked, ["127.0.0.1"], wait_s=1.0) == [FRONT]
    assert await discover(("192.0.2.1",), wait_s=0.05) == []


@pytest.mark.parametrize("host", ["a\x00b", "\x92", "\U00053f9d", "x" * 70])
async def test_what_cannot_be_a_host_does_not_answer(host: str) -> None:
    assert await discover([host], wait_s=0.1) == []
