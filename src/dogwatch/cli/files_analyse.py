"""`dogwatch files analyse`: find faces and objects in video files, also while Dogwatch runs."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch.cli.files_library import open_library, take_in
from dogwatch.cli.options import config_option, data_option, taking_in
from dogwatch.errors import FileError

if TYPE_CHECKING:
    from dogwatch.jobs.runner import JobRunner
    from dogwatch.library.analyses import FileAnalyses
    from dogwatch.library.analysis_plan import AnalysisRequest
    from dogwatch.library.library import FileLibrary
    from dogwatch.store.jobs import Job
    from dogwatch.store.video_files import VideoFile

POLL_S = 0.2
TICK_S = 5.0
MOST_TRACES = 10_000


@click.command()
@taking_in
@click.option("--detector", "kinds", multiple=True, type=click.Choice(["face", "object"]), help="What to look for.")
@click.option("--label", "labels", multiple=True, help="Only this label; may be repeated.")
@click.option("--min-confidence", default=0.5, show_default=True, type=click.FloatRange(0, 1), help="Of a detection.")
@click.option("--every", default=1, show_default=True, type=click.IntRange(1, 30), help="Look at every n-th frame.")
@click.option("--replace", is_flag=True, help="Do it again where it has been done.")
@data_option
@config_option
def analyse(
    paths: tuple[Path, ...],
    owner: str,
    kinds: tuple[str, ...],
    labels: tuple[str, ...],
    min_confidence: float,
    every: int,
    data: Path,
    config_path: Path | None,
    *,
    in_place: bool,
    replace: bool,
) -> None:
    """Take in video files, and find faces and objects in them."""
    from dogwatch.jobs.runner import JobRunner
    from dogwatch.library.analysis_plan import AnalysisRequest

    request = AnalysisRequest(kinds, labels, min_confidence, every)
    with open_library(data, config_path) as library:
        files = [take_in(library, path, owner, in_place=in_place)[0] for path in paths]
        # A core that runs has a runner of its own: each job is done by the one that takes it first.
        runner = JobRunner(library.db, library.kinds(), library.job_changed, holder=f"command line {os.getpid()}")
        library.use(runner)
        runner.start()
        try:
            jobs = [_begun(library.analyses, file, request, owner, replace=replace) for file in files if file]
            done = [_awaited(runner, library, file, job) for file, job in zip(filter(None, files), jobs, strict=True)]
        finally:
            runner.close()
    if not all(done) or None in files:
        sys.exit(1)


def _begun(
    analyses: FileAnalyses, file: VideoFile, request: AnalysisRequest, owner: str, *, replace: bool
) -> Job | None:
    try:
        return analyses.begin(file, request, owner, replace=replace)
    except FileError as error:
        if error.code != "already_processed":
            raise
        return None


def _awaited(runner: JobRunner, library: FileLibrary, file: VideoFile, job: Job | None) -> bool:
    """Wait for a job, and list what there is in its file then; whether all went well."""
    from dogwatch.store.jobs import ENDED
    from dogwatch.store.video_traces import TraceFilter

    ticked, shown = time.monotonic(), 0
    with click.progressbar(length=1000, label=file.name, file=sys.stderr) as bar:
        while job is not None and job.state not in ENDED:
            time.sleep(POLL_S)
            if time.monotonic() - ticked > TICK_S:
                ticked = time.monotonic()
                runner.tick()
            job = library.analyses.find(job.id)
            bar.update(round(10 * job.progress) - shown)
            shown = round(10 * job.progress)
    if job is not None and job.state != "success":
        click.echo(f"{file.name}: {job.error or job.state}", err=True)
        return False
    _, traces = library.traces.listed(file, TraceFilter(limit=MOST_TRACES))
    for one in traces:
        span = f"{one.start_time:.2f}-{one.end_time:.2f} s"
        numbers = f"frames {one.start_frame}-{one.end_frame}"
        who = f"\t{one.identity}" if one.identity else ""
        click.echo(f"{file.uuid}\t{one.trace_id}\t{one.label}\t{span}\t{numbers}\t{one.avg_confidence:.2f}{who}")
    return True
