from __future__ import annotations

import asyncio
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.edge.identity_keys import ah
from dogwatch.edge.low_energy import LowEnergy
from dogwatch.edge.scan_budget import MOST_S, SHARE, ScanBudget

KEY = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")
OTHER = bytes(range(16))
PHONE, FRIEND = "AA:BB:CC:DD:EE:01", "AA:BB:CC:DD:EE:02"


class Air:
    """What is advertised while somebody listens; time passes only there."""

    def __init__(self, *addresses: str, error: Exception | None = None) -> None:
        self.addresses, self.error = addresses, error
        self.running, self.starts = 0, 0
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def scanner(self, heard: Callable[[str], None]) -> Air:
        self.heard = heard
        return self

    async def start(self) -> None:
        if self.error:
            raise self.error
        self.running += 1
        self.starts += 1
        for address in self.addresses:
            self.heard(address)

    async def stop(self) -> None:
        self.running -= 1
        self.now += 4.0


def address_of(key: bytes, prand: bytes) -> str:
    return (prand + ah(key, prand)).hex(":").upper()


async def test_a_phone_is_recognised_under_each_of_its_addresses() -> None:
    for prand in (b"\x40\x01\x02", b"\x7f\xff\xff"):
        air = Air("11:22:33:44:55:66", address_of(KEY, prand))
        assert await LowEnergy(air.monotonic, air.scanner).look({PHONE: KEY}) == {PHONE}
        assert air.running == 0


async def test_an_address_that_the_system_has_resolved_counts_too() -> None:
    air = Air(PHONE.lower())
    assert await LowEnergy(air.monotonic, air.scanner).look({PHONE: KEY}) == {PHONE}


async def test_listening_lasts_until_all_were_heard_or_time_is_over() -> None:
    air = Air(address_of(KEY, b"\x40\x01\x02"), "FF:22:33:44:55:66")
    low_energy = LowEnergy(air.monotonic, air.scanner)
    found = await asyncio.wait_for(low_energy.look({PHONE: KEY, FRIEND: OTHER}, seconds=1.0), 3.0)
    assert found == {PHONE}


async def test_where_nothing_can_be_heard_nobody_is_near() -> None:
    for error in (ImportError("bleak"), OSError("no bus")):
        air = Air(error=error)
        assert await LowEnergy(air.monotonic, air.scanner).look({PHONE: KEY}) == set()


async def test_listening_takes_a_bounded_share_of_the_time() -> None:
    air = Air(address_of(KEY, b"\x40\x01\x02"))
    low_energy = LowEnergy(air.monotonic, air.scanner)
    for _ in range(600):
        await low_energy.look({PHONE: KEY})
        air.now += 1.0
    assert air.starts * 4.0 <= air.now * (SHARE + 0.02) + MOST_S


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 60)), max_size=50))
def test_the_budget_is_kept_whatever_is_asked(asked: list[tuple[float, float]]) -> None:
    now = 0.0
    budget = ScanBudget(lambda: now)
    listened = 0.0
    for pause, wanted in asked:
        now += pause
        seconds = budget.granted(wanted)
        assert 0 <= seconds <= min(wanted, MOST_S)
        now += seconds
        budget.spend(seconds)
        listened += seconds
    assert listened <= MOST_S + SHARE * now + 1e-6
