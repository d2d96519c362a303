"""Numbers in the settings."""

import pytest
from pydantic import ValidationError

from dogwatch.edge.settings_schema import StorageLimitSettings


@pytest.mark.parametrize(("value", "written"), [(50, "50"), (50.0, "50"), (50.5, "50.5")])
def test_whole_numbers_are_written_without_a_point(value: float, written: str) -> None:
    found = StorageLimitSettings.model_validate({"max_percent": value})
    assert repr(found.model_dump(mode="json")["max_percent"]) == written


@pytest.mark.parametrize("value", [True, "50", None, float("nan"), float("inf"), 5, 96, 10**400])
def test_what_is_no_number_is_told_by_its_key(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        StorageLimitSettings.model_validate({"max_percent": value})
    assert [error["loc"] for error in refused.value.errors()] == [("max_percent",)]
