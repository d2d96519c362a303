"""Tells which pictures of H.264 must be decoded for one that is wanted.

It follows the buffer of decoded pictures as the decoder does: what each picture may refer to is known then, and
pictures that are not among what the wanted one needs, directly or through others, need not be decoded.
Source: ITU-T H.264, sections 8.2.1 (order), 8.2.4 (lists of references) and 8.2.5 (marking).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dogwatch.media.h264_headers import B, CodedPicture, I, SliceFields, UnusualPictureError


@dataclass(frozen=True, slots=True)
class _Held:
    """A reference picture: its place among all, its frame number, and its picture order count."""

    place: int
    frame: int
    order: int


class ReferenceBuffer:
    """The reference pictures that a decoder holds."""

    def __init__(self) -> None:
        """Hold nothing, as before the first picture."""
        self._held: list[_Held] = []
        self._last: tuple[int, int] | None = None  # frame number and picture order count of the last reference

    @property
    def places(self) -> frozenset[int]:
        """Which pictures are held."""
        return frozenset(one.place for one in self._held)

    def add(self, place: int, picture: CodedPicture) -> frozenset[int]:
        """Take the next picture in the order of decoding; return to which ones it may refer.

        Raises:
            UnusualPictureError: That is not known.
        """
        head = picture.slices[0]
        if picture.idr:
            self._held, self._last = [], None
        span = 1 << picture.sequence.frame_bits
        if self._last is not None and head.frame != (self._last[0] + 1) % span:
            raise UnusualPictureError("a gap")
        order = self._order(picture, head, span)
        refers = frozenset(one for part in picture.slices for one in self._references(part, order, span))
        if picture.reference:
            self._mark(head, span, picture.sequence.references)
            self._held.append(_Held(place, head.frame, order))
            self._last = head.frame, order
        return refers

    def _order(self, picture: CodedPicture, head: SliceFields, span: int) -> int:
        """Return the picture order count."""
        last_frame, last = self._last or (0, 0)
        if not picture.sequence.order_bits:  # pictures are shown as they come
            return last + 2 * ((head.frame - last_frame) % span) - (not picture.reference)
        low, delta = head.order
        wrap = 1 << picture.sequence.order_bits
        order = last - last % wrap + low
        if order - last > wrap // 2 and self._last is not None:
            order -= wrap
        elif last - order >= wrap // 2:
            order += wrap
        if delta < 0:
            raise UnusualPictureError("a second field before the first")
        return order

    def _references(self, part: SliceFields, order: int, span: int) -> list[int]:
        if part.kind == I:
            return []
        found: list[int] = []
        for initial, count, changes in zip(self._lists(part, order, span), part.counts, part.changes, strict=False):
            chosen = self._changed(initial[:count], changes, count, part.frame, span)
            if len(chosen) < count:  # the decoder puts what it likes there
                return [one.place for one in self._held]
            found += [one.place for one in chosen]
        return found

    def _lists(self, part: SliceFields, order: int, span: int) -> list[list[_Held]]:
        if part.kind != B:
            return [sorted(self._held, key=lambda one: _number(one, part.frame, span), reverse=True)]
        before = sorted((one for one in self._held if one.order < order), key=lambda one: -one.order)
        after = sorted((one for one in self._held if one.order > order), key=lambda one: one.order)
        first, second = before + after, after + before
        if len(second) > 1 and first == second:
            second[:2] = second[1], second[0]
        return [first, second]

    def _changed(
        self, chosen: list[_Held], changes: Sequence[tuple[bool, int]], count: int, frame: int, span: int
    ) -> list[_Held]:
        numbers = {_number(one, frame, span): one for one in self._held}
        wanted = frame
        for at, (adds, difference) in enumerate(changes):
            wanted = (wanted + (difference if adds else -difference)) % span
            one = numbers.get(wanted - span if wanted > frame else wanted)
            if one is None:
                raise UnusualPictureError("a reference that is not held")
            chosen = [*chosen[:at], one, *(other for other in chosen[at:] if other is not one)][:count]
        return chosen

    def _mark(self, head: SliceFields, span: int, most: int) -> None:
        """Let go of the references that the picture removes."""
        if head.removed is not None:
            gone = {head.frame - difference for difference in head.removed}
            self._held = [one for one in self._held if _number(one, head.frame, span) not in gone]
        elif len(self._held) >= max(1, most):
            self._held.remove(min(self._held, key=lambda one: _number(one, head.frame, span)))
        if len(self._held) >= max(1, most):
            raise UnusualPictureError("too many references")


def _number(one: _Held, frame: int, span: int) -> int:
    """Return the number of a reference, seen from a picture with frame number `frame`."""
    return one.frame - span if one.frame > frame else one.frame


def needed(refers: Sequence[frozenset[int]], wanted: frozenset[int]) -> frozenset[int]:
    """Return which pictures are needed for those `wanted`, and these; `refers` is to what each one may refer."""
    found: set[int] = set()
    left = set(wanted)
    while left:
        place = left.pop()
        found.add(place)
        left |= refers[place] - found
    return frozenset(found)
