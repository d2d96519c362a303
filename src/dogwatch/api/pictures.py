"""Answers that are pictures: made in the caller's job, and only as long as the caller waits."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dogwatch.api.errors import RETRY, ApiError
from dogwatch.api.ranges import RangeResponse
from dogwatch.api.services import CALLER_KEY
from dogwatch.media.picture_pool import POOL, PictureJob, TooManyWaitingError
from dogwatch.media.virtual_file import VirtualFile

T = TypeVar("T")

WAIT_S = 60.0  # forty of the dearest kind take that long on a small machine
SEND_S = 60.0


@dataclass(frozen=True, slots=True)
class Made:
    """A picture that has been made; `modified` is the time (epoch s) of one that stays the same."""

    data: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: float | None = None

    def __len__(self) -> int:
        return len(self.data)


class PictureResponse(Response):
    """Makes a picture in the pool, then answers with it, whole or in part."""

    def __init__(self, make: Callable[[], Made], *, quick: bool = False) -> None:
        """Prepare the answer; `make` may raise an `ApiError`, a `quick` one is done before the caller's others."""
        self._make, self._quick = make, quick
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; not at all when the client leaves before.

        Raises:
            ApiError: 429 or 503; the caller, or all together, want too many pictures.
        """
        async with in_pool(caller_key(scope), self._make, quick=self._quick) as job:
            if not await _stays(job, receive):
                return
            made = job.future.result()
            tag = hashlib.sha256(made.data).hexdigest()[:32]
            file = VirtualFile((made.data,), made.modified, tag)
            with contextlib.suppress(TimeoutError):  # the server closes a connection whose answer has no end
                async with asyncio.timeout(SEND_S):
                    await RangeResponse(file, made.media_type, made.headers)(scope, receive, send)


@contextlib.asynccontextmanager
async def in_pool(caller: str, make: Callable[[], T], *, quick: bool = False) -> AsyncIterator[PictureJob[T]]:
    """Queue `make` in the pool; at the end of the block the job is over, whatever has become of it.

    Raises:
        ApiError: 429 or 503; too many are waiting.
    """
    try:
        job = POOL.submit(caller, make, quick=quick)
    except TooManyWaitingError as error:
        raise refusal(error) from None
    try:
        yield job
    finally:
        job.release()


def refusal(error: TooManyWaitingError) -> ApiError:
    """Return the refusal of one picture too many."""
    if error.each:
        return ApiError(429, f"{error.limit} pictures at once", headers=RETRY)
    return ApiError(503, f"Too many pictures are wanted: {error}")


def caller_key(scope: Scope) -> str:
    """Return the key by which jobs are counted: the user, or the address where no login is needed."""
    caller = scope.get(CALLER_KEY)
    if caller is not None and not caller.trusted:
        return f"user {caller.username}"
    client = HTTPConnection(scope).client
    return f"address {client.host if client else ''}"


async def _stays(job: PictureJob[Any], receive: Receive) -> bool:
    """Wait for a job's result; False when the client leaves before.

    Raises:
        ApiError: 503; it takes too long.
    """
    result, leaving = asyncio.wrap_future(job.future), asyncio.ensure_future(_left(receive))
    try:
        done, _ = await asyncio.wait({result, leaving}, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise ApiError(503, f"The picture could not be made in {WAIT_S:.0f} s: too many are wanted")
        return result in done
    finally:
        leaving.cancel()
        result.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
