"""Migrations are one chain, in the order of their numbers: `schema.head` and comparisons of revisions rely on that."""

import importlib
import pkgutil

from dogwatch.store import schema
from dogwatch.store.migrations import versions


def test_migrations_are_one_chain_in_the_order_of_their_numbers() -> None:
    names = sorted(one.name for one in pkgutil.iter_modules(versions.__path__))
    found = [importlib.import_module(f"{versions.__name__}.{name}") for name in names]
    numbers = [name.partition("_")[0] for name in names]
    assert [one.revision for one in found] == numbers
    assert [one.down_revision for one in found] == [None, *numbers[:-1]]
    assert schema.head() == numbers[-1]
