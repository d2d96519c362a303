"""What is harmless loads with a notice, what is wrong is refused with its place, and no file is taken for another.

`DOGWATCH_FILES=500` tries that many files of each of the two kinds; 100 without it.
"""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from dogwatch.config import ConfigErrors, inputs, parse
from tests.unit.config.whole_files import BETWEEN_KEYS, File, odd, wrong

pytestmark = pytest.mark.timeout(900)
many = settings(
    max_examples=int(os.environ.get("DOGWATCH_FILES", "100")),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking whole files takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def corners(text: str) -> list[tuple[float, ...]]:
    numbers = [float(number) for number in text.split(",")]
    return sorted({(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)})


@many
@given(odd())
def test_a_harmless_file_loads_as_what_it_says(file: File) -> None:
    loaded = parse(file.text, env={})
    config = loaded.config
    assert list(config.cameras) == list(file.cameras)
    for name, said in file.cameras.items():
        found = config.cameras[name]
        assert found.ffmpeg.inputs[0].path == said.path
        assert sorted(found.ffmpeg.inputs[0].roles) == ["detect", "record"]
        assert (found.detect.fps, found.detect.width, found.detect.enabled) == (said.fps, 640, said.detect)
        assert found.objects.track == said.track
        assert (found.record.enabled, found.record.continuous.days) == (said.record, said.continuous)
        assert (found.record.motion.days, found.record.alerts.retain.days) == (said.motion, said.alerts)
        assert [corners(zone.coordinates) for zone in found.zones.values()] == [corners(zone) for zone in said.zones]
        resolved = urlsplit(inputs.resolved(found.ffmpeg.inputs[0].path, {}))
        assert (resolved.hostname or "").startswith("10.0.0.")
        if "@" in said.path:
            assert unquote(resolved.password or "") in (said.path[13:].rpartition("@")[0], "#")
    told = [str(notice) for notice in loaded.notices]
    assert [word for word in file.notices if not any(word in line for line in told)] == []
    assert all(notice.line for notice in loaded.notices)


@many
@given(wrong())
def test_every_mistake_is_refused_at_its_place_and_nothing_else_is(file: File) -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse(file.text, env={})
    found = {(error.line, error.column) for error in caught.value.errors}
    wanted = {file.place(path): ".".join(map(str, path)) for path in file.mistakes}
    # What holds between keys can be told only when the keys themselves are right.
    between = {file.place(path) for path in file.mistakes if path in BETWEEN_KEYS}
    only_between = len(between) == len(wanted)
    assert found <= wanted.keys()
    assert found >= (wanted.keys() if only_between else wanted.keys() - between)
    assert all(wanted[error.line or 0, error.column or 0] == error.path for error in caught.value.errors)
