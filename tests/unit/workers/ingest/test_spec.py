"""Which changes of its spec a running ingest process follows."""

from __future__ import annotations

import msgspec
from msgspec import structs

from dogwatch.workers.ingest.spec import FOLLOWED, IngestSpec, InputSpec, hot

SPEC = IngestSpec(
    run_dir="/run",
    camera="front",
    inputs=(InputSpec(url="rtsp://x", roles=("record",)),),
    media_root="/m",
    ring_dir="/s",
)


def test_fields_that_are_followed_exist() -> None:
    assert set(FOLLOWED) < set(SPEC.__struct_fields__)


def test_what_is_followed_and_what_needs_a_new_process() -> None:
    assert hot(SPEC, structs.replace(SPEC, record=False, detect_fps=9.0))
    assert not hot(SPEC, structs.replace(SPEC, inputs=(InputSpec(url="rtsp://y", roles=("record",)),)))
    assert not hot(SPEC, structs.replace(SPEC, media_root="/other", record=False))


class LaterSpec(IngestSpec, frozen=True, kw_only=True):
    """The spec of a later version, whose new field nobody passes on."""

    later: int = 0


def test_a_new_field_that_nobody_passes_on_needs_a_new_process() -> None:
    old = msgspec.convert(msgspec.to_builtins(SPEC), LaterSpec)
    assert hot(old, old)
    assert not hot(old, structs.replace(old, later=1))
