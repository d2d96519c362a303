"""Which tests wait most of the time, and which files take longest."""

WAITING = (
    "tests/e2e/",
    "tests/integration/live/test_rtsp_clients.py",
    "tests/integration/store/test_server_loss.py",
    "tests/integration/supervisor/",
    "tests/integration/workers/",
)
"""The beginnings of the paths of tests of whole processes: these wait for pictures, outages and time limits."""
COMPUTING = ("tests/integration/workers/analysis/test_street.py", "tests/integration/workers/ingest/test_streams.py")
"""Files among them that need a processor all the time."""
LONGEST = (
    "e2e/test_database.py",
    "integration/workers/ingest/test_rtsp.py",
    "e2e/test_core_kills.py",
    "e2e/test_faults.py",
    "integration/workers/ingest/test_recording.py",
    "e2e/test_database_server.py",
    "integration/supervisor/test_supervisor.py",
    "integration/workers/ingest/test_sources.py",
    "integration/workers/analysis/test_process.py",
    "e2e/test_street.py",
    "integration/workers/ingest/test_reconfigure.py",
    "e2e/test_previews.py",
    "e2e/test_reconfigure.py",
    "e2e/test_browser.py",
    "integration/store/test_server_loss.py",
    "e2e/test_quiet.py",
    "e2e/test_export_kills.py",
    "e2e/test_mounts.py",
    "e2e/test_taken_over.py",
    "integration/api/test_access.py",
    "integration/workers/analysis/test_street.py",
    "integration/workers/ingest/test_streams.py",
    "integration/store/test_events.py",
    "integration/runtime/test_reconfigure.py",
    "integration/api/test_fuzz.py",
    "integration/api/test_schemathesis.py",
    "integration/api/test_on_a_server.py",
    "integration/recordings/test_motion_search.py",
    "integration/store/test_move.py",
    "integration/importing/test_import.py",
    "integration/recordings/test_previews.py",
    "unit/config/test_whole_files.py",
    "unit/config/test_roundtrip.py",
)
"""Files that take more than half a minute, the longest first: begun late, one would run when all others are done."""


def waits(path: str) -> bool:
    """Tell whether the tests at `path`, a file or an id of a test in it, wait most of the time."""
    return path.startswith(WAITING) and not path.startswith(COMPUTING)
