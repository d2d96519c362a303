"""Reads a new file: its facts, those of all its streams, and its frame index."""

from __future__ import annotations

from typing import Any

import msgspec

from dogwatch.media import file_facts, frame_indexing
from dogwatch.media.exact_frames import exact_frames
from dogwatch.media.file_facts import FileFacts
from dogwatch.media.frame_indexing import PacketSource
from dogwatch.workers.files.child import Out, TaskFile
from dogwatch.workers.files.spec import IndexTask


class Indexed(msgspec.Struct, frozen=True):
    """What is known of a file, and the facts of all its streams."""

    facts: FileFacts
    probe: dict[str, Any]


def run(_task: IndexTask, source: TaskFile, out: Out) -> Indexed:
    """Write the file's `frames.idx`; tell the share that is done."""
    with source.open() as container:
        probe = file_facts.probe(container)
        index = frame_indexing.build(container, PacketSource(source.size_bytes, source.descriptor), out.tell)
        _, frame = next(exact_frames(container, index, 0, 0))
        facts = file_facts.facts_of(container, index, frame)
    out.write(index.encode())
    return Indexed(facts, probe)
