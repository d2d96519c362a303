"""`dogwatch import`: brings over what a Frigate installation has kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from dogwatch.cli.database import owned
from dogwatch.cli.options import config_option, data_option, refuse
from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from dogwatch.config import Config
    from dogwatch.importing.layout import InstallationLayout
    from dogwatch.importing.report import ImportReport
    from dogwatch.importing.run import ImportTask

INCOMPLETE = 3
_file = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("directory", type=click.Path(path_type=Path))
@data_option
@config_option
@click.option(
    "--footage",
    type=click.Choice(["link", "copy", "none"]),
    default="link",
    show_default=True,
    help="How recordings, previews, exports and pictures come over: as hard links, or as copies; none leaves "
    "recordings and previews out.",
)
@click.option(
    "--settings",
    type=click.Choice(["keep", "replace"]),
    default="keep",
    show_default=True,
    help="What happens to a configuration that Dogwatch has already.",
)
@click.option("--config-file", type=_file, help="Frigate's configuration, if it is not in DIRECTORY.")
@click.option("--database", type=_file, help="Frigate's database (frigate.db), if it is not in DIRECTORY.")
@click.option(
    "--media",
    type=click.Path(file_okay=False, path_type=Path),
    help="The directory with recordings, clips and exports, if it is not in DIRECTORY.",
)
@click.option("--dry-run", is_flag=True, help="Look at everything and report, but write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def importing(
    directory: Path,
    data: Path,
    config_path: Path | None,
    footage: Literal["link", "copy", "none"],
    settings: str,
    config_file: Path | None,
    database: Path | None,
    media: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring over what the Frigate installation in DIRECTORY has kept.

    Events, review items, timeline, users, faces, exports, previews, recordings and the configuration come over. Nothing
    in DIRECTORY is changed. Dogwatch must not run meanwhile, and Frigate should not. An import that was cut off goes on
    when it is begun again. The exit status is 3 if something was left out.
    """
    from dogwatch.config import ConfigErrors, find
    from dogwatch.importing import layout
    from dogwatch.importing.report import ImportReport
    from dogwatch.importing.run import ImportTask
    from dogwatch.runtime.paths import Paths

    report, target, paths = ImportReport(), find(config_path or data / "config.yml"), Paths.below(data)
    try:
        found = layout.find(directory, config=config_file, database=database, media=media)
        config = _configure(target, data, found, report, replace=settings == "replace", dry=dry_run)
        task = ImportTask(found, paths.media, footage, tuple(config.auth.roles), config.record.space.floor << 20)
        _bring(data, task, paths.database(config.database), report, dry=dry_run, silent=as_json)
    except ConfigErrors as errors:
        refuse(errors, target)
    except DogwatchError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        for line in report.lines(planned=dry_run):
            click.echo(line)
    if not report.complete:
        raise SystemExit(INCOMPLETE)


def _configure(
    target: Path, data: Path, found: InstallationLayout, report: ImportReport, *, replace: bool, dry: bool
) -> Config:
    """Write the configuration, unless there is one that is to be kept; return the one that is there then."""
    from dogwatch.importing import settings
    from dogwatch.runtime.paths import own

    if found.config is None:
        report.note("no configuration was found")
        return settings.present(target)
    if target.exists() and not replace:
        report.note(f"{target} stays as it is; `--settings replace` replaces it")
        return settings.present(target)
    converted = settings.reported(found.config, report)
    if converted is None:
        return settings.present(target)
    if not dry:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with own(data):
            settings.write(target, converted.text, report)
    return converted.config


def _bring(data: Path, task: ImportTask, url: str, report: ImportReport, *, dry: bool, silent: bool) -> None:
    """Bring everything but the configuration over."""
    from dogwatch.importing import run

    rows = max(1, run.total(task.layout))
    with click.progressbar(length=rows, label="Importing", file=sys.stderr, hidden=silent) as bar:
        if dry:
            run.run(task, None, report, bar.update)
            return
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with owned(data, url) as db:
            run.run(task, db, report, bar.update)
