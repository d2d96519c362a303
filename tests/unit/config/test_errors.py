"""Every class of error: where it is reported, in which words, and with which hint."""

from __future__ import annotations

import pytest

from dogwatch.config import ConfigErrors, parse
from dogwatch.errors import ConfigError
from tests.unit.config.files import SMALL


def errors(text: str) -> list[ConfigError]:
    with pytest.raises(ConfigErrors) as caught:
        parse(text, env={})
    return caught.value.errors


def one(text: str) -> ConfigError:
    found = errors(text)
    assert len(found) == 1, [str(error) for error in found]
    return found[0]


CAMERA = SMALL  # 5 lines; what a test adds to the camera begins in line 6
CASES: dict[str, tuple[str, int | None, int | None, str, str, str | None]] = {
    "unknown key, similar one known": (
        CAMERA + "    detect:\n      fsp: 5\n",
        7, 7, "cameras.front.detect.fsp", "unknown key 'fsp'", "did you mean 'fps'?",
    ),
    "unknown key of another section": (
        CAMERA + "    fps: 5\n",
        6, 5, "cameras.front.fps", "unknown key 'fps'", "it belongs under 'detect'",
    ),
    "unknown key of a small section": (
        "tls:\n  xyz: 1\n" + CAMERA,
        2, 3, "tls.xyz", "unknown key 'xyz'", "expected one of enabled",
    ),
    "unknown top-level key": ("camera:\n  a: 1\n", 1, 1, "camera", "unknown key 'camera'", "did you mean 'cameras'?"),
    "wrong type": (
        CAMERA + "    detect: {enabled: perhaps}\n",
        6, 14, "cameras.front.detect.enabled", "expected true or false, found 'perhaps'", None,
    ),
    "wrong number": (
        "motion:\n  threshold: 300\n" + CAMERA,
        2, 3, "motion.threshold", "expected a number of at most 255, found '300'", None,
    ),
    "not a number": (
        "detect:\n  fps: fast\n" + CAMERA,
        2, 3, "detect.fps", "expected a number, found 'fast'", None,
    ),
    "wrong choice": (
        "birdseye:\n  mode: continous\n" + CAMERA,
        2, 3, "birdseye.mode", "expected one of objects, motion, continuous, found 'continous'",
        "did you mean 'continuous'?",
    ),
    "a text for a section": (
        CAMERA + "    detect: yes\n",
        6, 5, "cameras.front.detect", "expected keys with values, found 'yes'", None,
    ),
    "a password that is no text": (
        "mqtt:\n  host: a\n  user: a\n  password: true\n" + CAMERA,
        4, 3, "mqtt.password", "expected a text", "put it in quotes",
    ),
    "missing path": (
        "cameras:\n  a:\n    ffmpeg:\n      inputs:\n        - roles: [detect, record]\n",
        5, 11, "cameras.a.ffmpeg.inputs.0", "'path' is missing", None,
    ),
    "missing ffmpeg": ("cameras:\n  a:\n    detect: {fps: 5}\n", 2, 3, "cameras.a", "'ffmpeg' is missing", None),
    "tab": ("cameras:\n\ta: 1\n", 2, 1, "", "a tab cannot be used here", "indent with spaces"),
    "colon": (
        "mqtt:\n  host: a: b\n",
        2, 10, "", "mapping values are not allowed here",
        "a key must stand on its own line, and a text with ': ' in quotes",
    ),
    "not a map": ("- a\n- b\n", 1, 1, "", "expected keys with values (`cameras:` ...) at the top of the file", None),
    "duplicate": (
        CAMERA + "    detect: {fps: 1}\n    detect: {fps: 2}\n",
        7, 5, "cameras.front.detect", "'detect' is given twice, first in line 6", None,
    ),
    "unknown name": (
        CAMERA.replace("10.0.0.2", "{FRIGATE_NOPE}"),
        5, 11, "cameras.front.ffmpeg.inputs.0.path", "{FRIGATE_NOPE} is not known",
        "set it in the environment or as a secret file, or write {{ and }} for braces",
    ),
    "no host": (
        "mqtt:\n  port: 1883\n" + CAMERA, 1, 1, "mqtt", "mqtt needs a host, or 'enabled: false'", None,
    ),
    "user without password": (
        "mqtt:\n  host: a\n  user: b\n" + CAMERA, 3, 3, "mqtt.user", "user needs password too", None,
    ),
    "key without certificate": (
        "mqtt:\n  host: a\n  tls_client_key: b\n" + CAMERA,
        3, 3, "mqtt.tls_client_key", "tls_client_key needs tls_client_cert too", None,
    ),
    "camera name": ("cameras:\n  a b:\n    ffmpeg: {inputs: [{path: x}]}\n", 2, 3, "cameras.a b",
        "camera name 'a b' may have letters, digits, '_' and '-' only", None),
    "zone named like a camera": (
        CAMERA + "    zones:\n      front: {coordinates: '0,0,1,0,1,1'}\n",
        7, 7, "cameras.front.zones.front", "zone 'front' of 'front' is named like a camera", None,
    ),
    "unknown zone": (
        CAMERA + "    zones: {porch: {coordinates: '0,0,1,0,1,1'}}\n    snapshots: {required_zones: [proch]}\n",
        7, 17, "cameras.front.snapshots.required_zones", "camera 'front' has no zone 'proch'", "did you mean 'porch'?",
    ),
    "too few points": (
        CAMERA + "    zones:\n      porch:\n        coordinates: 0,0,1,1\n",
        8, 9, "cameras.front.zones.porch.coordinates", "expected at least 3 points, found 2", None,
    ),
    "odd numbers": (
        CAMERA + "    motion:\n      mask:\n        - 0,0,1,1,1,0\n        - 0,0,1,1,1\n",
        9, 11, "cameras.front.motion.mask.1", "expected pairs 'x,y', found 5 numbers", None,
    ),
    "fractions and pixels": (
        CAMERA + "    detect: {width: 640, height: 480}\n    motion: {mask: '0.4,0.6,320,0.1,320,480,0.2,480'}\n",
        7, 14, "cameras.front.motion.mask", "mixes fractions and pixels", "give all numbers as fractions from 0 to 1",
    ),
    "half a size": (
        CAMERA + "    detect: {width: 640}\n",
        6, 5, "cameras.front.detect", "width and height must be given together", None,
    ),
    "two inputs without roles": (
        "cameras:\n  a:\n    ffmpeg:\n      inputs:\n        - {path: x, roles: [detect]}\n        - path: y\n",
        6, 11, "cameras.a.ffmpeg.inputs.1", "an input needs roles when there are several",
        "expected some of detect, record, audio",
    ),
    "role twice": (
        "cameras:\n  a:\n    ffmpeg:\n      inputs:\n        - {path: x, roles: [detect]}\n"
        "        - {path: y, roles: [detect]}\n",
        6, 21, "cameras.a.ffmpeg.inputs.1.roles", "role 'detect' is given to two inputs of camera 'a'", None,
    ),
    "no detect role": (
        "cameras:\n  a:\n    ffmpeg:\n      inputs: [{path: x, roles: [record]}, {path: y, roles: [audio]}]\n",
        4, 7, "cameras.a.ffmpeg.inputs", "no input of camera 'a' has the role detect", None,
    ),
    "no record role": (
        "record: {enabled: true}\ncameras:\n  a:\n    ffmpeg:\n"
        "      inputs: [{path: x, roles: [detect]}, {path: y, roles: [audio]}]\n",
        5, 7, "cameras.a.ffmpeg.inputs", "record is enabled but no input of camera 'a' has the role record", None,
    ),
    "no audio role": (
        CAMERA + "    audio: {enabled: true}\n",
        4, 7, "cameras.front.ffmpeg.inputs", "audio is enabled but no input of camera 'front' has the role audio", None,
    ),
    "detector type": (
        "detectors:\n  one:\n    type: onxx\n" + CAMERA,
        3, 5, "detectors.one.type",
        "unknown detector type 'onxx', expected one of opencv, onnx, openvino, litert, remote, fixed",
        "did you mean 'onnx'?",
    ),
    "preset": (
        CAMERA + "      input_args: preset-rtsp-udb\n",
        6, 7, "cameras.front.ffmpeg.input_args", "unknown preset 'preset-rtsp-udb'", None,
    ),
    "role of no camera": (
        "auth: {roles: {guest: [back]}}\n" + CAMERA,
        1, 16, "auth.roles.guest", "there is no camera 'back'", None,
    ),
    "watched folder of no camera": (
        "files: {watch: [{path: /srv/dashcam, camera: fornt}]}\n" + CAMERA,
        1, 38, "files.watch.0.camera", "there is no camera 'fornt'", "did you mean 'front'?",
    ),
    "relative root": (
        "files: {roots: [films]}\n" + CAMERA,
        1, 9, "files.roots", "a directory has to begin with /", None,
    ),
    "role without cameras": (
        "auth: {roles: {guest: []}}\n" + CAMERA,
        1, 8, "auth.roles", "role 'guest' needs at least one camera", None,
    ),
    "header": (
        "proxy: {header_map: {user: X-Evil}}\n" + CAMERA,
        1, 22, "proxy.header_map.user", "this header may not be mapped", None,
    ),
    "listener": (
        "networking: {listen: {internal: everywhere}}\n" + CAMERA,
        1, 23, "networking.listen.internal", "expected a port from 0 (any free one) to 65535, or 'ip:port'", None,
    ),
    "internal host": (
        "networking:\n  listen:\n    internal_hosts: ['http://nvr.example']\n" + CAMERA,
        3, 22, "networking.listen.internal_hosts.0", "expected a host name without scheme and port", None,
    ),
    "one port for both listeners": (
        "networking:\n  listen:\n    internal: 8000\n    external: 8000\n" + CAMERA,
        4, 5, "networking.listen.external",
        "the internal and the external listener cannot both have port 8000", None,
    ),
    "the other listener's default port": (
        "networking: {listen: {internal: '0.0.0.0:8971'}}\n" + CAMERA,
        1, 23, "networking.listen.internal",
        "the internal and the external listener cannot both have port 8971", None,
    ),
    "one port on one address": (
        "networking: {listen: {external: '127.0.0.1:5000'}}\n" + CAMERA,
        1, 23, "networking.listen.external",
        "the internal and the external listener cannot both have port 5000", None,
    ),
    "autotracking": (
        CAMERA + "    onvif: {autotracking: {enabled: true}}\n",
        6, 28, "cameras.front.onvif.autotracking.enabled", "autotracking needs required_zones", None,
    ),
    "speed zone": (
        CAMERA + "    zones:\n      a: {coordinates: '0,0,1,0,1,1', distances: '1,2,3,4'}\n",
        7, 7, "cameras.front.zones.a", "distances takes 4 numbers and needs a zone with 4 corners", None,
    ),
    "retain mode": (
        "record:\n  retain: {days: 1, mode: everything}\n" + CAMERA,
        2, 21, "record.retain.mode", "expected one of all, motion, active_objects, found 'everything'", None,
    ),
    "events key": (
        "record:\n  events:\n    pre: 1\n" + CAMERA, 3, 5, "record.events.pre", "unknown key 'pre'", "expected one of",
    ),
    "moved value": (
        "record:\n  events:\n    pre_capture: 61\n" + CAMERA,
        3, 5, "record.events.pre_capture", "expected a number of at most 60, found '61'", None,
    ),
    "a text for objects": (
        CAMERA + "    objects: person\n",
        6, 5, "cameras.front.objects", "expected keys with values, found 'person'", None,
    ),
    "a text for review beside old events": (
        "record: {events: {required_zones: [a]}}\nreview: all\n" + CAMERA,
        2, 1, "review", "expected keys with values, found 'all'", None,
    ),
    "version": ("version: new\n" + CAMERA, 1, 1, "version", "expected a version such as '0.16-0'", None),
    "time zone": (
        "ui: {timezone: Europe/Atlantis}\n" + CAMERA,
        1, 6, "ui.timezone", "expected a time zone such as 'Europe/Berlin'", None,
    ),
    "rate limit": (
        "auth: {failed_login_rate_limit: often}\n" + CAMERA,
        1, 8, "auth.failed_login_rate_limit", "expected limits such as '1/second;5/minute;20/hour'", None,
    ),
    "camera without keys": ("cameras:\n  a: 5\n", 2, 3, "cameras.a", "expected keys with values", None),
    "cameras as a list": ("cameras: [a]\n", 1, 1, "cameras", "expected cameras by name", None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_error_names_place_and_cure(case: str) -> None:
    text, line, column, path, message, hint = CASES[case]
    error = one(text)
    assert (error.line, error.column, error.path) == (line, column, path)
    assert error.message.startswith(message)
    assert (error.hint or "").startswith(hint or "")
    assert bool(error.hint) == bool(hint)


@pytest.mark.parametrize(
    "listen", ["{internal: 0, external: 0}", "{internal: '127.0.0.1:80', external: '10.0.0.1:80'}"]
)
def test_listeners_that_do_not_collide(listen: str) -> None:
    assert parse(f"networking: {{listen: {listen}}}\n{CAMERA}", env={}).config.cameras


def test_all_errors_come_together_in_the_order_of_lines() -> None:
    text = (
        "mqtt:\n  prot: 1883\n  host: x\nmotion:\n  threshold: loud\n"
        "cameras:\n  a:\n    ffmpeg:\n      inputs:\n        - path: rtsp://{FRIGATE_X}/\n    detekt: {}\n"
        "  b:\n    detect: {fps: 0}\n"
    )
    assert [(error.line, error.path) for error in errors(text)] == [
        (2, "mqtt.*"),  # where a password may stand in the place of a key
        (5, "motion.threshold"),
        (10, "cameras.a.ffmpeg.inputs.0.path"),
        (11, "cameras.a.detekt"),
        (12, "cameras.b"),
        (13, "cameras.b.detect.fps"),
    ]


def test_the_text_has_one_line_an_error_and_names_the_file() -> None:
    with pytest.raises(ConfigErrors) as caught:
        parse("tls:\n  enabeld: false\n", env={})
    assert str(caught.value) == (
        "config.yml: line 2, column 3: tls.enabeld: unknown key 'enabeld' (did you mean 'enabled'?)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "mqtt:\n  host: x\n  user: u\n  password: [hunter2]\n",
        "cameras:\n  a: {ffmpeg: {inputs: [{path: 'rtsp://u:hunter2@h', roles: [detetc]}]}}\n",
        "motion:\n  threshold: rtsp://u:hunter2@h\n",
    ],
)
def test_errors_hold_no_secrets(text: str) -> None:
    assert all("hunter2" not in str(vars(error)) for error in errors(text))


def test_a_file_that_multiplies_itself_is_refused() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    assert any("multiply too much" in error.message for error in errors("\n".join(lines)))


def test_an_alias_to_itself_is_refused() -> None:
    assert any("refer to themselves" in error.message for error in errors("cameras: &a\n  b: *a\n"))


def test_nesting_without_end_is_refused() -> None:
    assert any("nested too deeply" in error.message for error in errors("a: " + "[" * 20_000))


@pytest.mark.parametrize("text", ['a: "\\uD800"', '"\\uDFFF": 1', 'a: [x, "y\\uDC00"]'], ids=["value", "key", "item"])
def test_half_a_character_is_refused(text: str) -> None:
    """It would make every answer with the configuration fail, because no UTF-8 text can hold it."""
    found = errors(text)
    assert any("characters that are no text" in error.message for error in found)
    for error in found:
        str(error).encode()


def test_a_heap_of_errors_is_cut_off() -> None:
    assert len(errors("".join(f"nonsense_{n}: 1\n" for n in range(3000)))) == 200


def test_characters_that_no_file_has_are_reported() -> None:
    assert errors("a: \x00")
    assert errors("a: \ud800")


def test_every_unknown_name_of_a_text_is_reported() -> None:
    found = errors(CAMERA.replace("10.0.0.2", "{FRIGATE_A}:{DOGWATCH_B}@h"))
    assert [error.message for error in found] == ["{FRIGATE_A} is not known", "{DOGWATCH_B} is not known"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ('{"A=B": x}', "name"), ('{"": x}', "name"), ('{"A\\0": x}', "characters"), ('{A: "x\\0"}', "characters"),
        ('{A: "\\ud800"}', "characters"),
    ],
)  # fmt: skip
def test_variables_that_cannot_be_set_are_reported(variables: str, message: str) -> None:
    found = errors(f"environment_vars: {variables}\n{CAMERA}")
    assert [message in error.message and error.line == 1 for error in found] == [True]
