"""`dogwatch onvif`: cameras on the network, and what they have."""

from __future__ import annotations

import asyncio

import click


@click.group()
def onvif() -> None:
    """Find cameras on the network, and ask them for their streams."""


@onvif.command()
@click.argument("hosts", nargs=-1)
@click.option("--wait", default=3.0, show_default=True, type=click.FloatRange(0.1, 60), help="Seconds to wait.")
def discover(hosts: tuple[str, ...], wait: float) -> None:
    """List the cameras that answer on this network, or at HOSTS beyond it."""
    from dogwatch.onvif import discovery

    found = asyncio.run(discovery.discover(hosts, wait_s=wait))
    for one in found:
        place = f"{one.host}:{one.port}"
        click.echo(f"{place:22}  {' '.join(filter(None, (one.name, one.hardware, one.location)))}".rstrip())
    if not found:
        click.echo("No camera has answered. Cameras answer once ONVIF is switched on in their settings.")


@onvif.command()
@click.argument("host")
@click.option("--port", default=80, show_default=True, type=click.IntRange(1, 65535), help="Port of its ONVIF service.")
@click.option("--user", default="", help="User name at the camera.")
@click.option("--password", default="", envvar="DOGWATCH_CAMERA_PASSWORD", help="Password; asked for if not given.")
def probe(host: str, port: int, user: str, password: str) -> None:
    """List the streams of the camera at HOST, and propose a section for the configuration file."""
    from dogwatch.onvif import probing
    from dogwatch.onvif.settings import OnvifAddress

    if user and not password:
        password = click.prompt("Password", hide_input=True)
    found = asyncio.run(probing.probe(OnvifAddress(host, port, user, password, adjust_time=True)))
    click.echo(f"{found.manufacturer} {found.model}, firmware {found.firmware or 'unknown'}".strip())
    for one in found.streams:
        click.echo(f"  {one.name}: {one.encoding} {one.width} x {one.height}, {one.fps:g} fps, {one.uri}")
    click.echo(f"  turns: {', '.join(found.features) or 'no'}")
    if found.presets:
        click.echo(f"  presets: {', '.join(found.presets)}")
    click.echo(_yaml(probing.proposal(found)))


def _yaml(section: object) -> str:
    import io

    from ruamel.yaml import YAML

    out = io.StringIO()
    YAML().dump({"cameras": section}, out)
    return f"\nSet DOGWATCH_CAMERA_USER and DOGWATCH_CAMERA_PASSWORD, and write:\n\n{out.getvalue()}"
