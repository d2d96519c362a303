"""`dogwatch files place`: queues jobs in the database, and shows how far the running Dogwatch is with them."""

from __future__ import annotations

import datetime
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from dogwatch.cli.options import config_option, data_option, load_or_exit
from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from dogwatch.store.database import Database
    from dogwatch.store.jobs import Job

LOOK_S = 0.3
ANSWER_S = 5.0


@click.command()
@click.argument("films", metavar="PATH...", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--camera", required=True, metavar="NAME", help="The camera whose past it becomes.")
@click.option("--at", "at_text", metavar="TIME", help="When it begins: 2026-11-28T14:30:00, or epoch seconds.")
@click.option("--timezone", metavar="ZONE", help="The zone of times that name none, such as Europe/Berlin.")
@click.option("--cut", is_flag=True, help="Leave out what there are recordings of, instead of refusing the film.")
@data_option
@config_option
def place(
    films: tuple[Path, ...],
    camera: str,
    at_text: str | None,
    timezone: str | None,
    data: Path,
    config_path: Path | None,
    *,
    cut: bool,
) -> None:
    """Put films into the recordings of a camera, as if they had been recorded live.

    Without --at, the time is that in a film's name, or else what the film itself says.
    """
    from dogwatch.runtime.paths import Paths
    from dogwatch.store.database import Database

    if at_text is not None and len(films) > 1:
        raise click.UsageError("--at is for one film")
    at = None if at_text is None else _moment(at_text, timezone)
    config = load_or_exit(config_path or data / "config.yml").config
    if camera not in config.cameras:
        raise click.ClickException(f"there is no camera {camera}; cameras are: {', '.join(config.cameras) or 'none'}")
    if not config.files.enabled:
        raise click.ClickException("files.enabled is false")
    params = [{"path": str(film.resolve()), "at": at, "timezone": timezone, "cut": cut} for film in films]
    db = Database(Paths.below(data).database(config.database))
    try:
        db.migrate()
        queued = [_queue(db, camera, one) for one in params]
        failed = [job for job in queued if not _follow(db, job, Paths.below(data).run)]
    except DogwatchError as error:
        raise click.ClickException(str(error)) from error
    finally:
        db.close()
    if failed:
        sys.exit(1)


def _moment(text: str, timezone: str | None) -> float:
    """Return epoch seconds of a point in time.

    Raises:
        click.BadParameter: It is none, or there is no such zone.
    """
    try:
        zone = ZoneInfo(timezone) if timezone else None
    except (ValueError, OSError, KeyError) as error:
        raise click.BadParameter(f"there is no time zone {timezone}") from error
    with suppress(ValueError):
        return float(text)
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text} is no time; write 2026-11-28T14:30:00 or epoch seconds") from error
    return (found if found.tzinfo or zone is None else found.replace(tzinfo=zone)).timestamp()


def _queue(db: Database, camera: str, params: dict[str, Any]) -> str:
    from dogwatch.library.placing_request import new_job
    from dogwatch.store import jobs

    job = new_job(camera, params, time.time())
    db.write(partial(jobs.add, job=job))
    return job.id


def _follow(db: Database, job_id: str, run_dir: Path) -> bool:
    """Show how far a job is, until it ends; return whether it has succeeded, or waits for the next start."""
    from dogwatch.runtime.control import JOBS, ask
    from dogwatch.store import jobs

    job = _find(db, job_id)
    name = Path(job.params["path"]).name
    if ask(run_dir, JOBS, ANSWER_S) is None:
        click.echo(f"{name}: no Dogwatch runs here; it is placed when one does")
        return True
    try:
        with click.progressbar(length=100, label=name, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            while job.state not in jobs.ENDED:
                time.sleep(LOOK_S)
                job = _find(db, job_id)
                bar.update(max(0, int(job.progress) - bar.pos))
    except KeyboardInterrupt:
        db.write(partial(jobs.cancel, job_id=job_id, now=time.time()))
        click.echo(f"{name}: cancelled", err=True)
        return False
    if job.state != "success":
        click.echo(f"{name}: {job.error}", err=True)
        return False
    found: dict[str, Any] = job.result or {}
    begun = datetime.datetime.fromtimestamp(found["start_time"]).astimezone().isoformat(" ", "seconds")
    origin = {"name": " (by its name)", "container": " (as the film says)"}.get(found["time_from"], "")
    click.echo(f"{name}: from {begun}{origin}, {found['events']} events, {found['review_items']} review items")
    return True


def _find(db: Database, job_id: str) -> Job:
    from dogwatch.store import jobs

    with db.read() as connection:
        job = jobs.one(connection, job_id)
    if job is None:
        raise DogwatchError("the job has gone from the database")
    return job
