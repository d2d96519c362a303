"""`dogwatch check`."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch.cli.options import config_option, data_option, load_or_exit

if TYPE_CHECKING:
    from dogwatch.config import Config
    from dogwatch.recordings.forecast import Forecast

MEGABYTE = 1 << 20
GIGABYTE = 1e9


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@data_option
@config_option
def check(file: Path | None, data: Path, config_path: Path | None) -> None:
    """Say what is wrong with a configuration FILE, what would be ignored, and what will be kept of each camera."""
    path = file or config_path or data / "config.yml"
    loaded = load_or_exit(path)
    for notice in loaded.notices:
        click.echo(f"{path}:{notice.line}: {notice.path}: {notice.message}")
    _say_what_is_kept(loaded.config, data)
    cameras = ", ".join(loaded.config.cameras) or "none"
    click.echo(f"{path} is valid. Cameras: {cameras}.")


def _say_what_is_kept(config: Config, data: Path) -> None:
    from dogwatch.recordings.forecast import forecast
    from dogwatch.recordings.rules import SOUND_DBFS
    from dogwatch.runtime.paths import Paths
    from dogwatch.store.measured import measured

    known, used = measured(Paths.below(data).database(config.database), time.time(), SOUND_DBFS)
    found = [forecast(camera, known.get(name)) for name, camera in config.cameras.items()]
    for one in found:
        _say(config, one)
    total = sum(one.size_bytes for one in found)
    if not total:
        return
    floor = max(camera.record.space.floor for camera in config.cameras.values()) * MEGABYTE
    place = next(part for part in (data / "recordings", data, *data.absolute().parents) if part.is_dir())
    room = max(0, shutil.disk_usage(place).free + used - floor)
    click.echo(f"Together about {_size(total)}; the disk of {place} has room for {_size(room)}.")
    if total > room:
        click.echo(
            "WARNING: that is more than the disk has room for: the oldest footage will go before its time "
            "(record.space.floor, record.budget)."
        )


def _say(config: Config, one: Forecast) -> None:
    from dogwatch.config.inputs import resolved
    from dogwatch.recordings.forecast import recorded_input
    from dogwatch.redact import redact_url

    if not one.records:
        camera = config.cameras[one.camera]
        click.echo(f"{one.camera}: is not recorded ({'record' if camera.enabled else 'the camera'} is not enabled)")
        return
    source = recorded_input(config.cameras[one.camera])
    address = redact_url(resolved(source.path, config.go2rtc.streams)) if source else ""
    click.echo(f"{one.camera}: records {address}")
    for kept in one.kept:
        time_kept = (
            "" if kept.setting == "record.budget" else "  not kept" if not kept.days else f"  {_days(kept.days)}"
        )
        click.echo(f"  {kept.what}:{time_kept}  ({kept.setting})")
    click.echo(f"  disk: about {_size(one.size_bytes)}  ({one.basis})")
    for warning in one.warnings:
        click.echo(f"  WARNING: {warning}")


def _days(days: float) -> str:
    return f"{days:g} day{'' if days == 1 else 's'}"


def _size(size: float) -> str:
    return f"{size / GIGABYTE:.1f} GB"
