"""The benchmark of the analysis names the functions that it times; renaming one must not break it unnoticed."""

from typing import Any

import bench.analysis


class Names(bench.analysis.Stages):
    """Notes which functions would be timed, and leaves them as they are."""

    def watch(self, owner: Any, name: str, stage: str) -> None:
        self.calls[stage] = int(callable(getattr(owner, name, None)))


def test_every_stage_is_a_function() -> None:
    names = Names()
    bench.analysis.watch_all(names)
    assert [stage for stage, found in names.calls.items() if not found] == []
