"""`python -m dogwatch.ingest`: runs one camera; its `IngestSpec` comes as one JSON line on standard input."""

from __future__ import annotations

import logging
import os
import sys

from dogwatch.bus.child import on_leave, read_spec, start_logging
from dogwatch.bus.specs import IngestSpec
from dogwatch.ingest.process import CameraIngest


def main() -> None:
    """Run until the parent has gone or says so."""
    spec = read_spec(IngestSpec)
    start_logging(f"ingest.{spec.camera}", spec.log_level)
    ingest = CameraIngest(spec)
    on_leave(ingest.stop)
    ingest.run()
    logging.shutdown()
    sys.stderr.flush()
    # A thread may still wait in libav for a camera that is silent; there is nothing left to lose.
    os._exit(0)


if __name__ == "__main__":
    main()
