"""What routes answer that change something."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType


class DoneAnswer(Struct):
    """It was done."""

    success: Literal[True]
    message: str


class BareDoneAnswer(Struct):
    """It was done, without a sentence."""

    success: Literal[True]


class ConfigDoneAnswer(DoneAnswer):
    """The configuration was changed; `changes` says what of the one in force, a line each."""

    changes: list[str] | UnsetType = UNSET


class EventsDeletedAnswer(Struct):
    """Which events were deleted, and which there are not."""

    success: Literal[True]
    deleted_events: list[str]
    not_found_events: list[str]


class EventMadeAnswer(DoneAnswer):
    """A manual event has begun."""

    event_id: str


class PlusAnswer(Struct):
    """A picture was sent to the dataset, or to a labelling service."""

    success: Literal[True]
    plus_id: str


class FramePlusAnswer(DoneAnswer):
    """A recorded frame was sent likewise."""

    plus_id: str


class RangeDeletedAnswer(DoneAnswer):
    """Recordings were deleted: how many, and how many were kept."""

    deleted: int
    kept: int


class SearchBegunAnswer(DoneAnswer):
    """A search has begun."""

    job_id: str


class ExportQueuedAnswer(DoneAnswer):
    """An export waits to be made."""

    export_id: str
    status: Literal["queued"]


class UserNameAnswer(Struct):
    """An account was made."""

    username: str


class SessionsEndedAnswer(Struct):
    """Sessions were ended, so many."""

    success: Literal[True]
    ended: int


class PlateReadAnswer(DoneAnswer):
    """A licence plate was read; `name` is what the configuration calls it."""

    plate: str
    score: float
    name: str | None


class FaceKeptAnswer(DoneAnswer):
    """A picture of a face was kept or moved: the name of its file."""

    file: str


class FaceSeenAnswer(Struct):
    """Whose face is in a picture; `unknown` for nobody who is known."""

    success: Literal[True]
    face_name: str
    score: float


class FaceReprocessedAnswer(DoneAnswer):
    """Whose face an attempt shows, and the new name of its file."""

    face_name: str
    score: float
    training_file: str
