"""`dogwatch.testing` works outside of pytest, and its clock stands."""

import pkgutil
import subprocess
import sys

import dogwatch.testing
from dogwatch.testing.clock import StandingClock

MODULES = [f"dogwatch.testing.{module.name}" for module in pkgutil.iter_modules(dogwatch.testing.__path__)]


def test_no_module_needs_what_only_tests_have() -> None:
    blocked = "import sys; sys.modules.update(dict.fromkeys(('pytest', 'hypothesis', 'httpx', 'tests')));"
    subprocess.run([sys.executable, "-c", f"{blocked} import {', '.join(MODULES)}"], check=True, timeout=60)


def test_a_standing_clock_goes_on_when_it_is_told_to() -> None:
    clock = StandingClock(100.0)
    assert (clock(), clock()) == (100.0, 100.0)
    clock.advance(2.5)
    assert clock() == 102.5
