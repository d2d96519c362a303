"""The manual names every route and every metric, and no others."""

import re
from pathlib import Path

from dogwatch.api.app import all_routes, keys
from dogwatch.auth.policy import POLICY
from dogwatch.stats.keeper import StatsKeeper
from dogwatch.stats.metrics import exposition

DOCS = Path(__file__).parents[3] / "docs"


def test_every_route_is_documented() -> None:
    rows = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \| (\w+) \| \S.* \|$", (DOCS / "api.md").read_text(), re.MULTILINE)
    documented = {(method, path): needs for method, path, needs in rows}
    present = {key: POLICY[key].name.lower() for route in all_routes() for key in keys(route)}
    assert documented == present, "docs/api.md and the app differ"
    assert len(rows) == len(documented)


def test_every_metric_is_documented(tmp_path: Path) -> None:
    keeper = StatsKeeper(["front"], media=tmp_path, scratch=tmp_path, shared_memory=tmp_path, version="1")
    snapshot = keeper.snapshot()
    snapshot["service"]["temperatures"] = {"cpu": 50.0}
    text = exposition(snapshot, {("front", "person"): 1}).decode()
    families = re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)
    documented = re.findall(r"^\| `(\w+)` \|", (DOCS / "metrics.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(families)
