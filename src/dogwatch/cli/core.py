"""`dogwatch core`, which the supervisor runs; not for users, and not in the list of commands."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch import __version__
from dogwatch.cli.options import config_option, data_option, load_or_exit, place, refuse
from dogwatch.errors import ConfigError, ConflictError, DogwatchError, StoreAwayError
from dogwatch.runtime import libraries, memory
from dogwatch.runtime.interpreter import take_short_turns
from dogwatch.runtime.paths import Paths
from dogwatch.supervisor import console

if TYPE_CHECKING:
    from dogwatch.config import Loaded
    from dogwatch.runtime.core import Addresses, Core
    from dogwatch.runtime.log_file import LogFile

log = logging.getLogger(__name__)

Watcher = Callable[["Core", "Addresses"], None]
SERVER_S = 3.0  # the start waits for the database's server, before it goes on without
LAST_RESORT_S = 30.0  # the supervisor kills a core that leaves after 20 s; but it may itself have been killed


@click.command(hidden=True)
@data_option
@config_option
@click.option("--demo", is_flag=True, help="Tell what there is to see.")
@click.option("--lock", type=int, required=True, help="The descriptor of the data directory's lock, to be held.")
@click.option("--supervisor", type=int, required=True, help="The descriptor of the socket to the supervisor.")
def core(data: Path, config_path: Path | None, lock: int, supervisor: int, *, demo: bool) -> None:
    """Run the core until the supervisor stops it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # of the supervisor; a Ctrl-C does not come here
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    memory.hurry()
    libraries.prepare()
    for descriptor in (lock, supervisor):
        os.set_inheritable(descriptor, False)
    paths = Paths.below(data)
    path = config_path or data / "config.yml"
    with socket.socket(fileno=supervisor) as link:
        if demo:
            from dogwatch.cli.demo import Guide

            status = serve(load_or_exit(path), paths, link, Guide().ready)
        else:
            status = run_or_go_back(load_or_last(path, paths), path, paths, link)
    sys.exit(status)


def load_or_last(path: Path, paths: Paths) -> Loaded:
    """Load the configuration, or the last one that worked if the file is broken; exit if there is none.

    So recording goes on, and the user is told in the log, in the API and in the terminal.
    """
    from dogwatch.config import ConfigErrors, text_file
    from dogwatch.config.load import EMPTY, find, load
    from dogwatch.runtime import last_config

    with contextlib.suppress(OSError):  # it can be read all the same
        text_file.finish(find(path))
    try:
        loaded = load(path)
        last = None if loaded.text.strip() else last_config.instead_of(path, paths.data, ConfigErrors([EMPTY]))
        return last if last is not None and last.config.cameras else loaded
    except ConfigErrors as errors:
        last = last_config.instead_of(path, paths.data, errors)
        if last is not None:
            return last
        if find(path).exists():
            refuse(errors, path)
        return first_configuration(path, paths.data)


def first_configuration(path: Path, data: Path) -> Loaded:
    """Write the file of somebody who begins, and load it; exit if it has been there before, so it was lost.

    Raises:
        ClickException: There is a database, or the file cannot be written.
    """
    from dogwatch.config import load, text_file
    from dogwatch.config.template import template

    if (data / "dogwatch.db").exists() or path.is_symlink():  # a link to nothing: its disk may be missing
        raise click.ClickException(f"{path} does not exist; `dogwatch init` writes one")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        text_file.write(path, template())
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from error
    say(f"There was no configuration: wrote {path}, which has no cameras yet.")
    return load(path)


def run_or_go_back(loaded: Loaded, path: Path, paths: Paths, link: socket.socket) -> int:
    """Run the core; if it cannot start with a changed file (a port is taken, say), use the last one that worked.

    Returns:
        The exit status.

    Raises:
        DogwatchError: It can start with neither.
    """
    from dogwatch.config import ConfigErrors
    from dogwatch.runtime import last_config

    def ready(core: Core, addresses: Addresses) -> None:
        began(core, addresses, paths)

    try:
        return serve(loaded, paths, link, ready)
    except ConflictError:
        raise
    except DogwatchError as error:
        last = last_config.instead_of(path, paths.data, ConfigErrors([ConfigError(str(error))]))
        if last is None or loaded.mistakes or last.text == loaded.text:
            raise
        return serve(last, paths, link, ready)


def began(core: Core, addresses: Addresses, paths: Paths) -> None:
    """Print the addresses, and keep the configuration, which has worked."""
    from dogwatch.runtime import last_config

    if not core.keeper.loaded.mistakes:
        last_config.keep(core.keeper.loaded, paths.data)
    say_addresses(core, addresses)


