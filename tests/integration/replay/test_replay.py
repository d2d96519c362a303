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
from dogwatch.testing import walkers
from dogwatch.testing.recordings import T0, Shape, record, write
from tests import plain_recordings

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


def copied(source: Path, target: Path, *, every_s: float | None = None) -> Path:
    """Copy the video into another container; `every_s` sets the pictures so far apart."""
    with av.open(str(source)) as container, av.open(str(target), "w") as out:
        stream = out.add_stream_from_template(container.streams.video[0])
        for number, packet in enumerate(container.demux(video=0)):
            if packet.size:
                packet.stream = stream
                if every_s is not None:
                    packet.pts = packet.dts = round(number * every_s / packet.time_base)
                out.mux(packet)
    return target


def test_transport_streams_one_behind_the_other_are_one(film: Path, tmp_path: Path) -> None:
    """Their times go back in the middle, and the size of the picture may change there."""
    small = walkers.film(tmp_path / "small.mp4", 12.0, walking=(4.0, 9.0), size=(320, 180))
    parts = [copied(film, tmp_path / "a.ts"), copied(film, tmp_path / "b.ts"), copied(small, tmp_path / "c.ts")]
    whole = tmp_path / "whole.ts"
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    body = json.loads(call(whole, "--data", tmp_path / "none", "--json").stdout)
    starts = sorted({round(one["start_time"]) for one in body["events"]})
    assert body["seconds"] == pytest.approx(64, abs=1)
    assert [any(abs(start - at) <= 1 for start in starts) for at in (18, 44, 56)] == [True] * 3, starts


def test_a_film_with_few_pictures_is_decoded_whole(tmp_path: Path) -> None:
    """Pauses within a file are no broken connections, behind which only a keyframe could be decoded."""
    film = walkers.film(tmp_path / "film.mp4", 3.0, walking=(0.0, 1e9), gop=250)
    sparse = copied(film, tmp_path / "sparse.mp4", every_s=1.5)
    assert json.loads(call(sparse, "--data", tmp_path / "none", "--json").stdout)["frames"] > 30


def test_recordings_may_be_named_in_any_order(tmp_path: Path) -> None:
    segments = record(tmp_path)
    paths = [tmp_path / one.path for one in segments]
    clips = footage.of_files(list(reversed(paths)))
    assert [clip.path for clip in clips] == paths


def test_a_damaged_segment_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    segments = record(tmp_path)
    paths = [tmp_path / one.path for one in segments]
    paths[0].write_bytes(b"damaged")
    found = footage.recorded(tmp_path, "front", segments[0].start_time, segments[-1].end_time)
    assert [clip.path for clip in found] == paths[1:]
    assert f"{paths[0]} cannot be read" in caplog.text


def test_a_long_segment_is_found_by_its_end(tmp_path: Path) -> None:
    """Segments of a camera that rarely sends keyframes are up to ten minutes long."""
    long = write(tmp_path, "front", T0, 0, 600, Shape(fps=1, gop_s=600, seconds=600, audio=False))
    (found,) = footage.recorded(tmp_path, "front", T0 + 590, T0 + 595)
    assert found.path == tmp_path / long.path


def test_imported_recordings_have_their_time_by_their_name(tmp_path: Path) -> None:
    made = plain_recordings.record(tmp_path)
    found = footage.recorded(tmp_path, "front", T0 + 5, T0 + 9)
    assert [clip.path for clip in found] == [tmp_path / one.path for one in made[1:]]
    times = [unit.time for clip in found for unit in footage.units(clip, T0 + 6, T0 + 9)]
    assert times == pytest.approx([T0 + n / 10 for n in range(40, 90)], abs=0.001)  # from a keyframe on


def test_segments_are_looked_for_where_there_are_any(tmp_path: Path) -> None:
    """No range is too wide, and no file of the like in the way."""
    segments = record(tmp_path)
    (tmp_path / "recordings" / "2025-13-99" / "aa" / "front").mkdir(parents=True)
    second = (tmp_path / segments[0].path).with_name(Path(segments[0].path).stem + "_1.mp4")
    second.write_bytes((tmp_path / segments[0].path).read_bytes())
    found = footage.recorded(tmp_path, "front", -1e300, 1e300)
    assert len(found) == len(segments) + 1
    assert [clip.start_time for clip in found] == sorted(clip.start_time for clip in found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "14:30"), "the footage lies between 0 and 26 s"),
        (("--to", "-1"), "the footage lies between 0 and 26 s"),
        (("--from", "9", "--to", "3"), "--to is not after --from"),
    ],
)
def test_a_range_without_footage_is_refused(
    film: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = call(film, "--data", tmp_path, *arguments)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("line", "setting"), [("detect: {enabled: false}", "detect.enabled"), ("enabled: false", "enabled")]
)
def test_that_nothing_is_looked_for_is_said(film: Path, tmp_path: Path, line: str, setting: str) -> None:
    (tmp_path / "config.yml").write_text(CONFIG.format(filters="").replace("  front:\n", f"  front:\n    {line}\n"))
    result = call(film, "--data", tmp_path)
    assert result.exit_code == 0, result.output
    assert f"Warning: {setting} is false for front, so that nothing is looked for." in result.stderr
    assert "0 events" in result.stdout


def test_who_comes_and_goes_between_two_keyframes_is_seen(tmp_path: Path) -> None:
    film = walkers.film(tmp_path / "film.mp4", 40.0, walking=(18.0, 23.0), gop=10_000)
    body = json.loads(call(film, "--data", tmp_path / "none", "--json").stdout)
    assert len(body["events"]) == 2
