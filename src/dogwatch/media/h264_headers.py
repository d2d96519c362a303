"""Reads the headers of H.264 pictures that tell which other pictures they refer to.

Only what is usual is read: frames, no fields; no long-term references; no slice groups, data partitions or redundant
pictures. Source: ITU-T H.264, sections 7.3.2.1, 7.3.2.2, 7.3.3 and 7.4.
"""

from __future__ import annotations

from dataclasses import dataclass

from dogwatch.media import nal
from dogwatch.media.parameter_sets import PPS, SPS, configured, read_sets

HEAD_BYTES = 160  # of a slice: its header is shorter
P, B, I = range(3)  # noqa: E741 - as they are called
CHROMA_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
NON_IDR, IDR = 1, 5
MOST_BITS, MOST_ROWS, MOST_REFERENCES = 16, 1024, 16
OTHERS = frozenset({6, 9, 12})  # supplemental information, delimiters, filler data
NOTHING = b"\xff" * 8
"""No arithmetic code begins so: the decoder leaves the picture at once, before it has looked at a macroblock."""
_REMOVE_SHORT, _END = 1, 0
_LISTS_END = 3


class UnusualPictureError(ValueError):
    """Something is not told here about these pictures."""


@dataclass(frozen=True, slots=True)
class SequenceFields:
    """What an SPS says: the sizes of numbers in bits, the kind of picture order count, how many references there are.

    `rows` is how many rows of macroblocks a picture has, `planes` whether it has colours.
    """

    frame_bits: int
    order_kind: int
    order_bits: int
    references: int
    fields: bool
    rows: int
    planes: bool


@dataclass(frozen=True, slots=True)
class PictureFields:
    """What a PPS says."""

    sequence: SequenceFields
    delta: bool
    counts: tuple[int, int]
    weighted: bool
    weighted_both: bool
    filter_told: bool
    redundant: bool


@dataclass(frozen=True, slots=True)
class SliceFields:
    """The header of a slice.

    Attributes:
        kind: `P`, `B` or `I`.
        frame: The frame number, modulo `2 ** frame_bits`.
        order: The low bits of the picture order count, and what is added for its second field.
        counts: How many references each list has.
        changes: The changes of each list: whether to add, and by how much.
        removed: Differences of the numbers of pictures that are no references any more; None for the oldest one.
        bits: The length of the header without the first byte, in bits.
    """

    kind: int
    frame: int
    order: tuple[int, int]
    counts: tuple[int, int]
    changes: tuple[tuple[tuple[bool, int], ...], ...]
    removed: tuple[int, ...] | None
    bits: int


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """A picture: whether it is an IDR picture and a reference, its slices, and a packet with nothing but its header."""

    idr: bool
    reference: bool
    sequence: SequenceFields
    slices: tuple[SliceFields, ...]
    empty: bytes


