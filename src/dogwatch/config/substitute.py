"""`{FRIGATE_*}` and `{DOGWATCH_*}` in values, from the environment or from secret files (docs/configuration.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from dogwatch.address import encode
from dogwatch.config.problems import Mark, Report
from dogwatch.config.tree import Items, Map, Value

PLACES: tuple[tuple[str, ...], ...] = (
    ("database", "url"),
    ("mqtt", "host"),
    ("mqtt", "user"),
    ("mqtt", "password"),
    ("notifications", "channels", "*", "url"),
    ("proxy", "auth_secret"),
    ("auth", "oidc", "issuer"),
    ("auth", "oidc", "client_id"),
    ("auth", "oidc", "client_secret"),
    ("genai", "api_key"),
    ("genai", "*", "api_key"),
    ("go2rtc", "streams", "*"),
    ("go2rtc", "streams", "*", "*"),
    ("go2rtc", "rtsp", "username"),
    ("go2rtc", "rtsp", "password"),
    ("cameras", "*", "ffmpeg", "inputs", "*", "path"),
    ("cameras", "*", "onvif", "host"),
    ("cameras", "*", "onvif", "user"),
    ("cameras", "*", "onvif", "password"),
)
HINT = "set it in the environment or as a secret file, or write {{ and }} for braces"
PREFIXES = ("FRIGATE_", "DOGWATCH_")
_TOKEN = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")


class UnknownNameError(ValueError):
    """A text names things that are neither in the environment nor secret files."""


def known_names(env: Mapping[str, str]) -> dict[str, str]:
    """Collect what may be substituted; the environment wins over secret files.

    Secret files lie in `$CREDENTIALS_DIRECTORY`, else in `/run/secrets`.
    """
    found: dict[str, str] = {}
    directory = Path(env.get("CREDENTIALS_DIRECTORY") or "/run/secrets")
    if directory.is_dir():
        for file in sorted(directory.iterdir()):
            if file.name.startswith(PREFIXES) and file.is_file():
                found[file.name] = file.read_text(errors="replace").strip()
    found.update((name, value) for name, value in env.items() if name.startswith(PREFIXES))
    return found


def expand(text: str, names: Mapping[str, str]) -> str:
    """Replace every `{NAME}` in `text`; `{{` and `}}` give braces.

    What stands between the `://` and the last `@` of an address is a user name or a password, and is percent-encoded:
    only here is it known where it ends.

    Raises:
        UnknownNameError: Names are not in `names`; they are its arguments.
    """
    missing: list[str] = []
    begin, end = text.find("://"), text.rfind("@")

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group()[0]
        if name not in names:
            missing.append(name)
        found = names.get(name, "")
        return encode(found, text[:begin].rpartition(":")[2]) if 0 <= begin < match.start() < end else found

    result = _TOKEN.sub(value, text)
    if missing:
        raise UnknownNameError(*missing)
    return result


def substitute(root: Map, names: Mapping[str, str], report: Report) -> None:
    """Replace names where that is allowed (docs/configuration.md, "Credentials"); an unknown one is an error."""
    for place in PLACES:
        _visit(root, place, names, report)


def _visit(node: Value, place: tuple[str, ...], names: Mapping[str, str], report: Report) -> None:
    head, *rest = place
    for entry, mark in _entries(node, head):
        value = node[entry]
        if rest:
            _visit(value, tuple(rest), names, report)
        elif isinstance(value, str) and _TOKEN.search(value):
            try:
                node[entry] = expand(value, names)
            except UnknownNameError as error:
                for name in error.args:
                    _report_unknown(name, mark, report)


def _report_unknown(name: str, mark: Mark | None, report: Report) -> None:
    if name.startswith(PREFIXES):
        report.error(mark, f"{{{name}}} is not known", HINT)
    else:  # not quoted: it may be a part of a password
        report.error(mark, "a name in braces begins with neither FRIGATE_ nor DOGWATCH_", "write {{ and }} for braces")


def _entries(node: Value, head: str) -> list[tuple[str | int, Mark | None]]:
    if isinstance(node, Map):
        return [(name, node.marks.get(name)) for name in node if head in ("*", name)]
    if isinstance(node, Items) and head == "*":
        return list(enumerate(node.marks))
    return []
