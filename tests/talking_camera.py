"""A camera that one can talk through: GStreamer's RTSP server with an ONVIF backchannel, which keeps what it hears."""

import io
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import av
import numpy as np
import pytest

from tests.rtsp import PYTHON, VERSIONS, _available, free_port

SERVER = (
    VERSIONS
    + """
import sys
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
port, launch, backchannel, login = sys.argv[1:5]
server = GstRtspServer.RTSPOnvifServer.new()
server.set_address('127.0.0.1')
server.set_service(port)
factory = GstRtspServer.RTSPOnvifMediaFactory.new()
factory.set_launch(launch)
if backchannel:
    factory.set_backchannel_launch(backchannel)
factory.set_shared(False)
factory.set_media_gtype(GstRtspServer.RTSPOnvifMedia.__gtype__)
if login:
    user, password, kind = login.split(':')
    token = GstRtspServer.RTSPToken()
    token.set_string('media.factory.role', user)
    auth = GstRtspServer.RTSPAuth()
    if kind == 'digest':
        auth.set_supported_methods(2)  # GST_RTSP_AUTH_DIGEST
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(user, 'media.factory.access', True)
    permissions.add_permission_for_role(user, 'media.factory.construct', True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory('/cam', factory)
clients = []
def connected(_, client):
    print('client', flush=True)
    client.connect('closed', lambda *_: print('closed', flush=True))
server.connect('client-connected', connected)
if not server.attach(None):
    sys.exit('no port')
print('ready', flush=True)
GLib.MainLoop().run()
"""
)
# The tee lets the video run on while nobody takes it. Without it, one session in a hundred that only sends sound ended
# with an error of the whole pipeline, which nobody is told (gst-rtsp-server 1.22: "reason not-linked").
VIDEO = (
    "( videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=10/1 ! "
    "tee allow-not-linked=true ! "
    "jpegenc ! rtpjpegpay name=pay0 )"
)
RAW = "audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=8000,channels=1"
RATE = 8000
TAKEN = {
    "PCMU": ("payload=0, clock-rate=8000, encoding-name=PCMU", f"rtppcmudepay ! mulawdec ! {RAW}"),
    "PCMA": ("payload=8, clock-rate=8000, encoding-name=PCMA", f"rtppcmadepay ! alawdec ! {RAW}"),
    "G726-32": ("payload=97, clock-rate=8000, encoding-name=G726-32", "rtpg726depay"),
    "MPEG4-GENERIC": (
        "payload=98, clock-rate=16000, encoding-name=MPEG4-GENERIC, encoding-params=(string)1, streamtype=(string)5, "
        "profile-level-id=(string)1, mode=(string)AAC-hbr, sizelength=(string)13, indexlength=(string)3, "
        "indexdeltalength=(string)3, config=(string)1408",
        "rtpmp4gdepay ! aacparse ! audio/mpeg,stream-format=adts",
    ),
}


FILES = {"G726-32": ("g726le", {"sample_rate": "8000", "code_size": "4"}), "MPEG4-GENERIC": ("aac", {})}
"""What is kept encoded, since GStreamer has no decoder for it: libav's format and its options."""


class TalkingCamera:
    """A server at `url`; `heard` is what came out of its loudspeaker."""

    def __init__(self, directory: Path, taken: str = "PCMU", *, login: str = "") -> None:
        """Take sound as `taken`, none if that is empty; `login` is `user:password:basic` or `user:password:digest`."""
        if not _available():
            pytest.skip("no GStreamer RTSP server: /usr/bin/python3 has no gi with GstRtspServer 1.0")
        self._taken = taken
        self._heard, self._log = directory / "heard.raw", directory / "camera.log"
        backchannel = ""
        if taken:
            caps, kept = TAKEN[taken]
            backchannel = (
                f'( capsfilter caps="application/x-rtp, media=audio, {caps}" name=depay_backchannel ! '
                f"{kept} ! filesink location={self._heard} buffer-mode=2 sync=false async=false )"
            )
        self.port = free_port()
        self.url = f"rtsp://127.0.0.1:{self.port}/cam"
        self._out = self._log.open("w")
        self._process = subprocess.Popen(
            [PYTHON, "-c", SERVER, str(self.port), VIDEO, backchannel, login], stdout=self._out
        )
        while "ready" not in self._log.read_text():
            if self._process.poll() is not None:
                raise RuntimeError("the camera did not start")

    @property
    def heard(self) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        """The samples that were heard, at `RATE`."""
        if not self._heard.exists():
            return np.zeros(0, np.int16)
        data = self._heard.read_bytes()
        if self._taken in FILES:
            return decoded(data, *FILES[self._taken])
        return np.frombuffer(data[: len(data) // 2 * 2], np.int16)

    @property
    def connections(self) -> tuple[int, int]:
        """How many connections there were, and how many of them are closed."""
        text = self._log.read_text()
        return text.count("client"), text.count("closed")

    def freeze(self) -> None:
        """Answer nothing more."""
        self._process.send_signal(signal.SIGSTOP)

    def __enter__(self) -> "TalkingCamera":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        self._out.close()


def decoded(data: bytes, form: str, options: dict[str, str]) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Return the samples of encoded sound, at `RATE`."""
    if not data:
        return np.zeros(0, np.int16)
    resampler = av.AudioResampler("s16", "mono", RATE)
    found = []
    with suppress(av.error.InvalidDataError), av.open(io.BytesIO(data), "r", format=form, options=options) as container:
        for frame in container.decode(audio=0):
            found += [one.to_ndarray()[0] for one in resampler.resample(frame)]
    return np.concatenate(found) if found else np.zeros(0, np.int16)


def pitch(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
    """Return the strongest frequency (Hz) in what was heard."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE / len(samples))
