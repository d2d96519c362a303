"""`dogwatch run`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch import __version__
from dogwatch.cli.options import config_option, data_option, place, refuse
from dogwatch.errors import ConfigError, ConflictError, DogwatchError
from dogwatch.runtime.paths import Paths, own

if TYPE_CHECKING:
    from dogwatch.config import Loaded
    from dogwatch.runtime.core import Addresses, Core
    from dogwatch.runtime.log_file import LogFile

log = logging.getLogger(__name__)

Watcher = Callable[["Core", "Addresses"], None]
KILLED = 130


@click.command()
@data_option
@config_option
def run(data: Path, config_path: Path | None) -> None:
    """Run Dogwatch until Ctrl-C or SIGTERM; a second signal ends it at once."""
    paths = Paths.below(data)
    path = config_path or data / "config.yml"
    if run_or_go_back(load_or_last(path, paths), path, paths):
        os.execv(sys.executable, [sys.executable, "-m", "dogwatch", *sys.argv[1:]])  # noqa: S606 - this very program


def load_or_last(path: Path, paths: Paths) -> Loaded:
    """Load the configuration; the last one that worked if the file is broken, and leave if there is none.

    Recording goes on, and the user is told in as many places as there are.
    """
    from dogwatch.config import ConfigErrors
    from dogwatch.config.load import EMPTY, find, load
    from dogwatch.runtime import last_config

    try:
        loaded = load(path)
        last = None if loaded.text.strip() else last_config.instead_of(path, paths.data, ConfigErrors([EMPTY]))
        return last if last is not None and last.config.cameras else loaded
    except ConfigErrors as errors:
        last = last_config.instead_of(path, paths.data, errors)
        if last is not None:
            return last
        if not find(path).exists():
            raise click.ClickException(f"{path} does not exist; `dogwatch init` writes one") from None
        refuse(errors, path)


def run_or_go_back(loaded: Loaded, path: Path, paths: Paths) -> bool:
    """Run the core; if it cannot start with a file that has changed (a port is taken, say), with the last that worked.

    Raises:
        DogwatchError: It cannot start with either.
    """
    from dogwatch.config import ConfigErrors
    from dogwatch.runtime import last_config

    def ready(core: Core, addresses: Addresses) -> None:
        began(core, addresses, paths)

    try:
        return serve(loaded, paths, ready)
    except ConflictError:
        raise
    except DogwatchError as error:
        last = last_config.instead_of(path, paths.data, ConfigErrors([ConfigError(str(error))]))
        if last is None or loaded.mistakes or last.text == loaded.text:
            raise
        return serve(last, paths, ready)


def began(core: Core, addresses: Addresses, paths: Paths) -> None:
    """Say where Dogwatch can be reached, and keep the configuration with which it has begun."""
    from dogwatch.runtime import last_config

    if not core.keeper.loaded.mistakes:
        last_config.keep(core.keeper.loaded, paths.data)
    say_addresses(core, addresses)


def serve(loaded: Loaded, paths: Paths, ready: Watcher, clear_up: Callable[[], None] | None = None) -> bool:
    """Run the core; return whether a restart was asked for.

    A second signal ends this very process, so that nothing behind this call is done: `clear_up` is called before.

    Raises:
        DogwatchError: It cannot start; the message says why.
    """
    import uvloop

    from dogwatch.runtime import leftovers
    from dogwatch.runtime.logs import start_logging
    from dogwatch.runtime.private import tighten

    paths.make()
    lock = own(paths.data)
    path = loaded.config.database.path
    open_to_others = tighten(paths.data, Path(path) if path else None)
    set_environment(loaded.config.environment_vars)
    logger = loaded.config.logger
    log_file = start_logging(paths.log, logger.default, logger.logs)
    for line in open_to_others:
        log.warning("%s", line)
    leftovers.clear(paths)
    for mistake in loaded.mistakes:
        log.error("%s", place(mistake, loaded.path))
    if loaded.mistakes:
        log.critical(
            "%s HAS %d MISTAKE(S). RECORDING GOES ON WITH THE LAST FILE THAT WORKED. Mend it and restart",
            loaded.path,
            len(loaded.mistakes),
        )
    for notice in loaded.notices:
        click.echo(f"{loaded.path}:{notice.line}: {notice.path}: {notice.message}", err=True)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_main(loaded, paths, ready, clear_up, log_file))
    finally:
        lock.close()


def set_environment(variables: Mapping[str, str]) -> None:
    """Set the environment variables of the configuration, for this process and its workers."""
    os.environ.update(variables)
    if "TZ" in variables:
        time.tzset()


async def _main(
    loaded: Loaded, paths: Paths, ready: Watcher, clear_up: Callable[[], None] | None, log_file: LogFile
) -> bool:
    from dogwatch.runtime.core import Core

    core = Core(loaded, paths, say_password)
    log_file.begin(core.folders["logs"].verify)
    loop = asyncio.get_running_loop()
    asked = False

    def leave() -> None:
        nonlocal asked
        if asked:
            core.kill_workers()
            if clear_up is not None:
                clear_up()
            os._exit(KILLED)
        asked = True
        core.leave()
        with contextlib.suppress(OSError):  # standard error may be a file on a disk that is full or read-only
            click.echo("Leaving ... (once more: at once)", err=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leave)
    await core.run(lambda addresses: ready(core, addresses))
    return core.restarting


def say_addresses(_core: Core, addresses: Addresses) -> None:
    """Tell the user where Dogwatch can be reached."""
    click.echo(f"Dogwatch {__version__} is running.")
    click.echo(f"  {addresses.internal}  (no login: whoever reaches this port is the administrator)")
    click.echo(f"  {addresses.external}  (login)")
    sys.stdout.flush()


def say_password(username: str, password: str) -> None:
    """Tell the user the password that was made for the first user; it is shown once and kept nowhere."""
    click.echo(f"The user {username} was made. Password, shown only this once: {password}")
    sys.stdout.flush()
