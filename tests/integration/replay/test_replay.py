"""`dogwatch replay` over real files."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
from click.testing import CliRunner, Result

from dogwatch.cli.replay import replay
from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import footage as media_footage
from dogwatch.replay import footage, run
from tests import walkers
from tests.recordings import record

CONFIG = """\
cameras:
  front:
    ffmpeg: {{inputs: [{{path: "rtsp://10.0.0.2/main", roles: [record, detect]}}]}}
record: {{enabled: true, continuous: {{days: 1}}}}
snapshots: {{enabled: true}}
detect: {{enabled: true}}
objects: {{track: [person], filters: {{person: {{{filters}}}}}}}
"""


@pytest.fixture(autouse=True)
def squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Detect with something that finds the walkers."""
    monkeypatch.setattr(run, "load", lambda _: walkers.SquareDetector())


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkers.film(tmp_path_factory.mktemp("film") / "film.mp4", 26.0, walking=(18.0, 23.0))


def call(*arguments: object) -> Result:
    return CliRunner().invoke(replay, [str(one) for one in arguments])


def test_a_file_needs_no_configuration(film: Path, tmp_path: Path) -> None:
    body = json.loads(call(film, "--data", tmp_path, "--json").stdout)
    assert body["seconds"] == pytest.approx(26, abs=0.5)
    assert {one["label"] for one in body["events"]} == {"person"}
    assert all(17.8 <= one["start_time"] <= 23 for one in body["events"])
    assert all(one["has_clip"] and one["has_snapshot"] for one in body["events"])
    assert body["frames"] < 115  # the quiet parts are looked at by keyframes only


def test_a_part_of_a_file(film: Path, tmp_path: Path) -> None:
    result = call(film, "--data", tmp_path, "--from", 0, "--to", 6)
    assert "0 events" in result.stdout
    assert "front" not in result.stdout


def test_two_files_follow_one_another(film: Path, tmp_path: Path) -> None:
    body = json.loads(call(film, film, "--data", tmp_path, "--json").stdout)
    starts = [one["start_time"] for one in body["events"]]
    assert min(starts) < 23
    assert max(starts) > 43
    assert body["seconds"] == pytest.approx(52, abs=1)


def test_two_configurations_are_compared(film: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(CONFIG.format(filters=""))
    other = tmp_path / "strict.yml"
    other.write_text(CONFIG.format(filters="min_score: 0.95"))
    lines = call(film, "--data", tmp_path, "--config", other).stdout.splitlines()
    assert lines[0].startswith("0 events are the same, ")
    assert all(line.startswith("- ") for line in lines[1:])
    body = json.loads(call(film, "--data", tmp_path, "--config", other, "--json").stdout)
    assert body["after"]["events"] == []
    reasons = {reason["setting"] for one in body["after"]["candidates"] for reason in one["reasons"]}
    assert reasons == {"objects.filters.person.min_score"}
    assert body["difference"]["lost"] == body["before"]["events"]


def test_recorded_footage_is_found_by_its_time(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(CONFIG.format(filters=""))
    segments = record(tmp_path)
    start, end = segments[0].start_time, segments[-1].end_time
    body = json.loads(
        call("--data", tmp_path, "--recorded", "front", "--from", start + 5, "--to", end + 100, "--json").stdout
    )
    assert body["camera"] == "front"
    assert body["seconds"] == pytest.approx(end - start - 5, abs=1.1)
    with pytest.raises(NoFootageError):
        footage.recorded(tmp_path, "front", end + 1000, end + 2000)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name FILES, or --recorded"),
        (("--recorded", "front"), "--recorded needs --from and --to"),
        (("--recorded", "back", "--from", "1", "--to", "2"), "there is no camera back; cameras are: front"),
        (("--recorded", "front", "--from", "noon", "--to", "2"), "noon is no time"),
        (("--recorded", "front", "--from", "nan", "--to", "2"), "nan is no time"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "config.yml").write_text(CONFIG.format(filters=""))
    result = call("--data", tmp_path, *arguments)
    assert result.exit_code != 0
    assert message in result.output


def test_files_that_are_no_video_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.mp4"
    text.write_text("no film")
    with pytest.raises(MediaError, match=r"a\.mp4 cannot be read"):
        footage.of_files([text])
    sound = tmp_path / "sound.wav"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(MediaError, match="holds no video"):
        media_footage.probe(sound)


def test_a_torn_file_ends_where_it_is_torn(film: Path, tmp_path: Path) -> None:
    transport = tmp_path / "torn.ts"
    with av.open(str(film)) as source, av.open(str(transport), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    data = transport.read_bytes()
    transport.write_bytes(data[: len(data) // 2])
    body = json.loads(call(transport, "--data", tmp_path / "none", "--json").stdout)
    assert 8 < body["seconds"] < 18
