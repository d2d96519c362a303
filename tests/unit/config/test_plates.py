"""The section `lpr`."""

from __future__ import annotations

import pytest

from dogwatch.config import ConfigErrors, parse
from tests.unit.config.files import SMALL

RULE = "lpr: {replace_rules: [{pattern: '%s', replacement: '%s'}]}\n"


@pytest.mark.parametrize(("pattern", "replacement"), [("O", r"\1"), ("(O)", r"\g<name>"), ("O", "0\\")])
def test_a_replacement_that_does_not_fit_its_pattern_is_refused(pattern: str, replacement: str) -> None:
    with pytest.raises(ConfigErrors, match="replacement does not fit pattern"):
        parse(RULE % (pattern, replacement) + SMALL, env={})


def test_a_replacement_may_have_groups() -> None:
    (rule,) = parse(RULE % ("(A)O", r"\g<1>0") + SMALL, env={}).config.lpr.replace_rules
    assert (rule.pattern, rule.replacement) == ("(A)O", r"\g<1>0")
