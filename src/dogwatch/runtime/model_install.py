"""Takes in a well-known detection model, as a job: fetched and tried in a process of its own, then put to use."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from dogwatch.api.nvr.models import KIND, use_model
from dogwatch.config.file import BusyError, ConfigFile
from dogwatch.detectors.known_models import KNOWN_MODELS
from dogwatch.errors import DogwatchError
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.recordings import encoder_process
from dogwatch.store.jobs import Job

WORDS = encoder_process.Words("the download", "downloading")
CHILD = (sys.executable, "-m", "dogwatch.runtime.model_child")
BUSY_S = 30.0


class ModelInstallSpec(msgspec.Struct, frozen=True):
    """Which model to take into `folder`; `out` is the file of the result."""

    name: str
    folder: str
    out: str


def fresh_file(folder: Path, name: str) -> Path:
    """Return where a model is until it has been tried."""
    return folder / f".{name}.new.onnx"


class ModelInstallKind:
    """The kind of job; see `JobKind`."""

    name = KIND
    workers = 1
    queue_limit = 1

    def __init__(self, folder: Path, scratch: Path) -> None:
        """Take models into `folder`, and let the process write its result into `scratch`."""
        self._folder, self._scratch = folder, scratch
        self.config_file: Callable[[], ConfigFile | None] = lambda: None
        """Returns who changes the configuration."""

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Fetch it, try it, and put it to use if that is wanted; return what it is.

        Raises:
            JobError: It cannot be fetched, or cannot be used.
        """
        name = str(job.params["name"])
        if name not in KNOWN_MODELS:
            raise JobError(f"there is no known model {name}")
        out = self._out(job)
        encoder_process.encode(ModelInstallSpec(name, str(self._folder), str(out)), control, CHILD, WORDS)
        try:
            found: dict[str, Any] = json.loads(out.read_bytes())
        except (OSError, ValueError) as error:
            raise JobError("the result of the download cannot be read") from error
        out.unlink(missing_ok=True)
        if job.params.get("use"):
            self._use(self._folder / f"{name}.onnx", control)
        return {**found, "used": bool(job.params.get("use"))}

    def undo(self, job: Job) -> None:
        """Remove the process's files; what has arrived of the model stays, so that the next try goes on from there."""
        self._out(job).unlink(missing_ok=True)
        fresh_file(self._folder, str(job.params["name"])).unlink(missing_ok=True)

    def settle(self, connection: Connection, job: Job) -> None:
        """Change no rows."""

    def _out(self, job: Job) -> Path:
        return self._scratch / f"{job.id}.json"

    def _use(self, model: Path, control: JobControl) -> None:
        control.step("configuring", 99)
        file, until = self.config_file(), time.monotonic() + BUSY_S
        while file is not None:
            try:
                use_model(file, model)
                return
            except BusyError as error:
                if time.monotonic() > until:
                    raise JobError(str(error)) from error
                control.check()
                time.sleep(0.2)
            except DogwatchError as error:
                raise JobError(f"the model is there, but cannot be put to use: {error}") from error
