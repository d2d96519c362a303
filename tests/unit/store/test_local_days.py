from zoneinfo import ZoneInfo

import pytest

from dogwatch.store.localtime import DAY_S, QUARTER_S, local_days, offset_at, periods

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia")
DAYS = (15_337, 19_812, 19_813, 19_814, 19_819, 20_022, 20_030, 20_396)


@pytest.mark.parametrize("name", ZONES)
def test_each_quarter_of_an_hour_is_in_the_local_day_in_which_it_begins(name: str) -> None:
    for day in DAYS:
        cuts = periods(ZoneInfo(name), (day - 20) * DAY_S, (day + 20) * DAY_S)
        starts = [day * DAY_S + quarter * QUARTER_S for quarter in range(96)]
        expected = [(start + offset_at(cuts, start)) // DAY_S for start in starts]
        found: list[int] = []
        for local, end in local_days(day, cuts):
            found += [local] * (end - len(found))
        assert found == expected
