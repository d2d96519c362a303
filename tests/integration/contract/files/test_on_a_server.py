"""Video files on PostgreSQL: some of the other tests again.

`DOGWATCH_TEST_DATABASE=postgresql` runs all of them on PostgreSQL.
"""

from __future__ import annotations

import pytest

from tests.integration.contract.files.test_4_analysis import (
    app,
    film,
    test_a_file_is_analysed,
    test_deleting_a_file_ends_its_job,
    test_it_is_done_again_only_if_that_is_said,
    test_jobs_and_traces_are_those_of_the_owner,
    test_jobs_are_listed_page_by_page,
    vera,
)

pytestmark = pytest.mark.postgresql

__all__ = [
    "app",
    "film",
    "test_a_file_is_analysed",
    "test_deleting_a_file_ends_its_job",
    "test_it_is_done_again_only_if_that_is_said",
    "test_jobs_and_traces_are_those_of_the_owner",
    "test_jobs_are_listed_page_by_page",
    "vera",
]
