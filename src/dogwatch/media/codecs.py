"""Names codecs the way playlists and browsers want them (RFC 6381), from MP4 sample descriptions."""

from __future__ import annotations

from dogwatch.errors import MediaError

RECORDED = {"h264": "H.264", "hevc": "H.265", "mjpeg": "MJPEG"}
"""The video that is recorded, by its libav names."""
VIDEO_ENTRY_BYTES = 86  # VisualSampleEntry: header 8, SampleEntry 8, its own fields 70
AUDIO_ENTRY_BYTES = 36  # AudioSampleEntry: header 8, SampleEntry 8, its own fields 20


def unfit(codec: str) -> str | None:
    """Return why video of a codec, by its libav name, cannot be recorded; None if it can."""
    return None if codec in RECORDED else f"its video is {codec}, but must be {', '.join(RECORDED.values())}"


def codec_string(entry: bytes, *, video: bool) -> str:
    """Return `avc1.640029`, `hvc1.1.6.L93.B0`, `mp4a.40.2` ... for one sample description box.

    Codecs that have no parameters in their name, or that are not known here, are named by their four characters.
    """
    kind = entry[4:8]
    extra = entry[VIDEO_ENTRY_BYTES if video else AUDIO_ENTRY_BYTES :]
    name = kind.decode("latin-1").strip()
    if kind in (b"avc1", b"avc3"):
        return f"{name}.{_child(extra, b'avcC')[1:4].hex()}"
    if kind in (b"hvc1", b"hev1"):
        return f"{name}.{_hevc(_child(extra, b'hvcC'))}"
    if kind == b"av01":
        return f"{name}.{_av1(_child(extra, b'av1C'))}"
    if kind == b"mp4a":
        return f"{name}.{_mpeg4_audio(_child(extra, b'esds'))}"
    return {b"Opus": "opus", b"fLaC": "flac"}.get(kind, name)


def configuration(entry: bytes) -> bytes:
    """Return the decoder configuration record in the sample description of H.264 or H.265 video.

    Raises:
        MediaError: There is none.
    """
    return _child(entry[VIDEO_ENTRY_BYTES:], b"hvcC" if entry[4:8] in (b"hvc1", b"hev1") else b"avcC")


def _child(extra: bytes, kind: bytes) -> bytes:
    at = 0
    while at + 8 <= len(extra):
        size = int.from_bytes(extra[at : at + 4], "big")
        if size < 8 or at + size > len(extra):
            break
        if extra[at + 4 : at + 8] == kind:
            return extra[at + 8 : at + size]
        at += size
    raise MediaError(f"a sample description lacks its {kind.decode('latin-1')!r} box")


def _hevc(config: bytes) -> str:
    """Name a profile as ISO/IEC 14496-15, annex E.3 does."""
    if len(config) < 13:
        raise MediaError("an hvcC box is too short")
    space = ("", "A", "B", "C")[config[1] >> 6]
    compatibility = int(f"{int.from_bytes(config[2:6], 'big'):032b}"[::-1], 2)
    constraints = config[6:12].rstrip(b"\0")
    parts = [f"{space}{config[1] & 31}", f"{compatibility:X}", f"{'H' if config[1] & 32 else 'L'}{config[12]}"]
    return ".".join(parts + [f"{byte:X}" for byte in constraints])


def _av1(config: bytes) -> str:
    """Name a profile as the AV1 ISO media file format binding, section 5, does."""
    if len(config) < 3:
        raise MediaError("an av1C box is too short")
    depth = 8 if not config[2] & 0x40 else 12 if config[2] & 0x20 else 10
    return f"{config[1] >> 5}.{config[1] & 31:02d}{'H' if config[2] & 0x80 else 'M'}.{depth:02d}"


def _mpeg4_audio(esds: bytes) -> str:
    """Read object type indication and, for AAC, the audio object type from the descriptors."""
    decoder = _descriptor(_descriptor(esds[4:], 3, skip=3), 4, skip=0)
    if not decoder:
        raise MediaError("an esds box is too short")
    kind = decoder[0]
    if kind != 0x40:
        return f"{kind:X}"
    config = _descriptor(decoder[13:], 5, skip=0)
    object_type = config[0] >> 3 if config else 2
    if object_type == 31 and len(config) > 1:
        object_type = 32 + ((config[0] & 7) << 3 | config[1] >> 5)
    return f"{kind:X}.{object_type}"


def _descriptor(data: bytes, tag: int, skip: int) -> bytes:
    if not data or data[0] != tag:
        return b""
    at = size = 0
    for at in range(1, min(5, len(data))):
        size = size << 7 | data[at] & 0x7F
        if not data[at] & 0x80:
            break
    return data[at + 1 + skip : at + 1 + size]
