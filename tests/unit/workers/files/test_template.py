"""How the template of file workers keeps one waiting."""

import errno
import os

import pytest

from dogwatch.workers.files import template
from dogwatch.workers.files.template import REST_S, Spares


def test_one_that_ends_at_once_is_replaced_after_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the template would do nothing but fork."""
    monkeypatch.setattr(os, "fork", lambda: 4242)
    spares = Spares(())
    assert spares.rest() is None
    assert spares.pid == 4242
    spares.forget({17})
    assert spares.rest() is None
    spares.forget({4242})
    left = spares.rest()
    assert left is not None
    assert 0 < left <= REST_S
    assert not spares.pid


def test_where_no_process_can_be_started_another_is_tried_later(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[int] = []

    def fork() -> int:
        tried.append(1)
        if len(tried) < 2:
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        return 4242

    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(template, "REST_S", 0.0)
    spares = Spares(())
    assert spares.rest() == 0
    assert len(tried) == 1
    assert not spares.take([])
    assert "no file worker could be started: Resource temporarily unavailable" in capsys.readouterr().err
    assert spares.rest() is None
    assert (spares.pid, len(tried)) == (4242, 2)
    assert not spares.take([])  # it is none
