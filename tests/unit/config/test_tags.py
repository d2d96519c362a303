"""Tags and marks in front of a value are obeyed or refused, never swallowed."""

from __future__ import annotations

import pytest

from dogwatch.config import ConfigErrors, parse
from tests.unit.config.files import SMALL

QUOTES = "a text that begins with ! must stand in quotes"
NAMES = "use {FRIGATE_NAME} and an environment variable or a secret file"
REFUSED = {
    "secret": ("mqtt: {host: h, user: u, password: !secret broker}", "'!secret' is not understood here", NAMES),
    "path": (SMALL.replace("rtsp://10.0.0.2/main", "!secret camera"), "'!secret' is not understood here", NAMES),
    "env_var": ("mqtt: {host: !env_var BROKER}", "'!env_var' is not understood here", NAMES),
    "include": ("cameras: !include cameras.yml", "'!include' is not", "write everything into one file"),
    "include_dir": ("cameras: !include_dir_named cameras", "'!include_dir_named' is not", "write everything into one"),
    "password": (
        "mqtt:\n  host: h\n  user: u\n  password: !Abc123",
        "a tag without a value is not understood here",
        QUOTES,
    ),
    "password with space": ("mqtt:\n  host: h\n  user: u\n  password: !Abc 123", "this tag is not", QUOTES),
    "lone mark": ("mqtt:\n  host: h\n  user: u\n  password: ! Abc", "a lone '!' is not understood here", QUOTES),
    "only a mark": ("mqtt:\n  host: h\n  user: u\n  password: !", "a lone '!' is not understood here", QUOTES),
    "binary": ("mqtt: {host: !!binary aGFsbG8=}", "'!!binary' is not understood here", "leave it out"),
    "python": ("mqtt: {host: !!python/name:os.system ''}", "'!!python' is not understood here", "leave it out"),
    "object": ("mqtt: !!python/object/apply:os.system [ls]", "'!!python' is not understood here", "leave it out"),
    "set": ("cameras: !!set {a}", "'!!set' is not understood here", "leave it out"),
    "omap": ("cameras: !!omap [a: 1]", "'!!omap' is not understood here", "leave it out"),
    "wrong kind": ("mqtt: {host: !!map x}", "'!!map' is not understood here", "leave it out"),
    "no number": ("mqtt: {host: h, port: !!int many}", "this is not what '!!int' says", ""),
    "no truth": ("mqtt: {enabled: !!bool perhaps}", "this is not what '!!bool' says", ""),
    "long form": ("mqtt: {host: !<tag:example.org,2026:x> h}", "this tag is not understood here", QUOTES),
    "of a map": ("mqtt: !custom {host: h}", "this tag is not understood here", QUOTES),
    "of a list": ("objects: {track: !custom [person]}", "this tag is not understood here", QUOTES),
    "of an item": ("objects: {track: [!custom person]}", "this tag is not understood here", QUOTES),
    "of a key": ("!custom mqtt: {host: h}", "this tag is not understood here", QUOTES),
    "anchor": ("mqtt:\n  host: h\n  user: u\n  password: &Abc123", "this is an anchor without a value", "a text that"),
    "handle": ("mqtt: {host: !Abc!d x}", "found undefined tag handle", "a text that begins with * or ! must"),
    "escape": ("mqtt: {host: !p%zz}", "expected URI escape sequence", "a text that begins with * or ! must"),
    "alias": ("mqtt: {host: *Abc123}", "found undefined alias", "a text that begins with * or ! must"),
    "at": ("mqtt: {host: @home}", "found character '@' that cannot start", "a text that begins with &, *, @, %"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_means_nothing_here_is_refused_at_its_place(case: str) -> None:
    text, message, hint = REFUSED[case]
    with pytest.raises(ConfigErrors) as caught:
        parse(text, env={})
    (error,) = caught.value.errors
    assert error.message.startswith(message)
    assert (error.hint or "").startswith(hint)
    assert (error.line, bool(error.column)) == (text.count("\n", 0, text.index(_word(text))) + 1, True)
    assert "Abc" not in str(vars(error))


def _word(text: str) -> str:
    """Return the part of `text` that is wrong."""
    return next(mark for mark in ("!", "&Abc", "*Abc", "@home") if mark in text)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!!str 0123", "0123"), ("!!str true", "true"), ("! 'quoted'", "quoted"), ("'!Abc123'", "!Abc123"),
        ('"&Abc"', "&Abc"), ("!!str", ""), ("a!b", "a!b"), ("a&b", "a&b"),
    ],
)  # fmt: skip
def test_what_yaml_knows_is_obeyed(written: str, value: str) -> None:
    assert parse(f"mqtt:\n  enabled: false\n  host: {written}\n", env={}).config.mqtt.host == value


def test_tags_of_numbers_and_maps_are_obeyed() -> None:
    text = "!!map\nmqtt: !!map {enabled: !!bool no, port: !!int '1884'}\nobjects: {track: !!seq [person]}\n"
    config = parse(text, env={}).config
    assert (config.mqtt.enabled, config.mqtt.port, config.objects.track) == (False, 1884, ["person"])


def test_anchors_of_empty_sections_are_harmless() -> None:
    text = f"detect: &detect\n{SMALL}    detect: *detect\n"
    assert parse(text, env={}).config.cameras["front"].detect.fps == 5
