from pathlib import Path

import pytest

from dogwatch.outputs.mqtt.retained_topics import RetainedTopics


def test_they_are_of_one_broker(tmp_path: Path) -> None:
    path = tmp_path / "topics.json"
    topics = RetainedTopics(path)
    assert topics.at("home:1883") == set()
    topics.note("home:1883", {"frigate/b", "frigate/a"})
    again = RetainedTopics(path)
    assert again.at("home:1883") == {"frigate/a", "frigate/b"}
    assert again.at("other:1883") == set()


def test_what_is_known_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "topics.json"
    topics = RetainedTopics(path)
    topics.note("home:1883", ["a"])
    path.unlink()
    topics.note("home:1883", ["a"])
    assert not path.exists()
    topics.note("home:1883", ["b"])
    assert path.exists()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"broker": 1, "topics": []}', "\x00"])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "topics.json"
    path.write_text(text)
    topics = RetainedTopics(path)
    assert topics.at("home:1883") == set()
    topics.note("home:1883", ["a"])
    assert RetainedTopics(path).at("home:1883") == {"a"}


def test_a_disk_that_is_gone_is_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    RetainedTopics(tmp_path / "none" / "topics.json").note("home:1883", ["a"])
    assert "cannot be written down" in caplog.text