def serve(loaded: Loaded, paths: Paths, link: socket.socket, ready: Watcher) -> int:
    """Run the core; return its exit status.

    Raises:
        DogwatchError: It cannot start; the message says why.
    """
    import uvloop

    from dogwatch.runtime.logs import start_logging
    from dogwatch.runtime.private import tighten

    paths.make()
    path = loaded.config.database.path
    open_to_others = tighten(paths.data, Path(path) if path else None)
    set_environment(loaded.config.environment_vars)
    logger = loaded.config.logger
    log_file = start_logging(paths.log, logger.default, logger.logs)
    for line in open_to_others:
        log.warning("%s", line)
    for mistake in loaded.mistakes:
        log.error("%s", place(mistake, loaded.path))
    if loaded.mistakes:
        log.critical(
            "%s HAS %d MISTAKE(S). RECORDING GOES ON WITH THE LAST FILE THAT WORKED. Mend it and restart",
            loaded.path,
            len(loaded.mistakes),
        )
    for notice in loaded.notices:
        console.write(console.ERROR, f"{loaded.path}:{notice.line}: {notice.path}: {notice.message}\n")
    faulthandler.enable()  # a crash in a library says where it was
    take_short_turns()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_main(loaded, paths, link, ready, log_file))


def set_environment(variables: Mapping[str, str]) -> None:
    """Set the environment variables of the configuration, for this process and its workers."""
    os.environ.update(variables)
    if "TZ" in variables:
        time.tzset()


async def _main(loaded: Loaded, paths: Paths, link: socket.socket, ready: Watcher, log_file: LogFile) -> int:
    from dogwatch.runtime import last_config
    from dogwatch.runtime.recording import start_recording

    waits = loaded.config.database.url is not None and not last_config.names_other_database(loaded, paths.data)
    try:
        recording = start_recording(loaded, paths, link, wait_s=SERVER_S if waits else None)
    except StoreAwayError as fault:
        if not waits:
            raise
        from dogwatch.runtime import without_database

        return await without_database.record(loaded, paths, link, fault, say_without_database)
    libraries.load_fastapi()
    from dogwatch.runtime.core import Core  # it takes longer to load than all that cameras need

    core = Core(recording, paths, say_password)
    log_file.begin(core.folders["logs"].verify)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, core.leave)
    loop.add_signal_handler(signal.SIGTERM, core.restart)  # somebody means the core alone: recording goes on
    loop.add_signal_handler(signal.SIGHUP, core.reload_soon)
    deadline = asyncio.create_task(_end_by_force(core.leaving()))
    status = await core.run(lambda addresses: ready(core, addresses))
    deadline.cancel()
    return status


async def _end_by_force(leaving: Awaitable[int]) -> None:
    """End this process `LAST_RESORT_S` after it began to leave: a thread that hangs on a dead disk must not keep it."""
    status = await leaving
    end = threading.Timer(LAST_RESORT_S, os._exit, [status])
    end.daemon = True
    end.start()


def say_addresses(core: Core, addresses: Addresses) -> None:
    """Print the addresses of Dogwatch, and that better detectors than the built-in one are to be had."""
    say(f"Dogwatch {__version__} is running.")
    say(f"  {addresses.internal}  (no login: whoever reaches this port is the administrator)")
    say(f"  {addresses.external}  (login)")
    if addresses.edge is not None:
        say(f"  {addresses.edge}  (edge camera)")
    from dogwatch.config.detectors import BUILT_IN_TYPES

    if not core.keeper.config.cameras:
        say("No camera is configured: the page helps to find and add one.")
    if all(detector.type in BUILT_IN_TYPES for detector in core.keeper.config.detectors.values()):
        say("The built-in detector is basic: it finds upright people, but no cars.")
        say("`dogwatch model known` lists better ones, and `dogwatch model add NAME` fetches one.")


def say_without_database(addresses: Mapping[str, str]) -> None:
    """Print the addresses, at which all that is told is that there is no database."""
    say(f"Dogwatch {__version__} records, and waits for its database.")
    for address in addresses.values():
        say(f"  {address}")


def say_password(username: str, password: str) -> None:
    """Print the password made for the first user; it is shown once and stored nowhere."""
    say(f"The user {username} was made. Password, shown only this once: {password}")


def say(line: str) -> None:
    """Write a line to standard output, if somebody takes it."""
    console.write(console.OUTPUT, f"{line}\n")
