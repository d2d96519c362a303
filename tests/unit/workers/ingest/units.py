"""Units without pictures, for tests of what only moves them."""

from dogwatch.media.packets import VIDEO_TICKS, VIDEO_TIME_BASE, Unit
from dogwatch.media.padded_packet import padded_packet


def unit(time: float, *, keyframe: bool = False, size: int = 100, video: bool = True) -> Unit:
    packet = padded_packet(bytes(size))
    packet.time_base = VIDEO_TIME_BASE
    packet.dts = packet.pts = round(time * VIDEO_TICKS)
    packet.is_keyframe = keyframe
    return Unit(packet, video, keyframe, time, time, size)


def stream(count: int, *, fps: float = 10.0, gop: int = 10, start: float = 0.0) -> list[Unit]:
    return [unit(start + n / fps, keyframe=n % gop == 0) for n in range(count)]
