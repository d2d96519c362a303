"""`dogwatch tune`."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch.cli.options import data_option, load_or_exit
from dogwatch.cli.replay import moment

if TYPE_CHECKING:
    from dogwatch.config import Config
    from dogwatch.replay.run import ReplayRequest
    from dogwatch.replay.tuning import UserVerdict
    from dogwatch.replay.tuning_report import TuningReport


@click.command()
@click.argument("camera")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option("--from", "start", type=moment, metavar="T", help="The first moment of the recordings.")
@click.option("--to", "end", type=moment, metavar="T", help="The last moment of the recordings.")
@click.option("--label", "labels", multiple=True, metavar="L", help="A label to tune; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def tune(
    camera: str,
    files: tuple[Path, ...],
    data: Path,
    start: float | None,
    end: float | None,
    labels: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Try filters of CAMERA on its recordings, or on FILES, and propose values. Nothing is changed.

    What users have called right or false decides. Without that, the events that would be lost and gained are listed.
    """
    from dogwatch.config import find

    if not files and (start is None or end is None):
        raise click.UsageError("name --from and --to, or FILES")
    if start is not None and end is not None and end <= start:
        raise click.UsageError("--to is not after --from")
    config = load_or_exit(find(data / "config.yml")).config
    if camera not in config.cameras:
        known = ", ".join(config.cameras) or "none"
        raise click.ClickException(f"there is no camera {camera}; cameras are: {known}")
    if unknown := [label for label in labels if label not in config.cameras[camera].objects.track]:
        raise click.ClickException(f"{', '.join(unknown)} is not tracked by {camera} (objects.track)")
    footage = _footage(config, data, camera, files, start, end)
    report = _run(footage, _verdicts(config, data, footage), labels, config, data, quiet=as_json)
    if as_json:
        click.echo(json.dumps(report.as_json()))
        return
    for line in report.lines():
        click.echo(line)


def _footage(
    config: Config, data: Path, camera: str, files: tuple[Path, ...], start: float | None, end: float | None
) -> ReplayRequest:
    from dogwatch.replay import footage
    from dogwatch.replay.run import ReplayRequest, learnt_of
    from dogwatch.runtime.paths import Paths

    first, last = -math.inf if start is None else start, math.inf if end is None else end
    clips = footage.of_files(files) if files else footage.recorded(Paths.below(data).media, camera, first, last)
    if first >= max(clip.start_time + (clip.duration or math.inf) for clip in clips) or last <= clips[0].start_time:
        raise click.UsageError("--from and --to are outside of the footage")
    return ReplayRequest(camera, clips, first, last, learnt_of(config, data, camera))


def _verdicts(config: Config, data: Path, wanted: ReplayRequest) -> tuple[UserVerdict, ...]:
    from dogwatch.replay.tuning_verdicts import verdicts_of

    first = max(wanted.start, wanted.clips[0].start_time)
    last = min(wanted.end, max(clip.start_time + clip.duration for clip in wanted.clips))
    return tuple(verdicts_of(config, data, wanted.camera, first, last))


def _run(
    footage: ReplayRequest,
    verdicts: tuple[UserVerdict, ...],
    labels: tuple[str, ...],
    config: Config,
    data: Path,
    *,
    quiet: bool,
) -> TuningReport:
    from dogwatch.replay.run import detector_of
    from dogwatch.replay.tuning_run import TuningRequest
    from dogwatch.replay.tuning_run import tune as run_tune

    detector = detector_of(config, data)
    total = sum(
        max(0.0, min(clip.start_time + clip.duration, footage.end) - max(clip.start_time, footage.start))
        for clip in footage.clips
    )
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=100, label="Detecting, then trying values", file=sys.stderr, hidden=hidden) as bar:

        def show(share: float) -> None:
            if (whole := math.floor(100 * min(share, 1.0))) > bar.pos:
                bar.update(whole - bar.pos)

        return run_tune(
            TuningRequest(footage, verdicts, labels),
            config,
            detector,
            lambda seconds: show(0.7 * seconds / max(total, 1.0)),
            lambda done, of: show(0.7 + 0.3 * done / of),
        )
