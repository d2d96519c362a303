"""The commands. Each is a module of its own, imported only when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from dogwatch.errors import DogwatchError
from dogwatch.runtime.private import strict_umask

COMMANDS = {
    "init": "Write a first configuration file.",
    "check": "List the mistakes in a configuration file, and what will be kept.",
    "run": "Run Dogwatch.",
    "reload": "Make a running Dogwatch read its configuration file again.",
    "demo": "Run Dogwatch on two built-in cameras.",
    "replay": "Run footage through the analysis: list the events, and why there are no others.",
    "tune": "Try filters of a camera on its recordings, and propose values.",
    "users": "List, add and remove users, set passwords and roles.",
    "import": "Bring over what a Frigate installation has kept.",
    "database": "Back up, restore, check and move the database.",
    "model": "Add and list detection models.",
    "onvif": "Find cameras on the network, and ask them for their streams.",
    "edge": "List the hardware and programs for an edge camera that are there, and those that are missing.",
    "files": "Add, list and remove video files; put old films into a camera's recordings.",
    "dataset": "List, export and check the pictures that users have labelled.",
    "version": "Print the version.",
}
CORE = "core"  # hidden: the supervisor runs it
_MODULES = {"import": "importing"}  # whose own name is a word of the language


class Commands(click.Group):
    """A group that imports a command's module when it is first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the list above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        if cmd_name not in COMMANDS and cmd_name != CORE:
            return None
        name = _MODULES.get(cmd_name, cmd_name)
        module = importlib.import_module(f"dogwatch.cli.{name}")
        command = getattr(module, name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Dogwatch: a network video recorder with object detection."""


def main() -> None:
    """Run the command line; errors of Dogwatch are shown as one line, without a traceback."""
    strict_umask()
    try:
        group(prog_name="dogwatch")
    except DogwatchError as error:
        click.echo(f"dogwatch: {error}", err=True)
        sys.exit(1)
