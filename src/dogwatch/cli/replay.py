"""`dogwatch replay`."""

from __future__ import annotations

import datetime
import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dogwatch.cli.options import data_option, load_or_exit

if TYPE_CHECKING:
    from dogwatch.analysis import Learnt
    from dogwatch.config import Config
    from dogwatch.replay.footage import Clip
    from dogwatch.replay.report import ReplayReport
    from dogwatch.replay.run import ReplayRequest

PLAIN = "cameras: {replay: {ffmpeg: {inputs: [{path: /dev/null, roles: [record, detect]}]}}}\n" + (
    "record: {enabled: true, continuous: {days: 1}}\nsnapshots: {enabled: true}\ndetect: {enabled: true}\n"
)


def moment(value: str) -> float:
    """Return epoch seconds of a point in time: epoch seconds, an ISO date and time, or a time of today (local time).

    Raises:
        click.BadParameter: It is none of these.
    """
    for read in (_epoch, _date, _today):
        try:
            return read(value)
        except (ValueError, OverflowError):
            continue
    raise click.BadParameter(f"{value} is no time; write 2026-11-28T14:30:00, 14:30 or epoch seconds")


def _epoch(value: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _date(value: str) -> float:
    return datetime.datetime.fromisoformat(value).astimezone().timestamp()


def _today(value: str) -> float:
    today = datetime.datetime.now().astimezone().date()
    return datetime.datetime.combine(today, datetime.time.fromisoformat(value)).astimezone().timestamp()


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option("--recorded", metavar="CAMERA", help="Replay what this camera has recorded, instead of files.")
@click.option("--from", "start", type=moment, metavar="T", help="The first moment of the footage.")
@click.option("--to", "end", type=moment, metavar="T", help="The last moment of the footage.")
@click.option("--camera", metavar="NAME", help="The camera whose settings hold, if it is not the recorded one.")
@click.option(
    "--config",
    "others",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another configuration: the difference to the present one is printed. Twice: the difference of these two.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--all", "all_candidates", is_flag=True, help="Print all candidates, not only the best ones.")
def replay(
    files: tuple[Path, ...],
    data: Path,
    recorded: str | None,
    start: float | None,
    end: float | None,
    camera: str | None,
    others: tuple[Path, ...],
    *,
    as_json: bool,
    all_candidates: bool,
) -> None:
    """Run footage through the analysis of a camera: which events come of it, and why others do not.

    FILES are video files of any kind. Without a configuration in the data directory, default settings hold.
    """
    if bool(files) == bool(recorded):
        raise click.UsageError("name FILES, or --recorded CAMERA, and not both")
    if len(others) > 2:
        raise click.UsageError("--config can be given twice at most")
    configs = [_config(path) for path in _configs(data, others)]
    names = [_camera(config, camera or recorded) for config in configs]
    reports = []
    for config, name in zip(configs, names, strict=True):
        wanted = replace(
            _wanted(files, data, recorded, name, start, end), learnt=_learnt(config, data, recorded or name)
        )
        reports.append(_run(wanted, config, data, quiet=as_json))
    if as_json:
        click.echo(json.dumps(_json(reports)))
        return
    _print(reports, None if all_candidates else 30)


def _configs(data: Path, others: tuple[Path, ...]) -> list[Path | None]:
    from dogwatch.config import find

    own = find(data / "config.yml")
    if len(others) == 2 or (others and not own.exists()):
        return list(others)
    return [own if own.exists() else None, *others]


def _config(path: Path | None) -> Config:
    from dogwatch.config import parse

    return parse(PLAIN).config if path is None else load_or_exit(path).config


def _camera(config: Config, name: str | None) -> str:
    if name is None and len(config.cameras) == 1:
        return next(iter(config.cameras))
    if name is None or name not in config.cameras:
        known = ", ".join(config.cameras) or "none"
        what = "say with --camera whose settings hold" if name is None else f"there is no camera {name}"
        raise click.ClickException(f"{what}; cameras are: {known}")
    return name


def _wanted(
    files: tuple[Path, ...], data: Path, recorded: str | None, camera: str, start: float | None, end: float | None
) -> ReplayRequest:
    from dogwatch.replay import footage
    from dogwatch.replay.run import ReplayRequest
    from dogwatch.runtime.paths import Paths

    clips: list[Clip]
    if recorded is None:
        clips = footage.of_files(files)
    else:
        if start is None or end is None:
            raise click.UsageError("--recorded needs --from and --to")
        clips = footage.recorded(Paths.below(data).media, recorded, start, end)
    _ask_for_overlap(clips, start, end)
    return ReplayRequest(camera, clips, -math.inf if start is None else start, math.inf if end is None else end)


def _learnt(config: Config, data: Path, camera: str) -> Learnt:
    """Return what the analysis of the footage's camera went by, as far as the database can tell."""
    from sqlalchemy.exc import SQLAlchemyError

    from dogwatch.analysis import NOTHING_LEARNT
    from dogwatch.errors import StoreError
    from dogwatch.replay.run import learnt_of

    try:
        return learnt_of(config, data, camera)
    except (StoreError, SQLAlchemyError) as error:  # the latter with a database of an older version
        click.echo(f"Warning: what was learnt of the camera is not used: {error}", err=True)
        return NOTHING_LEARNT


def _ask_for_overlap(clips: list[Clip], start: float | None, end: float | None) -> None:
    """Refuse a range that holds none of the footage; nothing would be found in it, as if nothing were there."""
    if start is not None and end is not None and end <= start:
        raise click.UsageError("--to is not after --from")
    first, last = clips[0].start_time, max(clip.start_time + (clip.duration or math.inf) for clip in clips)
    if (start is not None and start >= last) or (end is not None and end <= first):
        raise click.UsageError(f"the footage lies between {first:.0f} and {last:.0f} s; --from and --to are outside")


def _run(wanted: ReplayRequest, config: Config, data: Path, *, quiet: bool) -> ReplayReport:
    from dogwatch.replay.run import detector_of
    from dogwatch.replay.run import replay as run_replay

    own = config.cameras[wanted.camera]
    for setting, on in (("enabled", own.enabled), ("detect.enabled", own.detect.enabled)):
        if not on:
            click.echo(f"Warning: {setting} is false for {wanted.camera}, so that nothing is looked for.", err=True)
    detector = detector_of(config, data)
    total = sum(
        max(0.0, min(clip.start_time + clip.duration, wanted.end) - max(clip.start_time, wanted.start))
        for clip in wanted.clips
    )
    done = 0.0
    with click.progressbar(
        length=max(1, round(total)), label="Replaying", file=sys.stderr, hidden=quiet or not sys.stderr.isatty()
    ) as bar:

        def progress(seconds: float) -> None:
            nonlocal done
            if (whole := math.floor(seconds)) > done:
                bar.update(whole - round(done))
                done = whole

        return run_replay(wanted, config, detector, progress)


def _print(reports: list[ReplayReport], most: int | None) -> None:
    from dogwatch.replay.report import compare

    if len(reports) == 1:
        for line in reports[0].lines(most):
            click.echo(line)
        return
    for line in compare(reports[0].events, reports[1].events).lines():
        click.echo(line)


def _json(reports: list[ReplayReport]) -> dict[str, Any]:
    from dogwatch.replay.report import compare

    if len(reports) == 1:
        return reports[0].as_json()
    return {
        "before": reports[0].as_json(),
        "after": reports[1].as_json(),
        "difference": compare(reports[0].events, reports[1].events).as_json(),
    }
