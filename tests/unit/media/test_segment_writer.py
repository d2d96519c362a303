import pytest

from dogwatch.media.segment_writer import segment_path


@pytest.mark.parametrize(
    ("time", "number", "path"),
    [
        (1775046622.9, 0, "recordings/2026-04-01/12/front/30.22.mp4"),
        (1775046622.9, 1, "recordings/2026-04-01/12/front/30.22_1.mp4"),
        (0.0, 0, "recordings/1970-01-01/00/front/00.00.mp4"),
    ],
)
def test_paths_are_utc_and_cut_seconds_off(time: float, number: int, path: str) -> None:
    assert segment_path("front", time, number) == path
