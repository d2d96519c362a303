"""Sends pictures to a labelling service over HTTP (docs/dataset.md describes what it must answer)."""

from __future__ import annotations

import json
import re
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any

from dogwatch.dataset.labelled_picture import LabelledPicture
from dogwatch.errors import DogwatchError

TIMEOUT_S = 15.0
LONGEST_ANSWER = 64 << 10
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


class UploadError(DogwatchError):
    """The service has not taken a picture."""

    status = 400


@dataclass(frozen=True, slots=True)
class LabellingService:
    """A service at the address `url`, which knows us by `key`."""

    url: str
    key: str

    def submit(self, sample: LabelledPicture, jpeg: bytes) -> str:
        """Send a picture and its boxes; return the id that the service gives it. Waits; for worker threads.

        Raises:
            UploadError: The service has not taken it.
        """
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="annotation"\r\n'
            f"Content-Type: application/json\r\n\r\n{json.dumps(annotation(sample))}\r\n"
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{sample.id}.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = head.encode() + jpeg + f"\r\n--{boundary}--\r\n".encode()
        answer = self._ask("POST", "/images", body, f"multipart/form-data; boundary={boundary}")
        given = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(given, str) or not _ID.fullmatch(given):
            raise UploadError("The labelling service has answered without an id")
        return given

    def correct(self, sample: LabelledPicture, plus_id: str) -> None:
        """Send the boxes of a picture that the service has already. Waits; for worker threads.

        Raises:
            UploadError: The service has not taken them.
        """
        body = json.dumps(annotation(sample)).encode()
        self._ask("PUT", f"/images/{plus_id}/annotation", body, "application/json")

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the configuration takes http and https only
            self.url.rstrip("/") + path,
            data=body,
            method=method,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": kind, "Accept": "application/json"},
        )
        try:
            with _opener.open(request, timeout=TIMEOUT_S) as answer:
                data = answer.read(LONGEST_ANSWER + 1)
        except urllib.error.HTTPError as error:
            error.close()
            raise UploadError(f"The labelling service has refused the picture with status {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:  # its text may hold the address, and that a password
            raise UploadError(f"The labelling service cannot be reached ({type(error).__name__})") from None
        if len(data) > LONGEST_ANSWER:
            raise UploadError("The labelling service has answered too much")
        try:
            return json.loads(data) if data.strip() else {}
        except (ValueError, RecursionError):  # the latter for what is nested too deeply
            raise UploadError("The labelling service has not answered JSON") from None


def annotation(sample: LabelledPicture) -> dict[str, Any]:
    """Return what the service is told of a picture; boxes are `x, y, w, h` as fractions."""
    return {
        "id": sample.id,
        "camera": sample.camera,
        "time": sample.time,
        "width": sample.width,
        "height": sample.height,
        "boxes": [
            {"label": one.label, "box": list(one.box), "score": one.score, "false_positive": one.wrong}
            for one in sample.boxes
        ],
    }


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like others: following it would send the key elsewhere."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing."""


_opener = urllib.request.build_opener(_NoRedirects)
