"""A simulated ONVIF camera: a SOAP server on a free port of this machine, which turns over a large picture."""

# ruff: noqa: N802 - operations are named as in the standard

from __future__ import annotations

import base64
import hashlib
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

USER, PASSWORD = "admin", "a secret & more"
SPACES = "http://www.onvif.org/ver10/tptz"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"'
    ' xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:timg="http://www.onvif.org/ver20/imaging/wsdl"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema"><s:Body>'
)
TAIL = "</s:Body></s:Envelope>"


@dataclass
class Mechanics:
    """Where the camera looks: pan and tilt from -1 to 1, zoom from 0 to 1; what it does moves with `speed` a second.

    `clock` gives seconds. The picture is `window` of the whole at zoom 0, and a third of that at zoom 1.
    """

    clock: Callable[[], float] = time.monotonic
    speed: float = 1.0
    window: float = 0.25
    position: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    velocity: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    target: list[float] | None = None
    at: float | None = None
    until: float = float("inf")

    def advance(self) -> None:
        """Move up to now."""
        now = self.clock()
        before, self.at = (now if self.at is None else self.at), now
        seconds = min(now, max(self.until, before)) - before
        for axis in range(3):
            low = -1.0 if axis < 2 else 0.0
            if self.target is not None:
                way = self.target[axis] - self.position[axis]
                step = self.speed * (now - before)
                self.position[axis] = (
                    self.target[axis] if abs(way) <= step else self.position[axis] + (step if way > 0 else -step)
                )
            else:
                self.position[axis] += self.velocity[axis] * self.speed * seconds
            self.position[axis] = min(max(self.position[axis], low), 1.0)
        if self.target is not None and self.target == self.position:
            self.target = None
        if now >= self.until:
            self.velocity = [0.0, 0.0, 0.0]

    @property
    def moving(self) -> bool:
        self.advance()
        return self.target is not None or any(self.velocity)

    @property
    def where(self) -> list[float]:
        """The position now."""
        self.advance()
        return list(self.position)

    @property
    def half(self) -> float:
        """Half of the width of what is seen, in units of the position."""
        return self.window * (1 - self.position[2] * 2 / 3)

    def turn(self, pan: float, tilt: float, zoom: float, seconds: float) -> None:
        self.advance()
        self.velocity, self.target, self.until = [pan, tilt, zoom], None, self.clock() + seconds

    def turn_by(self, pan: float, tilt: float, zoom: float) -> None:
        """Move by parts of the picture, 1 from its middle to its edge."""
        self.advance()
        there = self.position
        self.target = [there[0] + pan * self.half, there[1] + tilt * self.half, there[2] + zoom]
        self.target = [min(max(v, -1.0 if i < 2 else 0.0), 1.0) for i, v in enumerate(self.target)]

    def go_to(self, pan: float, tilt: float, zoom: float) -> None:
        self.advance()
        self.target = [pan, tilt, zoom]

    def zoom_to(self, zoom: float) -> None:
        self.advance()
        self.target = [*self.position[:2], zoom]

    def halt(self) -> None:
        self.advance()
        self.velocity, self.target = [0.0, 0.0, 0.0], None

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """Return where something at a position is in the picture, from -1 to 1 to the right and up."""
        self.advance()
        return (x - self.position[0]) / self.half, (y - self.position[1]) / self.half


