"""Rules that hold between keys (docs/configuration.md). They report; they change nothing."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path

from dogwatch.config import inputs, labels, source_options, stream_sources
from dogwatch.config.auth import ListenConfig
from dogwatch.config.base import NAME
from dogwatch.config.camera import CameraConfig
from dogwatch.config.detectors import BUILT_IN, OWN_TYPES, installed
from dogwatch.config.ffmpeg import has_role
from dogwatch.config.keys import similar
from dogwatch.config.problems import Mark, Report
from dogwatch.config.profiles import LONGEST_NAME, NO_PROFILE
from dogwatch.config.root import Config
from dogwatch.config.sound_labels import TAKEN, sound_labels
from dogwatch.config.tree import Map, locate

RESERVED = frozenset(
    {
        "audio_labels",
        "auth",
        "birdseye",
        "camera",
        "cameras",
        "cases",
        "chat",
        "classification",
        "clips",
        "config",
        "events",
        "event_ids",
        "explore",
        "export",
        "exports",
        "faces",
        "ffmpeg",
        "ffprobe",
        "genai",
        "go2rtc",
        "health",
        "jobs",
        "keyframe_analysis",
        "labels",
        "login",
        "logout",
        "logs",
        "lpr",
        "media",
        "metrics",
        "notifications",
        "nvinfo",
        "plus",
        "preview",
        "profile",
        "profiles",
        "recordings",
        "recognized_license_plates",
        "restart",
        "review",
        "review_ids",
        "reviews",
        "share",
        "stats",
        "sub_labels",
        "timeline",
        "triggers",
        "users",
        "vainfo",
        "version",
        "vod",
        "zones",
    }
)
"""First parts of fixed API paths, which hide a camera of the same name (docs/api/config.md)."""


def names(name: str, tree: Map, mark: Mark | None, report: Report) -> None:
    """Check the name of a camera and of its zones."""
    if not re.fullmatch(NAME, name):
        report.error(mark, f"camera name '{name}' may have letters, digits, '_' and '-' only")
    elif name in RESERVED:
        report.notice(mark, f"'{name}' is also a part of the API; some addresses will not reach this camera")
    zones = tree.get("zones")
    if not isinstance(zones, Map):
        return
    for zone in zones:
        if not re.fullmatch(NAME, zone):
            report.error(zones.marks.get(zone), f"zone name '{zone}' may have letters, digits, '_' and '-' only")


def camera(config: CameraConfig, tree: Map, base: Config | None, mark: Mark | None, report: Report) -> None:
    """Check one camera, with the global sections merged in."""
    _roles(config, tree, mark, report)
    _zones(config, tree, mark, report)
    _inputs(config, tree, base, mark, report)
    tracking = config.onvif.autotracking
    if tracking.enabled and not tracking.required_zones:
        place = locate(tree, ("onvif", "autotracking", "enabled")) or mark
        report.error(place, "autotracking needs required_zones")
    if config.lpr.enabled and importlib.util.find_spec("rapidocr") is None:
        place = locate(tree, ("lpr", "enabled")) or mark
        report.notice(place, "plates are not read: pip install 'dogwatch[plates]'")
    if config.audio.enabled and not (base and base.audio.model.path):
        place = locate(tree, ("audio", "enabled")) or mark
        report.notice(place, "loud noises are noticed, but not told apart: `listen` has no effect without audio.model")
    if config.detect.enabled and not config.motion.enabled:
        place = locate(tree, ("motion", "enabled")) or mark
        report.notice(place, f"motion detection of camera '{config.name}' stays on, because object detection needs it")


def _roles(config: CameraConfig, tree: Map, mark: Mark | None, report: Report) -> None:
    sources = config.ffmpeg.inputs
    place = locate(tree, ("ffmpeg", "inputs")) or mark
    taken: set[str] = set()
    for index, source in enumerate(sources):
        here = locate(tree, ("ffmpeg", "inputs", index, "roles")) or place
        if not source.roles:
            report.error(here, "an input needs roles when there are several", "expected some of detect, record, audio")
        for role in source.roles:
            if role in taken:
                report.error(here, f"role '{role}' is given to two inputs of camera '{config.name}'")
            taken.add(role)
    if not has_role(sources, "detect"):
        report.error(place, f"no input of camera '{config.name}' has the role detect")
    for role, section, enabled in (
        ("record", "record", config.record.enabled),
        ("audio", "audio", config.audio.enabled),
    ):
        if enabled and not has_role(sources, role):
            report.error(place, f"{section} is enabled but no input of camera '{config.name}' has the role {role}")


def _zones(config: CameraConfig, tree: Map, mark: Mark | None, report: Report) -> None:
    demands: tuple[tuple[tuple[str, ...], Iterable[str]], ...] = (
        (("snapshots",), config.snapshots.required_zones),
        (("review", "alerts"), config.review.alerts.required_zones),
        (("review", "detections"), config.review.detections.required_zones),
        (("mqtt",), config.mqtt.required_zones),
        (("onvif", "autotracking"), config.onvif.autotracking.required_zones),
    )
    for place, wanted in demands:
        for zone in wanted:
            if zone not in config.zones:
                where = locate(tree, (*place, "required_zones")) or mark
                report.error(where, f"camera '{config.name}' has no zone '{zone}'", similar(zone, config.zones))


def _inputs(config: CameraConfig, tree: Map, base: Config | None, mark: Mark | None, report: Report) -> None:
    streams = base.go2rtc.streams if base else {}
    for index, source in enumerate(config.ffmpeg.inputs):
        place = locate(tree, ("ffmpeg", "inputs", index, "path")) or mark
        path = inputs.resolved(source.path, streams)
        if (name := inputs.restream_name(path)) is not None:
            report.notice(place, f"stream '{name}' has no address of a camera: give the camera's own address here")
        own = locate(tree, ("ffmpeg", "inputs", index, "input_args")) if source.input_args else None
        where = own or locate(tree, ("ffmpeg", "input_args")) or mark
        try:
            found = inputs.input_options(path, source.input_args or config.ffmpeg.input_args)
        except ValueError as error:
            report.error(where, str(error))
            continue
        if found.ignored and where:
            for word in found.ignored:
                # Other words are not quoted: they may belong to a header with a password.
                shown = word if word.startswith("-") else "a word without an option"
                report.unused("ffmpeg.input_args", shown, where)


def whole(config: Config, cameras: frozenset[str], root: Map, report: Report) -> None:
    """Check what concerns the whole file; `cameras` are all names in it, those with errors too."""
    _streams(config, root, report)
    _listeners(config.networking.listen, root, report)
    _rtsp(config, root, report)
    _mqtt(config, root, report)
    _detectors(config, root, report)
    _sounds(config, root, report)
    _profiles(config, root, report)
    for entry in config.cameras.values():
        for path, one in [((), entry), *((("profiles", name), each) for name, each in entry.profiles.items())]:
            for zone in one.zones:
                if zone in cameras:
                    place = locate(root, ("cameras", entry.name, *path, "zones", zone))
                    report.error(place, f"zone '{zone}' of '{entry.name}' is named like a camera")
    for role, allowed in config.auth.roles.items():
        for name in allowed:
            if name not in cameras:
                report.error(locate(root, ("auth", "roles", role)), f"there is no camera '{name}'")
    for group, members in config.camera_groups.items():
        for name in members.cameras:
            if name not in cameras and name != "birdseye":
                report.notice(locate(root, ("camera_groups", group, "cameras")), f"there is no camera '{name}'")
    _oidc(config, root, report)
    _sharing(config, root, report)
    _edge(config, cameras, root, report)
    _watched(config, cameras, root, report)
    if config.proxy.default_role not in ("admin", "viewer", *config.auth.roles):
        place = locate(root, ("proxy", "default_role"))
        report.notice(place, f"role '{config.proxy.default_role}' is not known and counts as viewer")


def _sounds(config: Config, root: Map, report: Report) -> None:
    """Check the model that tells sounds apart, and what is listened for."""
    model, place = config.audio.model, locate(root, ("audio", "model"))
    if not model.path:
        return
    path, labels_path = (locate(root, ("audio", "model", name)) or place for name in ("path", "labelmap_path"))
    if importlib.util.find_spec("onnxruntime") is None:
        report.notice(path, "sounds are not told apart: pip install 'dogwatch[onnx]'")
    if not Path(model.path).is_file():
        report.notice(path, "there is no such file; sounds are not told apart")
    known = set(sound_labels(model).values())
    if not known:
        report.notice(labels_path, "audio.model needs a labelmap_path with labels: no sound has a name")
        return
    unknown: dict[str, Mark | None] = {}
    for name, camera in config.cameras.items():
        for label in camera.audio.listen if camera.audio.enabled else ():
            where = (
                locate(root, ("cameras", name, "audio", "listen")) or locate(root, ("audio", "listen")) or labels_path
            )
            if label in TAKEN:
                report.error(where, f"no sound can have the name '{label}', which is that of another topic")
            elif label not in known:
                unknown.setdefault(label, where)
    for label, where in unknown.items():
        hint = similar(label, sorted(known))
        report.notice(where, f"the model knows no sound '{label}'{f' ({hint})' if hint else ''}")


def _profiles(config: Config, root: Map, report: Report) -> None:
    for name in config.profiles:
        place = locate(root, ("profiles", name))
        if name == NO_PROFILE:
            report.error(place, f"no profile can have the name '{NO_PROFILE}', which stands for no profile")
        elif not 0 < len(name) <= LONGEST_NAME:
            report.error(place, f"expected a name of 1 to {LONGEST_NAME} characters")


def _sharing(config: Config, root: Map, report: Report) -> None:
    sharing, known = config.sharing, ("admin", "viewer", *config.auth.roles)
    for name, roles in (("roles", sharing.roles), ("blur_roles", sharing.blur_roles)):
        for role in roles:
            if role not in known:
                place = locate(root, ("sharing", name))
                report.error(place, f"role '{role}' is not known", similar(role, known))
    if sharing.default_hours > sharing.max_hours:
        place = locate(root, ("sharing", "default_hours")) or locate(root, ("sharing", "max_hours"))
        report.error(place, "sharing.default_hours is more than sharing.max_hours")


def _edge(config: Config, cameras: frozenset[str], root: Map, report: Report) -> None:
    edge, listen = config.edge, config.networking.listen
    if edge.camera is None:
        return
    if edge.camera not in cameras:
        place = locate(root, ("edge", "camera"))
        report.error(place, f"there is no camera '{edge.camera}'", similar(edge.camera, sorted(cameras)))
    if edge.port and edge.port in (listen.internal_address[1], listen.external_address[1]):
        place = locate(root, ("edge", "port")) or locate(root, ("edge",))
        report.error(place, f"another listener has port {edge.port}")


def _watched(config: Config, cameras: frozenset[str], root: Map, report: Report) -> None:
    for number, watched in enumerate(config.files.watch):
        if watched.camera not in cameras:
            place = locate(root, ("files", "watch", number, "camera"))
            report.error(place, f"there is no camera '{watched.camera}'", similar(watched.camera, sorted(cameras)))


def _oidc(config: Config, root: Map, report: Report) -> None:
    oidc, roles = config.auth.oidc, ("admin", "viewer", *config.auth.roles)
    if oidc.issuer is None:
        return
    if oidc.default_role is not None and oidc.default_role not in roles:
        place = locate(root, ("auth", "oidc", "default_role"))
        report.error(place, f"role '{oidc.default_role}' is not known")
    for role in oidc.role_map or ():
        if role not in roles:
            report.error(locate(root, ("auth", "oidc", "role_map", role)), f"role '{role}' is not known")
    if not config.auth.enabled:
        report.notice(locate(root, ("auth", "oidc")), "nobody logs in here, because auth.enabled is false")
    elif any(importlib.util.find_spec(name) is None for name in ("authlib", "httpx2")):
        place = locate(root, ("auth", "oidc"))
        report.notice(place, "auth.oidc needs a package that is missing: pip install 'dogwatch[oidc]'")


def _streams(config: Config, root: Map, report: Report) -> None:
    """Name the sources of streams that are not read, and the options that have no effect."""
    known = {*config.go2rtc.streams, *config.cameras}
    for name, entries in config.go2rtc.streams.items():
        place = locate(root, ("go2rtc", "streams", name))
        for index, entry in enumerate(entries):
            here = locate(root, ("go2rtc", "streams", name, index)) or place
            try:
                source = stream_sources.parse_source(entry, name, known)
            except source_options.SourceEntryError as error:
                report.notice(here, f"this source is not read: {error}")
                continue
            if source is not None and source.ignored and here:
                for word in source.ignored:
                    report.unused("go2rtc.streams", word, here)
        if entries and stream_sources.target(name, config.go2rtc.streams, config.cameras) is None:
            report.notice(place, f"stream '{name}' has no source that can be read")


def _listeners(listen: ListenConfig, root: Map, report: Report) -> None:
    (inner, port), (outer, other) = listen.internal_address, listen.external_address
    overlap = inner == outer or any(ipaddress.ip_address(host).is_unspecified for host in (inner, outer))
    if port and port == other and overlap:
        given = "external" if "external" in listen.model_fields_set else "internal"
        place = locate(root, ("networking", "listen", given))
        report.error(place, f"the internal and the external listener cannot both have port {port}")


def _rtsp(config: Config, root: Map, report: Report) -> None:
    rtsp, listen = config.go2rtc.rtsp, config.networking.listen
    place = locate(root, ("go2rtc", "rtsp"))
    if bool(rtsp.username) != bool(rtsp.password):
        given, other = ("username", "password") if rtsp.username else ("password", "username")
        report.error(locate(root, ("go2rtc", "rtsp", given)) or place, f"{given} needs {other} too")
    if rtsp.address is None:
        return
    host, port = rtsp.address
    if port and port in (listen.internal_address[1], listen.external_address[1]):
        report.error(locate(root, ("go2rtc", "rtsp", "listen")) or place, f"another listener has port {port}")
    paths = [source.path for camera in config.cameras.values() for source in camera.ffmpeg.inputs]
    if inputs.reads_another_server(paths, config.go2rtc.streams, port):
        message = "a camera is read from another server at port 8554, so RTSP is not offered there: choose another port"
        report.notice(locate(root, ("go2rtc", "rtsp", "listen")) or place or locate(root, ("cameras",)), message)
    if place and not (config.auth.enabled or rtsp.username) and not ipaddress.ip_address(host).is_loopback:
        report.notice(place, "nobody can log in over RTSP, so only this machine reaches it; set username and password")


def _mqtt(config: Config, root: Map, report: Report) -> None:
    mqtt = config.mqtt
    place = locate(root, ("mqtt",))
    if mqtt.enabled and not mqtt.host:
        report.error(locate(root, ("mqtt", "host")) or place, "mqtt needs a host, or 'enabled: false'")
    if (mqtt.user is None) != (mqtt.password is None):
        given, other = ("user", "password") if mqtt.user is not None else ("password", "user")
        report.error(locate(root, ("mqtt", given)) or place, f"{given} needs {other} too")
    if mqtt.tls_client_key and not mqtt.tls_client_cert:
        report.error(locate(root, ("mqtt", "tls_client_key")) or place, "tls_client_key needs tls_client_cert too")
    for name in ("tls_ca_certs", "tls_client_cert", "tls_client_key"):
        path = getattr(mqtt, name)
        if mqtt.enabled and path and not Path(path).is_file():
            report.notice(locate(root, ("mqtt", name)) or place, "there is no such file; the broker cannot be reached")


def _detectors(config: Config, root: Map, report: Report) -> None:
    for name, detector in config.detectors.items():
        if detector.type not in OWN_TYPES:
            report.error(
                locate(root, ("detectors", name, "type")),
                f"unknown detector type '{detector.type}', expected one of {', '.join(OWN_TYPES)}",
                similar(detector.type, OWN_TYPES),
            )
        elif not installed(detector.type):
            place = locate(root, ("detectors", name, "type"))
            report.notice(place, f"'{detector.type}' needs its runtime: pip install 'dogwatch[{detector.type}]'")
    if not labels.needs_model(config) and config.model.path:
        report.notice(locate(root, ("model", "path")), "the built-in detector needs no model; this one is not used")
    for name, detector in config.detectors.items():
        path = labels.model_of(config, detector).labelmap_path
        if detector.type != BUILT_IN and path and not Path(path).is_file():
            own = ("detectors", name) if detector.model else ()
            place = locate(root, (*own, "model", "labelmap_path"))
            report.notice(place, "there is no such file; the labels of COCO are used")
    known = {*labels.known_labels(config).values(), *labels.all_attributes(config.model)}
    places = {
        label: locate(root, ("cameras", entry.name, "objects", "track"))
        for entry in reversed(config.cameras.values())
        for label in entry.objects.track
        if label not in known
    }
    if places:
        marks = sorted((mark for mark in places.values() if mark), key=lambda mark: mark.line)
        report.notice(marks[0] if marks else None, f"no configured detector finds {', '.join(sorted(places))}")
