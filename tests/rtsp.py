"""A real RTSP server for tests: GStreamer's, in a process of its own, which can be killed and started again.

It needs the system's Python with `gi` and GstRtspServer 1.0 (Debian: gir1.2-gst-rtsp-server-1.0,
gstreamer1.0-plugins-good); tests are skipped where these are missing.
"""

import functools
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType

import pytest

PYTHON = "/usr/bin/python3"
VERSIONS = "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')\n"
PROBE = VERSIONS + "from gi.repository import Gst, GstRtspServer"
SERVER = (
    VERSIONS
    + """
import sys
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
port, launch, login = sys.argv[1:4]
server = GstRtspServer.RTSPServer()
server.set_address('127.0.0.1')
server.set_service(port)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(launch)
factory.set_shared(False)
if login:
    user, password = login.split(':', 1)
    token = GstRtspServer.RTSPToken()
    token.set_string('media.factory.role', user)
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(user, 'media.factory.access', True)
    permissions.add_permission_for_role(user, 'media.factory.construct', True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory('/cam', factory)
if not server.attach(None):
    sys.exit('no port')
print('ready', flush=True)
GLib.MainLoop().run()
"""
)
VIDEO = {
    "h264": "h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "hevc": "h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1",
}
AUDIO = {
    "aac": "demux.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97",
    "alaw": "audiotestsrc ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8",
    "mulaw": "audiotestsrc ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0",
    "opus": "audiotestsrc ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97",
    "none": "",
}
PATTERN = "videotestsrc is-live=true ! video/x-raw,format=I420,width=640,height=480,framerate=10/1"
MJPEG = f"( {PATTERN} ! jpegenc ! rtpjpegpay name=pay0 )"


def serving(path: Path, video: str = "h264", audio: str = "none") -> str:
    """Return a pipeline that serves the MP4 file `path` in real time, from its beginning for each client."""
    return f"( filesrc location={path} ! qtdemux name=demux demux.video_0 ! queue ! {VIDEO[video]} {AUDIO[audio]} )"


@functools.cache
def _available() -> bool:
    try:
        return subprocess.run([PYTHON, "-c", PROBE], capture_output=True, timeout=30, check=False).returncode == 0
    except OSError:
        return False


def free_port() -> int:
    """Return a TCP port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RtspServer:
    """A server of one stream at `url`; `kill` and `start` it as a camera loses power and gets it back."""

    def __init__(self, launch: str, *, login: str = "") -> None:
        """Start serving the pipeline `launch`; `login` is `user:password` or empty."""
        if not _available():
            pytest.skip("no GStreamer RTSP server: /usr/bin/python3 has no gi with GstRtspServer 1.0")
        self.port, self._launch, self._login = free_port(), launch, login
        self.url = f"rtsp://127.0.0.1:{self.port}/cam"
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        """Start on the same port as before."""
        self._process = subprocess.Popen(
            [PYTHON, "-c", SERVER, str(self.port), self._launch, self._login], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("the RTSP server did not start")

    def kill(self) -> None:
        """Kill the server without a farewell."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def freeze(self) -> None:
        """Stop sending while the connection stays open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def __enter__(self) -> "RtspServer":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()
