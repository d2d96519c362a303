from dogwatch.workers.ingest.gops import GopBuffer
from tests.unit.workers.ingest.units import stream


def times(buffer: GopBuffer) -> list[float]:
    return [unit.time for unit in buffer.units()]


def test_the_group_before_the_last_is_kept() -> None:
    buffer = GopBuffer()
    for seq, unit in enumerate(stream(35)):
        buffer.add(unit, consumed=1000, starts=unit.keyframe)
        if unit.keyframe:
            buffer.probed(seq // 10)
    assert times(buffer)[0] == 2.0
    assert times(buffer)[-1] == 3.4


def test_older_groups_stay_until_vision_has_taken_the_keyframe_after_them() -> None:
    buffer = GopBuffer()
    for n, unit in enumerate(stream(45)):
        buffer.add(unit, consumed=0 if n < 40 else 3, starts=unit.keyframe)
        if unit.keyframe:
            buffer.probed(n // 10)
        if n == 39:
            assert times(buffer)[0] == 0.0
    assert times(buffer)[0] == 3.0


def test_nothing_is_kept_before_the_first_keyframe() -> None:
    buffer = GopBuffer()
    for unit in stream(15)[5:]:
        buffer.add(unit, consumed=-1, starts=unit.keyframe)
    assert times(buffer)[0] == 1.0


def test_bounded_in_bytes_and_packets() -> None:
    for buffer in (GopBuffer(max_bytes=2500), GopBuffer(max_units=25)):
        for n, unit in enumerate(stream(200)):
            buffer.add(unit, consumed=-1, starts=unit.keyframe)
            if unit.keyframe:
                buffer.probed(n)
            assert len(buffer.units()) <= 25
            assert not buffer.units() or buffer.units()[0].keyframe


def test_one_endless_group_is_dropped_rather_than_cut() -> None:
    buffer = GopBuffer(max_units=25)
    for unit in stream(60, gop=1000):
        buffer.add(unit, consumed=-1, starts=unit.keyframe)
    assert buffer.units() == []
