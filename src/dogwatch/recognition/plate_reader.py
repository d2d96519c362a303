"""The process that reads number plates: one question after the other on standard input, answers on standard output.

It finds the plate in the object's part of the picture with OpenCV's cascade unless the detector has found it, and
reads it with RapidOCR, whose package brings its models along. It holds about 170 MiB: so it is a process of its own,
which ends when there is nothing to read.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, BinaryIO

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.recognition.framed import receive, send
from dogwatch.recognition.plate_spec import JudgeText, PlateRead, PlateTexts, Question, ReadPlate, TextJudged
from dogwatch.recognition.plate_text import LONGEST_TEXT, PlateRules, cleaned, compiled, owner, usable

MARGIN = 0.12  # of a plate's box, on each side: cascades cut letters off
SHARP_HEIGHT = 64  # pixels to which a smaller plate is enlarged; the recogniser's input is 48 high
CASCADE = "haarcascade_russian_plate_number.xml"
MOST_PIXELS = 64_000_000
JUDGE_S = 0.5  # all regular expressions for one text; usual ones take microseconds

Pixels = NDArray[np.uint8]
Fractions = tuple[float, float, float, float]


class PlateReader:
    """Reads the plate in a picture."""

    def __init__(self) -> None:
        """Load the models.

        Raises:
            ImportError: RapidOCR is not installed.
        """
        from rapidocr import RapidOCR

        self._read: Any = RapidOCR(params={"Global.log_level": "error"})
        self._cascade = cv2.CascadeClassifier(cv2.data.haarcascades + CASCADE)  # type: ignore[attr-defined]

    def answer(self, asked: ReadPlate) -> PlateRead:
        """Read the plate that is asked for; empty if there is none."""
        picture = cv2.imdecode(np.frombuffer(asked.picture, np.uint8), cv2.IMREAD_COLOR)
        if picture is None or picture.shape[0] * picture.shape[1] > MOST_PIXELS:
            return PlateRead(error="the picture cannot be read")
        frame = np.asarray(picture, np.uint8)
        found = _pixels(asked.plate, frame) if asked.plate is not None else self._find(frame, asked.object)
        if found is None or (found[2] - found[0]) * (found[3] - found[1]) < asked.min_area:
            return PlateRead()
        x1, y1, x2, y2 = _grown(found, frame)
        read = self._read(_enhanced(frame[y1:y2, x1:x2], asked.enhancement), use_det=False, use_cls=False, use_rec=True)
        size = frame.shape[1], frame.shape[0]
        if not read.txts:
            return PlateRead(box=found, size=size)
        return PlateRead(str(read.txts[0]), float(read.scores[0]), found, size)

    def _find(self, frame: Pixels, inside: Fractions) -> tuple[int, int, int, int] | None:
        """Look for a plate in a part of the frame; return the largest one in pixels of the frame."""
        x1, y1, x2, y2 = _pixels(inside, frame)
        part = cv2.cvtColor(frame[y1:y2, x1:x2], cv2.COLOR_BGR2GRAY)
        if min(part.shape) < 24:
            return None
        places = self._cascade.detectMultiScale(part, 1.1, 3, minSize=(24, 8))
        if len(places) == 0:
            return None
        x, y, width, height = (int(value) for value in max(places, key=lambda place: int(place[2]) * int(place[3])))
        return x1 + x, y1 + y, x1 + x + width, y1 + y + height


def _pixels(box: Fractions, frame: Pixels) -> tuple[int, int, int, int]:
    height, width = frame.shape[:2]
    x1, y1 = max(0, round(box[0] * width)), max(0, round(box[1] * height))
    return x1, y1, max(x1 + 1, min(width, round(box[2] * width))), max(y1 + 1, min(height, round(box[3] * height)))


def _grown(box: tuple[int, int, int, int], frame: Pixels) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = box
    dx, dy = round((x2 - x1) * MARGIN), round((y2 - y1) * MARGIN)
    return max(0, x1 - dx), max(0, y1 - dy), min(frame.shape[1], x2 + dx), min(frame.shape[0], y2 + dy)


def _enhanced(plate: Pixels, strength: int) -> Pixels:
    """Return a plate enlarged to a readable height, with more contrast and sharper edges by `strength` (0 to 10)."""
    if plate.shape[0] < SHARP_HEIGHT:
        factor = SHARP_HEIGHT / plate.shape[0]
        plate = np.asarray(cv2.resize(plate, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
    if not strength:
        return plate
    luma, *colours = cv2.split(cv2.cvtColor(plate, cv2.COLOR_BGR2YCrCb))
    luma = cv2.createCLAHE(1.0 + strength / 3, (2, 4)).apply(luma)
    blurred = cv2.GaussianBlur(luma, (0, 0), 2.0)
    luma = cv2.addWeighted(luma, 1.0 + strength / 10, blurred, -strength / 10, 0)
    return np.asarray(cv2.cvtColor(cv2.merge([luma, *colours]), cv2.COLOR_YCrCb2BGR), np.uint8)


class PatternTooSlowError(Exception):
    """Regular expressions take longer than `JUDGE_S`."""


def judge(asked: JudgeText) -> TextJudged:
    """Say what a text means, within `JUDGE_S`; to be called in the main thread of a process of its own.

    The interpreter handles signals while it matches a regular expression, which nothing else can interrupt.
    """
    if len(asked.text) > LONGEST_TEXT:
        return TextJudged()
    rules, setting = _compiled(asked.texts), "replace_rules"
    signal.signal(signal.SIGALRM, _too_slow)
    try:
        signal.setitimer(signal.ITIMER_REAL, JUDGE_S)
        try:
            text = cleaned(asked.text, rules)
            setting = "format"
            fits = usable(text, rules)
            setting = "known_plates"
            name = owner(text, rules) if fits else None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except PatternTooSlowError:
        return TextJudged(error=f"a regular expression of lpr.{setting} takes too long")
    return TextJudged(text, fits, name)


def _too_slow(_signal: int, _frame: object) -> None:
    raise PatternTooSlowError


def _compiled(texts: PlateTexts) -> PlateRules:
    """Return the rules of `texts`, compiled once."""
    key = msgspec.msgpack.encode(texts)
    if key not in _RULES:
        _RULES.clear()
        _RULES[key] = compiled(texts)
    return _RULES[key]


_RULES: dict[bytes, PlateRules] = {}


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there are no more questions."""
    reader: PlateReader | None = None
    decoder = msgspec.msgpack.Decoder(Question)
    while (data := receive(questions)) is not None:
        asked = decoder.decode(data)
        try:
            if isinstance(asked, JudgeText):
                answer: PlateRead | TextJudged = judge(asked)
            else:
                reader = reader or PlateReader()
                answer = reader.answer(asked)
        except ImportError:
            raise
        except Exception as error:  # noqa: BLE001 - one picture must not cost the next ones; the other side logs it
            text = f"{type(error).__name__}: {error}"[:300]
            answer = TextJudged(error=text) if isinstance(asked, JudgeText) else PlateRead(error=text)
        send(answers, answer)


def main() -> None:
    """Serve standard input and output; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    cv2.setNumThreads(1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
