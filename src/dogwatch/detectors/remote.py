"""Asks a detection server over HTTP, by the API of DeepStack.

A region goes out as a JPEG in the form field `image`; the answer is JSON: `{"success": true, "predictions":
[{"label", "confidence", "x_min", "y_min", "x_max", "y_max"}]}`. One request at a time, bounded in time and size.

Options: `api_url` (such as `http://host:5000/v1/vision/detection`), `api_timeout` seconds (default 1), `api_key`.
"""

from __future__ import annotations

import base64
import http.client
import secrets
import urllib.error
import urllib.parse
import urllib.request

import cv2
import msgspec

from dogwatch import coco
from dogwatch.address import encode_credentials
from dogwatch.bus.messages import UNREADABLE, DetectorInfo
from dogwatch.detectors.base import Tensor
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box, Detection

LARGEST_ANSWER = 1 << 20


class _Prediction(msgspec.Struct):
    label: str
    confidence: float
    x_min: float
    y_min: float
    x_max: float
    y_max: float


class _Answer(msgspec.Struct):
    success: bool
    predictions: list[_Prediction] = []
    error: str = ""


class RemoteDetector:
    """Asks one server; see the module."""

    def __init__(self, spec: DetectorSpec) -> None:
        """Read the options; the server need not run yet.

        Raises:
            DetectorError: The address is missing or no HTTP address.
        """
        self._name = spec.name
        self._url, self._login = _split(str(spec.options.get("api_url", "")))
        if not self._url.startswith(("http://", "https://")):
            raise DetectorError(f"detector '{spec.name}': set api_url to the server's http or https address")
        self._timeout = float(spec.options.get("api_timeout", 1.0))
        self._key = str(spec.options.get("api_key", ""))
        width, height = spec.model.width or 640, spec.model.height or 640
        labels = tuple(dict.fromkeys((spec.model.labels or coco.labels("")).values()))
        self._info = DetectorInfo(spec.name, width, height, "bgr", labels, 1, min(width, height))

    @property
    def info(self) -> DetectorInfo:
        """640 x 640 unless the model section says otherwise."""
        return self._info

    def detect(self, batch: list[Tensor]) -> list[list[Detection]]:
        """Ask the server about each picture; raises DetectorError when it cannot be reached or refuses."""
        return [self._ask(picture) for picture in batch]

    def _ask(self, picture: Tensor) -> list[Detection]:
        done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
        if not done:
            raise DetectorError(f"detector '{self._name}': the region cannot be encoded")
        body, content_type = _form(jpeg.tobytes(), self._key)
        headers = {"Content-Type": content_type, **self._login}
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - http(s) only
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:  # noqa: S310 - http(s) only
                data = response.read(LARGEST_ANSWER)
            answer = msgspec.json.decode(data, type=_Answer)
        except (OSError, http.client.HTTPException, *UNREADABLE) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()  # it is the response, too
            raise DetectorError(f"detector '{self._name}': the server gave no usable answer: {error}") from error
        if not answer.success:
            reason = answer.error.replace(self._key, "*") if self._key else answer.error  # servers may quote it
            raise DetectorError(f"detector '{self._name}': the server refuses: {reason or 'no reason given'}")
        height, width = picture.shape[:2]
        found = []
        for one in answer.predictions:
            corners = (round(one.x_min), round(one.y_min), round(one.x_max), round(one.y_max))
            found.append(Detection(one.label, one.confidence, Box(*corners).clipped(width, height)))
        return sorted(found, key=lambda one: -one.score)


def make(spec: DetectorSpec) -> RemoteDetector:
    """Make the detector of `spec`; raises DetectorError as its constructor does."""
    return RemoteDetector(spec)


def _split(url: str) -> tuple[str, dict[str, str]]:
    """Move user and password from an address to a header: urllib cannot use them there, and its errors quote them."""
    try:
        parts = urllib.parse.urlsplit(encode_credentials(url))
    except ValueError:
        return "", {}
    login, _, host = parts.netloc.rpartition("@")
    if not login:
        return url, {}
    token = base64.b64encode(urllib.parse.unquote(login).encode()).decode()
    return parts._replace(netloc=host).geturl(), {"Authorization": f"Basic {token}"}


def _form(jpeg: bytes, key: str) -> tuple[bytes, str]:
    """Return a multipart form with the picture, and the key if there is one, and its content type."""
    border = f"dogwatch-{secrets.token_hex(8)}"
    parts = [
        b'Content-Disposition: form-data; name="image"; filename="region.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        + jpeg
    ]
    if key:
        parts.append(b'Content-Disposition: form-data; name="api_key"\r\n\r\n' + key.encode())
    body = b"".join(b"--" + border.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return body + b"--" + border.encode() + b"--\r\n", f"multipart/form-data; boundary={border}"
