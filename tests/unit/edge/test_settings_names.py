"""Settings have the names that clients know, and no others."""

import threading
from pathlib import Path

from dogwatch.edge.files import StateFile
from dogwatch.edge.settings import Settings
from dogwatch.edge.settings_schema import EdgeSettings


def test_unknown_keys_that_are_names_of_fields_mean_nothing(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "settings" / "settings.json", threading.RLock())
    file.write({"isp": 5, "auth": {"enabled": True, "token": "x"}})
    found = Settings(tmp_path, file.lock).current
    assert found.document() == EdgeSettings().document() | {"isp": 5, "auth": {"enabled": True, "token": "x"}}
    assert not found.auth.enabled
