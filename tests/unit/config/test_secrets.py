"""No secret of a configuration is shown: not by the API, not in an error, not in a notice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from pydantic import BaseModel

from dogwatch.config import ConfigErrors, Loaded, inputs, parse
from dogwatch.config.detectors import DetectorConfig
from dogwatch.config.effective import CREDENTIAL, effective
from dogwatch.config.inputs import redacted
from dogwatch.config.keys import is_secret as is_marked
from dogwatch.config.keys import is_unused, shape_of
from dogwatch.config.root import Config
from dogwatch.redact import is_secret
from tests.unit.config.files import SMALL

CANARY = "hunter2"
HARMLESS = {
    "auth.admin_first_time_login": "a switch",
    "auth.reset_admin_password": "a switch",
    "proxy.header_map.user": "the name of a header",
    "mqtt.tls_client_key": "the path of a file",
    "notifications.private_hosts": "names of hosts",
}
FORMS = {
    "database.url": f"postgresql://dogwatch:{CANARY}@10.0.0.2/dogwatch",
    "edge.outputs.*.url_on": f"http://10.0.0.2/on?key={CANARY}",
    "notifications.channels.*.url": f"json://user:{CANARY}@10.0.0.2/told",
    "edge.outputs.*.url_off": f"http://10.0.0.2/off?key={CANARY}",
}
"""Secrets that have a form, and what they look like."""
Place = tuple[str, ...]


def places(kind: type[BaseModel] = Config, above: Place = ()) -> Iterator[tuple[Place, bool]]:
    """Yield the place of every key that can hold a text, with whether it is marked as a secret; `*` is any name."""
    for name, field in kind.model_fields.items():
        shape, inner = shape_of(field)
        place = (*above, name)
        if name in above:  # a profile has no profiles
            continue
        if inner is not None and not is_unused(field):
            yield from places(inner, place if shape == "section" else (*place, "*"))
        elif not is_unused(field):
            yield place, is_marked(field)


SECRETS = [place for place, marked in places() if marked]


def test_what_is_named_like_a_secret_is_marked_as_one() -> None:
    named = {".".join(place) for place, _ in places() if is_secret(place[-1]) or place[-1].endswith("_key")}
    assert (named - HARMLESS.keys()) | FORMS.keys() == {".".join(place) for place in SECRETS}


def written(place: Place, value: Any) -> str:
    """Return a file with `value` at `place`."""
    top: dict[str, Any] = {
        "mqtt": {"host": "broker", "user": "u", "password": "p"},
        "go2rtc": {"rtsp": {"username": "ha", "password": "p"}},
        "detectors": {"far": {"type": "remote"}},
        "notifications": {"channels": [{"url": "json://10.0.0.2/told"}]},
        "edge": {"outputs": {"lamp": {"url_on": "http://10.0.0.2/on"}}},
        "cameras": {"front": {"ffmpeg": {"inputs": [{"path": "rtsp://10.0.0.2/main"}]}}},
    }
    names = {"cameras": "front", "detectors": "far", "outputs": "lamp"}
    node: Any = top
    for above, part in zip(("", *place), place[:-1], strict=False):
        name = names.get(above, "x") if part == "*" else part
        node = node[0] if isinstance(node, list) else node.setdefault(name, {})
    node[place[-1]] = value
    return json.dumps(top)


def said(loaded: Loaded) -> str:
    return json.dumps(effective(loaded.config)) + " ".join(map(str, loaded.notices))


@pytest.mark.parametrize("place", SECRETS, ids=".".join)
def test_a_secret_is_shown_nowhere(place: Place) -> None:
    loaded = parse(written(place, FORMS.get(".".join(place), CANARY)), env={})
    text = said(loaded)
    assert CANARY not in text
    assert CANARY not in repr(loaded)
    assert CREDENTIAL in text
    for wrong in (f"{CANARY} {CANARY}" if ".".join(place) in FORMS else [], [CANARY], {CANARY: CANARY}, True):
        with pytest.raises(ConfigErrors) as caught:
            parse(written(place, wrong), env={})
        assert CANARY not in str(caught.value)


def sections(kind: type[BaseModel] = Config, above: Place = ()) -> Iterator[Place]:
    """Yield the place of every section; `*` is any name."""
    yield above
    for name, field in kind.model_fields.items():
        shape, inner = shape_of(field)
        if inner is not None and not is_unused(field) and name not in above:
            yield from sections(inner, (*above, name) if shape == "section" else (*above, name, "*"))


ADDRESS = f"rtsp://u:{CANARY}@10.0.0.2/main"
KEYS = [CANARY, ADDRESS, f"password:{CANARY}", f"password {CANARY}", f"{CANARY}.x", f"x.{CANARY}!"]


@pytest.mark.parametrize("place", list(sections()), ids=lambda place: ".".join(place) or "top")
def test_a_secret_in_the_place_of_a_key_is_not_repeated(place: Place) -> None:
    """As of `password:hunter2` without a space, of `{path rtsp://u:hunter2@h}`, or of a comma in a password."""
    for name in KEYS:
        for value in (None, "x", {name: {name: name}}):
            said_of(written((*place, name), value))
        twice = f"{json.dumps(name)}: 1, {json.dumps(name)}: 2"  # found before it is known what belongs where
        said_of(written((*place, "twice"), 1).replace('"twice": 1', twice))


def said_of(text: str) -> None:
    try:
        loaded = parse(text, env={})
    except ConfigErrors as errors:
        message = str(errors)
    else:
        message = " ".join(map(str, loaded.notices))
    assert CANARY not in message, message


@pytest.mark.parametrize("place", ["mqtt", "proxy", "auth", "onvif"])
def test_a_typo_beside_a_secret_is_still_explained(place: str) -> None:
    typo, meant = {
        "mqtt": ("hots", "host"), "proxy": ("auth_secert", "auth_secret"), "auth": ("cookie_nane", "cookie_name"),
        "onvif": ("passwort", "password"),
    }[place]  # fmt: skip
    where = ("cameras", "*", place, typo) if place == "onvif" else (place, typo)
    with pytest.raises(ConfigErrors) as caught:
        parse(written(where, "x"), env={})
    [error] = [one for one in caught.value.errors if one.message.startswith("unknown key")]
    assert (error.message, error.hint) == ("unknown key '*'", f"did you mean '{meant}'?")
    assert error.line is not None


@pytest.mark.parametrize(
    "place",
    [
        ("mqtt", "port"),
        ("auth", "session_length"),
        ("cameras", "*", "onvif", "port"),
        ("cameras", "*", "ffmpeg", "gpu"),
    ],
    ids=".".join,
)
def test_a_secret_in_the_place_of_another_value_is_not_repeated(place: Place) -> None:
    said_of(written(place, CANARY))


def test_the_secrets_of_unknown_detectors_are_masked_at_any_depth() -> None:
    own = {"token": CANARY, "auth": {"key": CANARY, "url": f"http://u:{CANARY}@h/"}, "servers": [{"pass": CANARY}]}
    text = written(("detectors", "*", "more"), own).replace('"type"', f'"apikey": "{CANARY}", "type"')
    assert DetectorConfig.model_config["extra"] == "allow"
    assert CANARY not in said(parse(text, env={}))


@pytest.mark.parametrize(
    "text",
    [
        f"go2rtc: {{streams: {{a: ['exec:x -i rtsp://h/1 -i rtsp://u:{CANARY}@h/2']}}}}",
        f"go2rtc: {{streams: {{a: 'exec:x -headers \"Authorization: Basic {CANARY}\" -i http://h/1'}}}}",
        f"go2rtc: {{streams: {{a: 'ffmpeg:http://h/1#raw=-cookies sid={CANARY}'}}}}",
        f"go2rtc: {{streams: {{a: 'http://h/1#header=Authorization: Bearer {CANARY}'}}}}",
        f"go2rtc: {{streams: {{a: 'ring:?device_id=1&refresh_token={CANARY}'}}}}",
        f"go2rtc: {{rtsp: {{username: u, password: {CANARY}}}, webrtc: {{ice_servers: [{{credential: {CANARY}}}]}}}}",
        f"genai: {{provider: x, api_key: {CANARY}}}",
        f"semantic_search: {{enabled: true, api_key: {CANARY}}}",
        f"environment_vars: {{SOME_TOKEN: {CANARY}, PROXY: 'http://u:{CANARY}@h'}}",
        f"ffmpeg: {{input_args: '-headers \"Authorization: Basic {CANARY}\" -timeout 5'}}",
        f"ffmpeg: {{input_args: [-headers, 'Authorization:', Basic, {CANARY}, -timeout, 5]}}",
        f"ffmpeg: {{input_args: '-cookies session={CANARY} -http_proxy http://u:{CANARY}@h'}}",
        f"profiles: {{away: {{password: {CANARY}}}}}",
    ],
)
def test_secrets_without_a_key_of_their_own(text: str) -> None:
    assert CANARY not in said(parse(f"{text}\n{SMALL}", env={}))


@pytest.mark.parametrize(
    "text",
    [
        f"mqtt:\n  password: *{CANARY}\n",
        f"mqtt:\n  password: !{CANARY}!x\n",
        f"mqtt:\n  password: \"\\q{CANARY}\"\n",
        f"mqtt:\n  password: a: {CANARY}\n",
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_not_quoted(text: str) -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse(text, env={})
    assert CANARY not in str(caught.value)


def test_braces_in_a_password_are_not_quoted() -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse(written(("mqtt", "password"), f"x{{{CANARY}}}y"), env={})
    assert CANARY not in str(caught.value)
    assert "write {{ and }} for braces" in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("preset-rtsp-udp", "preset-rtsp-udp"),
        ("-rtsp_transport  udp -timeout 5", "-rtsp_transport  udp -timeout 5"),
        ("-headers 'X: y' -timeout 5", "-headers '*:*' -timeout 5"),
        ("-headers X: y -timeout 5", "-headers '*:*' '*:*' -timeout 5"),
        ("-headers 'X: y", "*:*"),
    ],
)
def test_arguments(arguments: str, shown: str) -> None:
    assert redacted(arguments) == shown


@pytest.mark.parametrize(
    "password",
    ["hunter2#", "hun/ter2", "h?unter2", "hun@ter2", "hun:ter2", "hunter2%", "hunter 2", "hünter2", "@/#?hunter2"],
)
def test_a_password_from_the_environment_may_hold_anything(password: str) -> None:
    text = (
        "go2rtc: {streams: {hd: 'rtsp://{FRIGATE_USER}:{FRIGATE_PW}@10.0.0.3:554/x#video=copy'}}\n"
        "cameras:\n  a: {ffmpeg: {inputs: [{path: 'rtsp://{FRIGATE_USER}:{FRIGATE_PW}@cam/s'}]}}\n"
        "  b: {ffmpeg: {inputs: [{path: 'rtsp://127.0.0.1:8554/hd'}]}}\n"
    )
    config = parse(text, env={"FRIGATE_USER": "a@b", "FRIGATE_PW": password}).config
    found = [
        urlsplit(inputs.resolved(config.cameras[name].ffmpeg.inputs[0].path, config.go2rtc.streams)) for name in "ab"
    ]
    assert [(unquote(one.username or ""), unquote(one.password or "")) for one in found] == [("a@b", password)] * 2
    assert [(one.hostname, one.path, one.fragment) for one in found] == [("cam", "/s", ""), ("10.0.0.3", "/x", "")]
    shown = json.dumps(effective(config), ensure_ascii=False)
    assert "hunter" not in shown
    assert quote(password, safe="") not in shown


def test_a_whole_address_from_the_environment_stays_as_it_is() -> None:
    text = "cameras: {a: {ffmpeg: {inputs: [{path: '{FRIGATE_URL}'}]}}}"
    config = parse(text, env={"FRIGATE_URL": "rtsp://u:p#x@h/s?a=1"}).config
    assert config.cameras["a"].ffmpeg.inputs[0].path == "rtsp://u:p#x@h/s?a=1"
