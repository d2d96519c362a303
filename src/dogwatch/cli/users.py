"""`dogwatch users`: changes accounts in the database, and tells a running Dogwatch to look again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch.cli.options import config_option, data_option, load_or_exit
from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from dogwatch.auth.accounts import Accounts

ANSWER_S = 2.0
password_option = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="The password; asked for if not given, which keeps it out of the shell's history.",
)


@click.group()
@data_option
@config_option
@click.pass_context
def users(context: click.Context, data: Path, config_path: Path | None) -> None:
    """List, add and remove users, set passwords and roles."""
    context.obj = (data, config_path or data / "config.yml")


@users.command("list")
@click.pass_obj
def list_users(obj: tuple[Path, Path]) -> None:
    """List all users with their roles."""
    with _accounts(obj) as accounts:
        for user in accounts.everyone():
            click.echo(f"{user.username}\t{user.role}")


@users.command()
@click.argument("username")
@click.option("--role", default="viewer", show_default=True, help="admin, viewer, or a role of the configuration.")
@password_option
@click.pass_obj
def add(obj: tuple[Path, Path], username: str, role: str, password: str) -> None:
    """Add a user."""
    with _accounts(obj) as accounts:
        accounts.add(username, password, role)
    click.echo(f"added {username}")


@users.command()
@click.argument("username")
@password_option
@click.pass_obj
def passwd(obj: tuple[Path, Path], username: str, password: str) -> None:
    """Set a user's password; ends the user's sessions."""
    with _accounts(obj) as accounts:
        accounts.set_password(username, password)
    click.echo(f"changed the password of {username}")


@users.command()
@click.argument("username")
@click.argument("new_role", metavar="ROLE")
@click.pass_obj
def role(obj: tuple[Path, Path], username: str, new_role: str) -> None:
    """Set a user's role."""
    with _accounts(obj) as accounts:
        accounts.set_role(username, new_role)
    click.echo(f"{username} is now {new_role}")


@users.command()
@click.argument("username")
@click.pass_obj
def delete(obj: tuple[Path, Path], username: str) -> None:
    """Delete a user; ends the user's sessions."""
    with _accounts(obj) as accounts:
        if not accounts.remove(username):
            raise click.ClickException(f"there is no user {username}")
    click.echo(f"deleted {username}")


@contextmanager
def _accounts(obj: tuple[Path, Path]) -> Iterator[Accounts]:
    """Open the accounts of an instance; errors of Dogwatch are shown as one line."""
    from dogwatch.auth.accounts import Accounts
    from dogwatch.config import Config
    from dogwatch.runtime.control import ACCOUNTS, ask
    from dogwatch.runtime.paths import Paths
    from dogwatch.store.database import Database

    data, config_path = obj
    config = load_or_exit(config_path).config if config_path.exists() else Config()
    if not data.is_dir():
        raise click.ClickException(f"there is no data directory {data}")
    db = Database(Paths.below(data).database(config.database))
    try:
        db.migrate()
        yield Accounts(db, roles=config.auth.roles, iterations=config.auth.hash_iterations)
        with suppress(DogwatchError):  # a core that does not answer sees it within seconds
            ask(Paths.below(data).run, ACCOUNTS, ANSWER_S)
    except DogwatchError as error:
        raise click.ClickException(str(error)) from error
    finally:
        db.close()