@dataclass
class OnvifStandIn:
    """The camera; `asked` are the operations in order, with what was in them. `hang_s` delays every answer."""

    port: int = 0
    certificate: Path | None = None
    mechanics: Mechanics = field(default_factory=Mechanics)
    presets: dict[str, tuple[str, tuple[float, float, float]]] = field(
        default_factory=lambda: {"1": ("Home", (0.0, 0.0, 0.0)), "2": ("Gate", (0.5, -0.25, 0.5))}
    )
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ptz: bool = True
    fov: bool = True
    focus: bool = True
    status: bool = True
    hang_s: float = 0.0
    refused: int = 0
    focus_speed: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def url(self) -> str:
        return f"{'https://localhost' if self.certificate else 'http://127.0.0.1'}:{self.port}"

    def operations(self) -> list[str]:
        with self.lock:
            return [name for name, _ in self.asked]

    def answer(self, body: bytes) -> tuple[int, str]:
        """Return status and envelope for a request."""
        time.sleep(self.hang_s)
        root = ElementTree.fromstring(body)
        envelope = "{http://www.w3.org/2003/05/soap-envelope}"
        asked = next(iter(root.find(f"{envelope}Body")))  # type: ignore[arg-type]
        name = asked.tag.rpartition("}")[2]
        service = {"ptz": "tptz", "imaging": "timg", "media": "trt", "device": "tds"}[asked.tag.split("/")[-2]]
        values = {
            "/".join((one.tag.rpartition("}")[2], key)): value
            for one in asked.iter()
            for key, value in one.attrib.items()
        } | {one.tag.rpartition("}")[2]: (one.text or "").strip() for one in asked.iter()}
        if name != "GetSystemDateAndTime" and not self._knows(root):
            self.refused += 1
            return 400, self._fault("ter:NotAuthorized", "Sender not authorized")
        with self.lock:
            self.asked.append((name, values))
            made = getattr(self, f"_{service}_{name}", None)
            if made is None:
                return 500, self._fault("ter:ActionNotSupported", f"no {name}")
            return 200, f"{HEAD}<{service}:{name}Response>{made(values)}</{service}:{name}Response>{TAIL}"

    def _fault(self, code: str, text: str) -> str:
        return (
            f'{HEAD}<s:Fault xmlns:ter="http://www.onvif.org/ver10/error"><s:Code><s:Value>s:Sender</s:Value><s:Subcode>'
            f'<s:Value>{code}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">{text}</s:Text></s:Reason>'
            f"</s:Fault>{TAIL}"
        )

    def _knows(self, root: ElementTree.Element) -> bool:
        """Whether the request has the digest of the password (WS-Security, UsernameToken)."""
        found = {one.tag.rpartition("}")[2]: one.text or "" for one in root.iter()}
        if not {"Username", "Password", "Nonce", "Created"} <= found.keys():
            return False
        text = base64.b64decode(found["Nonce"]) + found["Created"].encode() + PASSWORD.encode()
        digest = base64.b64encode(hashlib.sha1(text).digest()).decode()
        return found["Username"] == USER and found["Password"] == digest

    def _tds_GetSystemDateAndTime(self, _: Any) -> str:
        now = time.gmtime()
        return (
            "<tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
            f"<tt:UTCDateTime><tt:Time><tt:Hour>{now.tm_hour}</tt:Hour><tt:Minute>{now.tm_min}</tt:Minute>"
            f"<tt:Second>{now.tm_sec}</tt:Second></tt:Time><tt:Date><tt:Year>{now.tm_year}</tt:Year>"
            f"<tt:Month>{now.tm_mon}</tt:Month><tt:Day>{now.tm_mday}</tt:Day></tt:Date></tt:UTCDateTime>"
            "</tds:SystemDateAndTime>"
        )

    def _tds_GetServices(self, _: Any) -> str:
        names = ["ver10/device/wsdl", "ver10/media/wsdl"]
        names += ["ver20/ptz/wsdl", "ver20/imaging/wsdl"] if self.ptz else []
        return "".join(
            f"<tds:Service><tds:Namespace>http://www.onvif.org/{one}</tds:Namespace><tds:XAddr>{self.url}/onvif/x"
            "</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>6</tt:Minor></tds:Version></tds:Service>"
            for one in names
        )

    def _tds_GetDeviceInformation(self, _: Any) -> str:
        return (
            "<tds:Manufacturer>Dogwatch</tds:Manufacturer><tds:Model>Stand-in</tds:Model><tds:FirmwareVersion>1.2"
            "</tds:FirmwareVersion><tds:SerialNumber>42</tds:SerialNumber><tds:HardwareId>h</tds:HardwareId>"
        )

    def _trt_GetProfiles(self, _: Any) -> str:
        ptz = (
            '<tt:PTZConfiguration token="ptz0"><tt:Name>ptz</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>node'
            f"</tt:NodeToken><tt:DefaultRelativePanTiltTranslationSpace>{SPACES}/PanTiltSpaces/TranslationGenericSpace"
            "</tt:DefaultRelativePanTiltTranslationSpace>"
            f"<tt:DefaultRelativeZoomTranslationSpace>{SPACES}/ZoomSpaces/TranslationGenericSpace"
            "</tt:DefaultRelativeZoomTranslationSpace>"
            f"<tt:DefaultContinuousPanTiltVelocitySpace>{SPACES}/PanTiltSpaces/VelocityGenericSpace"
            "</tt:DefaultContinuousPanTiltVelocitySpace>"
            f"<tt:DefaultContinuousZoomVelocitySpace>{SPACES}/ZoomSpaces/VelocityGenericSpace"
            "</tt:DefaultContinuousZoomVelocitySpace><tt:DefaultPTZTimeout>PT5S</tt:DefaultPTZTimeout>"
            "</tt:PTZConfiguration>"
            if self.ptz
            else ""
        )
        return "".join(
            f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{name}</tt:Name>'
            '<tt:VideoSourceConfiguration token="vs"><tt:Name>v</tt:Name><tt:UseCount>2</tt:UseCount>'
            "<tt:SourceToken>source0"
            '</tt:SourceToken><tt:Bounds x="0" y="0" width="1920" height="1080"/></tt:VideoSourceConfiguration>'
            f'<tt:VideoEncoderConfiguration token="ve{token}"><tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount>'
            f"<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
            f"</tt:Resolution><tt:Quality>4</tt:Quality><tt:RateControl><tt:FrameRateLimit>{fps}</tt:FrameRateLimit>"
            "<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl>"
            "<tt:H264><tt:GovLength>30</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264>"
            "<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address>"
            "<tt:Port>0</tt:Port><tt:TTL>0</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>"
            f"<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration>{ptz}</trt:Profiles>"
            for token, name, width, height, fps in (("t0", "main", 1920, 1080, 25), ("t1", "sub", 640, 360, 10))
        )

    def _trt_GetStreamUri(self, values: dict[str, str]) -> str:
        return (
            f"<trt:MediaUri><tt:Uri>rtsp://127.0.0.1:554/{values['ProfileToken']}</tt:Uri><tt:InvalidAfterConnect>false"
            "</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout>"
            "</trt:MediaUri>"
        )

    def _trt_GetSnapshotUri(self, values: dict[str, str]) -> str:
        return self._trt_GetStreamUri(values).replace("rtsp://127.0.0.1:554/", f"{self.url}/snapshot/")

    def _tptz_GetConfigurationOptions(self, _: Any) -> str:
        whole = (
            "<tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange><tt:YRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max>"
            "</tt:YRange>"
        )
        line = "<tt:XRange><tt:Min>0</tt:Min><tt:Max>1</tt:Max></tt:XRange>"
        fov = (
            "<tt:RelativePanTiltTranslationSpace>"
            f"<tt:URI>{SPACES}/PanTiltSpaces/TranslationSpaceFov</tt:URI>{whole}</tt:RelativePanTiltTranslationSpace>"
            if self.fov
            else ""
        )
        return (
            "<tptz:PTZConfigurationOptions><tt:Spaces><tt:AbsoluteZoomPositionSpace>"
            f"<tt:URI>{SPACES}/ZoomSpaces/PositionGenericSpace</tt:URI>{line}</tt:AbsoluteZoomPositionSpace>"
            "<tt:RelativePanTiltTranslationSpace>"
            f"<tt:URI>{SPACES}/PanTiltSpaces/TranslationGenericSpace</tt:URI>{whole}</tt:RelativePanTiltTranslationSpace>"
            f"{fov}</tt:Spaces><tt:PTZTimeout><tt:Min>PT1S</tt:Min><tt:Max>PT60S</tt:Max></tt:PTZTimeout>"
            "</tptz:PTZConfigurationOptions>"
        )

    def _tptz_GetPresets(self, _: Any) -> str:
        return "".join(
            f'<tptz:Preset token="{token}"><tt:Name>{name}</tt:Name></tptz:Preset>'
            for token, (name, _) in self.presets.items()
        )

    def _tptz_ContinuousMove(self, values: dict[str, str]) -> str:
        seconds = re.fullmatch(r"PT(?:(\d+)M)?(?:(\d+)S)?", values.get("Timeout", "PT5S"))
        assert seconds, values
        limit = 60 * int(seconds[1] or 0) + int(seconds[2] or 0)
        self.mechanics.turn(*self._vector(values), limit)
        return ""

    def _tptz_RelativeMove(self, values: dict[str, str]) -> str:
        self.mechanics.turn_by(*self._vector(values))
        return ""

    def _tptz_AbsoluteMove(self, values: dict[str, str]) -> str:
        self.mechanics.zoom_to(float(values["Zoom/x"]))
        return ""

    def _tptz_GotoPreset(self, values: dict[str, str]) -> str:
        self.mechanics.go_to(*self.presets[values["PresetToken"]][1])
        return ""

    def _tptz_Stop(self, _: Any) -> str:
        self.mechanics.halt()
        return ""

    def _tptz_GetStatus(self, _: Any) -> str:
        moving = "MOVING" if self.mechanics.moving else "IDLE"
        pan, tilt, zoom = self.mechanics.position
        state = f"<tt:MoveStatus><tt:PanTilt>{moving}</tt:PanTilt><tt:Zoom>{moving}</tt:Zoom></tt:MoveStatus>"
        return (
            f'<tptz:PTZStatus><tt:Position><tt:PanTilt x="{pan}" y="{tilt}"/><tt:Zoom x="{zoom}"/></tt:Position>'
            f"{state if self.status else ''}<tt:UtcTime>2026-01-01T00:00:00Z</tt:UtcTime></tptz:PTZStatus>"
        )

    def _timg_GetMoveOptions(self, _: Any) -> str:
        speed = "<tt:Continuous><tt:Speed><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:Speed></tt:Continuous>"
        return f"<timg:MoveOptions>{speed if self.focus else ''}</timg:MoveOptions>"

    def _timg_Move(self, values: dict[str, str]) -> str:
        self.focus_speed = float(values["Speed"])
        return ""

    def _timg_Stop(self, _: Any) -> str:
        self.focus_speed = 0.0
        return ""

    def _vector(self, values: dict[str, str]) -> tuple[float, float, float]:
        found = [float(values.get(key) or 0) for key in ("PanTilt/x", "PanTilt/y", "Zoom/x")]
        return found[0], found[1], found[2]


@contextmanager
def onvif_camera(**given: Any) -> Iterator[OnvifStandIn]:
    """Run a camera."""
    camera = OnvifStandIn(**given)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_POST(self) -> None:
            status, text = camera.answer(self.rfile.read(int(self.headers["Content-Length"])))
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Who asks may hang up."""

    server = Server(("127.0.0.1", 0), Handler)
    camera.port = server.server_address[1]
    if camera.certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(camera.certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="onvif camera")
    thread.start()
    try:
        yield camera
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
