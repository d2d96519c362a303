"""Makes links, decides whether they work, and ends them."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dogwatch.auth import limits
from dogwatch.auth.addresses import client_key
from dogwatch.auth.present_role import kind_of
from dogwatch.errors import ConflictError, DogwatchError, NotFoundError, RefusedError
from dogwatch.polygon import fitted, in_pixels
from dogwatch.sharing import makers
from dogwatch.sharing.content import Content
from dogwatch.sharing.requests import LONGEST_COVERED_S, ShareRequest, found
from dogwatch.store import shares
from dogwatch.store.shares import Share, Use

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dogwatch.auth.authority import Authority
    from dogwatch.auth.caller import Caller
    from dogwatch.config import Config
    from dogwatch.jobs.runner import JobRunner
    from dogwatch.polygon import Polygon
    from dogwatch.store.database import Database

log = logging.getLogger(__name__)

KIND = "share"
TOKEN_BYTES = 24
MOST, MOST_EACH = 1000, 100  # links that work at once: of all, and of one maker
MOST_WAITING = 10  # links of one maker whose copy is not made yet, so that others get theirs made too
LISTED = 1000
KEPT_S = 30 * 86_400.0  # how long it is told that a link has ended
MOST_KEPT = 1000  # of one maker, who could otherwise fill the database with links that he revokes at once
USES_KEPT = 100
ONE_USE_S = 60.0  # a player asks for a film in many parts: together they are one use
GUESSES = "30/minute;300/hour"


class Shares:
    """All links of one program. Safe to use from any thread; the methods wait for the database."""

    def __init__(
        self,
        db: Database,
        content: Content,
        jobs: JobRunner,
        authority: Authority,
        config: Callable[[], Config],
        sizes: Callable[[], Mapping[str, tuple[int, int]]],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Share what `content` has, by the configuration in force, which `config` returns.

        `sizes` returns the width and the height of the detect frames of cameras, as far as known.
        """
        self._db, self.content, self._jobs, self._authority = db, content, jobs, authority
        self._config, self._sizes, self._clock, self._monotonic = config, sizes, clock, monotonic
        self._over: OrderedDict[str, None] = OrderedDict()
        self._opened: OrderedDict[str, None] = OrderedDict()
        self._noted: OrderedDict[tuple[str, str, str], float] = OrderedDict()
        self.guesses = limits.RateLimit(limits.parse(GUESSES), monotonic)
        """Counts, by address, requests for links that do not work; for the event loop."""

    # ------------------------------------------------------------ making and ending

    def begin(self, caller: Caller, wanted: ShareRequest, address: str) -> tuple[Share, str]:
        """Make a link; return it and the secret text that it ends with, which is stored nowhere.

        Raises:
            ForbiddenError: The caller may not share.
            NotFoundError: There is no such camera, event or export, or the caller may not see it.
            RefusedError: The range makes no sense, or the event or export is not complete.
            NoFootageError: There is nothing to show.
            ConflictError: There are too many links.
            QueueFullError: Too many copies are waiting to be made.
        """
        config = self._config()
        makers.check(caller, config)
        wanted = found(self.content, caller, wanted, config.cameras, self._clock())
        hours = config.sharing.default_hours if wanted.hours is None else wanted.hours
        if not 0 < hours <= config.sharing.max_hours:
            raise RefusedError(f"A link works for at most {config.sharing.max_hours:g} hours (sharing.max_hours)")
        cover, now = self._cover(caller, wanted), self._clock()
        if cover is not None and wanted.kind != "export" and wanted.end - wanted.start > LONGEST_COVERED_S:
            raise RefusedError(f"At most {LONGEST_COVERED_S / 60:.0f} minutes can be shared with covered parts")
        share = Share(
            id=secrets.token_hex(8),
            kind=wanted.kind,
            camera=wanted.camera,
            target=wanted.target,
            start_time=wanted.start,
            end_time=wanted.end,
            title=wanted.title,
            cover=cover,
            owner=caller.username,
            owner_kind=kind_of(caller),
            owner_role=caller.role,
            address=address[:60],
            created_at=now,
            expires_at=now + hours * 3600,
            state="ready" if cover is None else "preparing",
        )
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._add(share, token)
        log.info("%s, from %s, shares %s %s as link %s", share.owner, address, share.kind, share.camera, share.id)
        return share, token

    def revoke(self, caller: Caller, share_id: str) -> None:
        """End a link.

        Raises:
            NotFoundError: There is no such link, or the caller may not know of it.
        """
        share = self.one(caller, share_id)
        if share.state != shares.ENDED:
            self._end(share, f"revoked by {caller.username}")

    # ------------------------------------------------------------ lists

    def listed(self, caller: Caller) -> list[Share]:
        """Return the links that `caller` may know of, newest first, those too that have ended lately."""
        with self._db.read() as connection:
            rows = shares.listed(connection, None if caller.is_admin else caller.username, LISTED)
        return [one for one in rows if makers.may_see(one, caller)]

    def one(self, caller: Caller, share_id: str) -> Share:
        """Return a link.

        Raises:
            NotFoundError: There is none, or the caller may not know of it.
        """
        with self._db.read() as connection:
            share = shares.one(connection, share_id)
        if share is None or not makers.may_see(share, caller):
            raise NotFoundError("Share not found")
        return share

    def uses(self, share: Share) -> list[Use]:
        """Return the latest uses of a link, newest first."""
        with self._db.read() as connection:
            return shares.uses(connection, share.id)

    # ------------------------------------------------------------ use

    def open(self, token: str) -> Share | None:
        """Return the link that ends with `token`, if it works now."""
        with self._db.read() as connection:
            share = shares.of_token(connection, _hash(token), self._clock())
        if share is None or not self._config().sharing.enabled:
            return None
        if reason := self._over_because(share):
            try:
                self._end(share, reason)
            except (DogwatchError, OSError) as error:  # the next look ends it
                log.warning("link %s cannot be ended: %s", share.id, error)
            return None
        _remember(self._opened, share.id)
        return share

    def used(self, share: Share, what: str, address: str, agent: str) -> None:
        """Note a use, in the background; those of one address within a minute are one."""
        key, now = (share.id, what, client_key(address)), self._monotonic()
        before = self._noted.get(key)
        if before is not None and now - before < ONE_USE_S:
            return
        self._noted[key] = now
        self._noted.move_to_end(key)
        while len(self._noted) > 10 * MOST:
            self._noted.popitem(last=False)
        log.info("link %s: %s asked for by %s", share.id, what, address)
        use = Use(self._clock(), address[:60], what, agent[:100])
        self._db.submit(lambda connection: shares.use(connection, share.id, use, USES_KEPT))

    def works(self, share: Share) -> bool:
        """Whether a link that `open` has returned still works, as far as is known without asking anybody."""
        return share.id not in self._over and self._clock() < share.expires_at and self._config().sharing.enabled

    def tick(self) -> None:
        """End the links whose time or reason is over, and delete copies that belong to none; call it once a minute."""
        with self._db.read() as connection:
            running = shares.unended(connection)
        left = set()
        for share in running:
            if reason := self._over_because(share):
                self._end(share, reason)
            else:
                left.add(share.id)
        for share_id in [one for one in list(self._opened) if one not in left]:
            if not self._running(share_id):  # it has ended without `_end`, such as with its maker's account
                _remember(self._over, share_id)
                self._opened.pop(share_id, None)
        for path in self.content.folder.glob("*"):
            # Asked again, because a link may have been made meanwhile.
            if path.name.partition(".")[0] not in left and not self._running(path.name.partition(".")[0]):
                path.unlink(missing_ok=True)
        self._db.write(lambda connection: shares.prune(connection, self._clock() - KEPT_S, MOST_KEPT))

    # ------------------------------------------------------------ inside

    def _cover(self, caller: Caller, wanted: ShareRequest) -> dict[str, Any] | None:
        """Return what is to be covered; None if nothing is."""
        config = self._config()
        always = caller.role in config.sharing.blur_roles
        faces = wanted.faces or always
        masks = _masks(config, wanted.camera) if wanted.masks or always else None
        polygons = [*self._fractions(wanted.camera, masks or ()), *wanted.polygons]
        if wanted.masks and not polygons:
            raise RefusedError("The camera has no privacy masks: nothing would be covered (see `privacy_masks`)")
        return {"faces": faces, "masks": masks, "polygons": polygons} if faces or polygons else None

    def _fractions(self, camera: str, masks: Iterable[Polygon]) -> Iterator[Polygon]:
        """Yield masks in fractions: recordings may have more pixels than the frame that masks in pixels are of."""
        for points in masks:
            size = self._sizes().get(camera)
            if not in_pixels(points):
                yield points
            elif size is None:
                raise RefusedError("A privacy mask is in pixels of a frame whose size is not known: give detect.width")
            elif inside := fitted(points, *size):
                yield inside

    def _add(self, share: Share, token: str) -> None:
        def write(connection: Connection) -> None:
            total, own, waiting = shares.counts(connection, share.owner)
            if total >= MOST or own >= MOST_EACH:
                raise ConflictError(f"There are {own} links already; revoke some first")
            if share.state == "preparing" and waiting >= MOST_WAITING:
                raise ConflictError(f"{waiting} links are being prepared already; try again later")
            shares.add(connection, share, _hash(token))

        if share.state == "preparing":
            self._jobs.submit(KIND, f"{KIND}_{share.id}", {}, camera=share.camera, owner=share.owner, beside=write)
        else:
            self._db.write(write)

    def _over_because(self, share: Share) -> str:
        """Return why a link is over; empty if it is not."""
        config = self._config()
        if self._clock() >= min(share.expires_at, share.created_at + config.sharing.max_hours * 3600):
            return "its time was over"
        if share.camera not in config.cameras:
            return "the camera was removed"
        cover = share.cover or {}
        masks = cover.get("masks")
        covered = {tuple((x, y) for x, y in points) for points in masks or ()}
        if masks is not None and not covered.issuperset(_masks(config, share.camera)):
            return "the camera has another privacy mask now"
        return makers.lost(share, config, self._authority) or self.content.gone(share)

    def _end(self, share: Share, reason: str) -> None:
        """End a link at once, for those too who are receiving its film."""
        self._db.write(lambda connection: shares.end(connection, share.id, self._clock(), reason))
        _remember(self._over, share.id)
        log.info("link %s has ended: %s", share.id, reason)
        if share.state == "preparing":
            with suppress(NotFoundError, ConflictError):  # it has just ended
                self._jobs.cancel(f"{KIND}_{share.id}")
        self.content.delete_copies(share.id)

    def _running(self, share_id: str) -> bool:
        with self._db.read() as connection:
            share = shares.one(connection, share_id)
        return share is not None and share.state != shares.ENDED


def _masks(config: Config, camera: str) -> list[Polygon]:
    return [mask.points for mask in config.cameras[camera].privacy_masks if mask.enabled]


def _remember(some: OrderedDict[str, None], share_id: str) -> None:
    some[share_id] = None
    while len(some) > 10 * MOST:
        some.popitem(last=False)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
