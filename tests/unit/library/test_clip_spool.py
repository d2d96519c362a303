"""Clips that wait for their clients, and not the other way round."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from dogwatch.errors import FileError
from dogwatch.library.clip_spool import ClipSpool
from dogwatch.testing.app import until

PIECES = [bytes([n]) * 100_000 for n in range(20)]


class Encoder:
    """What makes a clip; it tells how far it is."""

    def __init__(self, fails_after: int | None = None) -> None:
        self.made, self.ended, self._fails_after = 0, False, fails_after

    async def make(self) -> AsyncGenerator[bytes, None]:
        try:
            for piece in PIECES:
                if self.made == self._fails_after:
                    raise FileError(500, "encode_failed", "as the test wants")
                self.made += 1
                yield piece
        finally:
            self.ended = True


def test_nothing_is_left(tmp_path: Path) -> None:
    async def read_all() -> bytes:
        return b"".join([piece async for piece in ClipSpool(tmp_path).follow(Encoder().make())])

    assert asyncio.run(read_all()) == b"".join(PIECES)
    assert list(tmp_path.iterdir()) == []


async def test_a_clip_is_made_while_its_client_reads_nothing(tmp_path: Path) -> None:
    encoder, spool = Encoder(), ClipSpool(tmp_path)
    async with aclosing(spool.follow(encoder.make())) as found:
        read = [await anext(found)]
        await until(lambda: encoder.ended)
        read += [piece async for piece in found]
    assert b"".join(read) == b"".join(PIECES)
    assert spool.waiting_bytes == 0


async def test_what_waits_is_bounded(tmp_path: Path) -> None:
    encoder, spool = Encoder(), ClipSpool(tmp_path, most_bytes=250_000)
    async with aclosing(spool.follow(encoder.make())) as found:
        read, most = [await anext(found)], 0
        async for piece in found:
            await asyncio.sleep(0.005)
            most = max(most, spool.waiting_bytes)
            read.append(piece)
    assert b"".join(read) == b"".join(PIECES)
    assert most <= 250_000


async def test_a_disk_without_room_lets_the_encoder_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.library.clip_spool.CHECK_EVERY_BYTES", 1)
    encoder, spool = Encoder(), ClipSpool(tmp_path, floor_bytes=1 << 60)
    async with aclosing(spool.follow(encoder.make())) as found:
        read = [await anext(found)]
        await asyncio.sleep(0.05)
        assert encoder.made <= 3
        read += [piece async for piece in found]
    assert b"".join(read) == b"".join(PIECES)


async def test_an_encoder_ends_with_its_client(tmp_path: Path) -> None:
    encoder, spool = Encoder(), ClipSpool(tmp_path, most_bytes=250_000)
    async with aclosing(spool.follow(encoder.make())) as found:
        await anext(found)
    await until(lambda: encoder.ended)
    assert (encoder.made < len(PIECES), spool.waiting_bytes) == (True, 0)


@pytest.mark.parametrize("after", [0, 5])
async def test_what_was_made_comes_before_the_failure(tmp_path: Path, after: int) -> None:
    found, read = ClipSpool(tmp_path).follow(Encoder(after).make()), b""
    while len(read) < 100_000 * after:
        read += await anext(found)
    with pytest.raises(FileError):
        await anext(found)
    assert read == b"".join(PIECES[:after])


async def test_without_a_disk_the_encoder_waits_for_its_client(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    encoder = Encoder()
    read = [piece async for piece in ClipSpool(tmp_path / "file" / "cache").follow(encoder.make())]
    assert (b"".join(read), encoder.ended) == (b"".join(PIECES), True)