class PictureHeaders:
    """Reads the pictures of one stream."""

    def __init__(self, extradata: bytes) -> None:
        """Take the parameter sets of the stream.

        Raises:
            UnusualPictureError: They, or some of them, say what is not read here.
        """
        self._length = nal.length_size("h264", extradata)
        if not self._length:
            raise UnusualPictureError("the stream has no lengths")
        sets = read_sets("h264", configured("h264", extradata))
        try:
            sequences = {number: sequence(one.data) for (kind, number), one in sets.items() if kind == SPS}
            self._sets = {
                number: _picture(one.data, sequences[one.refers_to])
                for (kind, number), one in sets.items()
                if kind == PPS
            }
        except (KeyError, ValueError) as error:
            raise UnusualPictureError(str(error)) from error
        rows = {one.rows for one in sequences.values()}
        if len(rows) != 1:
            raise UnusualPictureError("pictures of several sizes")
        self.rows = rows.pop()

    def read(self, data: bytes) -> CodedPicture:
        """Return the picture of a packet.

        Raises:
            UnusualPictureError: It is one that is not read here.
        """
        before: list[bytes] = []
        slices: list[SliceFields] = []
        empty = b""
        for unit in nal.split_by_lengths(data, self._length):
            kind = nal.kind("h264", unit)
            if kind in OTHERS:
                before.append(unit)
            elif kind in (NON_IDR, IDR):
                try:
                    fields, used = self._slice(unit[:HEAD_BYTES])
                except (ValueError, KeyError) as error:
                    raise UnusualPictureError(str(error)) from error
                if not slices:
                    head = nal.unescaped(unit[:HEAD_BYTES])[: 1 + (fields.bits + 7) // 8]
                    empty, first, sets = self._packet([*before, nal.escaped(head + NOTHING)]), unit, used
                slices.append(fields)
            else:
                raise UnusualPictureError("a packet with other units")
        if not slices:
            raise UnusualPictureError("a packet without a picture")
        idr = nal.kind("h264", first) == IDR
        return CodedPicture(idr, bool(first[0] & 0x60), sets.sequence, tuple(slices), empty)

    def _packet(self, units: list[bytes]) -> bytes:
        return b"".join(len(unit).to_bytes(self._length, "big") + unit for unit in units)

    def _slice(self, unit: bytes) -> tuple[SliceFields, PictureFields]:
        bits = nal.Bits(unit, skip=1)
        reference, idr = bool(unit[0] & 0x60), nal.kind("h264", unit) == IDR
        bits.exp_golomb()  # its first macroblock
        kind = bits.exp_golomb() % 5
        if kind > I:
            raise UnusualPictureError("a slice that switches")
        sets = self._sets[bits.exp_golomb()]
        sequence = sets.sequence
        frame = bits.take(sequence.frame_bits)
        if sequence.fields and bits.take(1):
            raise UnusualPictureError("a field")
        if idr:
            bits.exp_golomb()
        order = (bits.take(sequence.order_bits), bits.signed() if sets.delta else 0) if sequence.order_bits else (0, 0)
        if sets.redundant and bits.exp_golomb():
            raise UnusualPictureError("a redundant picture")
        if kind == B:
            bits.take(1)
        counts = _counts(bits, kind, sets)
        changes = tuple(_changes(bits) for _ in range((1, 2, 0)[kind]))
        if (kind == P and sets.weighted) or (kind == B and sets.weighted_both):
            _skip_weights(bits, counts, sequence.planes)
        removed = _removed(bits, idr=idr) if reference else None
        if kind != I:
            bits.exp_golomb()
        bits.signed()
        if sets.filter_told and bits.exp_golomb() != 1:
            bits.signed()
            bits.signed()
        return SliceFields(kind, frame, order, counts, changes, removed, bits.taken), sets


def sequence(data: bytes) -> SequenceFields:
    """Read an SPS.

    Raises:
        ValueError: It is cut off, or says what is not read here.
    """
    bits = nal.Bits(data, skip=1)
    profile = bits.take(8)
    bits.take(16)
    bits.exp_golomb()
    chroma = 1
    if profile in CHROMA_PROFILES:
        chroma = bits.exp_golomb()
        if chroma == 3 and bits.take(1):
            raise UnusualPictureError("separate planes")
        bits.exp_golomb()
        bits.exp_golomb()
        bits.take(1)
        if bits.take(1):
            for n in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _skip_scaling(bits, 16 if n < 6 else 64)
    frame_bits = bits.exp_golomb() + 4
    order_kind = bits.exp_golomb()
    order_bits = bits.exp_golomb() + 4 if order_kind == 0 else 0
    if order_kind == 1:
        raise UnusualPictureError("an order of pictures by cycles")
    references = bits.exp_golomb()
    bits.take(1)
    bits.exp_golomb()
    rows = bits.exp_golomb() + 1
    fields = not bits.take(1)
    if max(frame_bits, order_bits) > MOST_BITS or rows > MOST_ROWS or references > MOST_REFERENCES:
        raise UnusualPictureError("numbers that are too large")
    return SequenceFields(frame_bits, order_kind, order_bits, references, fields, rows << fields, bool(chroma))


def _skip_scaling(bits: nal.Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _picture(data: bytes, fields: SequenceFields) -> PictureFields:
    bits = nal.Bits(data, skip=1)
    bits.exp_golomb()
    bits.exp_golomb()
    if not bits.take(1):
        raise UnusualPictureError("no arithmetic code")
    delta = bool(bits.take(1))
    if bits.exp_golomb():
        raise UnusualPictureError("groups of slices")
    counts = bits.exp_golomb() + 1, bits.exp_golomb() + 1
    weighted, weighted_both = bool(bits.take(1)), bits.take(2) == 1
    for _ in range(3):
        bits.signed()
    filter_told = bool(bits.take(1))
    bits.take(1)
    return PictureFields(fields, delta, counts, weighted, weighted_both, filter_told, bool(bits.take(1)))


def _counts(bits: nal.Bits, kind: int, sets: PictureFields) -> tuple[int, int]:
    """Return how many references a slice has in each list."""
    if kind == I:
        return 0, 0
    first, second = sets.counts
    if bits.take(1):
        first = bits.exp_golomb() + 1
        if kind == B:
            second = bits.exp_golomb() + 1
    return first, second if kind == B else 0


def _changes(bits: nal.Bits) -> tuple[tuple[bool, int], ...]:
    """Return how a list of references is changed."""
    if not bits.take(1):
        return ()
    found: list[tuple[bool, int]] = []
    while (kind := bits.exp_golomb()) != _LISTS_END:
        if kind > 1:
            raise UnusualPictureError("a long-term reference")
        found.append((bool(kind), bits.exp_golomb() + 1))
    return tuple(found)


def _skip_weights(bits: nal.Bits, counts: tuple[int, int], planes: bool) -> None:
    bits.exp_golomb()
    if planes:
        bits.exp_golomb()
    for _ in range(sum(counts)):
        if bits.take(1):
            bits.signed()
            bits.signed()
        if planes and bits.take(1):
            for _ in range(4):
                bits.signed()


def _removed(bits: nal.Bits, *, idr: bool) -> tuple[int, ...] | None:
    """Return which references a picture removes."""
    if idr:
        bits.take(1)
        if bits.take(1):
            raise UnusualPictureError("a long-term reference")
        return None
    if not bits.take(1):
        return None
    found: list[int] = []
    while (kind := bits.exp_golomb()) != _END:
        if kind != _REMOVE_SHORT:
            raise UnusualPictureError("a long-term reference")
        found.append(bits.exp_golomb() + 1)
    return tuple(found)
