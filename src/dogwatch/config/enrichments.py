"""Sections about models that Dogwatch does not have: read, shown as not enabled, and reported."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from dogwatch.config.base import Section, key


class Enrichment(Section):
    """A section whose further keys are accepted as they are."""

    model_config = ConfigDict(extra="allow")

    enabled: bool = key(False, "Whether it is wanted; it stays off.")


class ClassificationConfig(Section):
    """Custom classification."""

    model_config = ConfigDict(extra="allow")

    bird: Enrichment | None = key(None, "Kinds of birds.")
    custom: dict[str, Any] = key({}, "Own classifiers.")


class SemanticSearchConfig(Enrichment):
    """Semantic search."""

    triggers: dict[str, Any] = key({}, "Triggers of a camera.")
