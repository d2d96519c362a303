"""`review`: what becomes an alert or a detection."""

from __future__ import annotations

from typing import Any

from dogwatch.config.base import Section, Strings, key, section


class AlertsConfig(Section):
    """Alerts."""

    enabled: bool = key(True, "Create alerts.")
    labels: Strings = key(["person", "car"], "Labels of alerts.")
    required_zones: Strings = key([], "Only inside one of these zones.")
    cutoff_time: int = key(40, "Seconds without activity after which one ends.", ge=0)


class DetectionsConfig(Section):
    """Detections."""

    enabled: bool = key(True, "Create detections.")
    labels: Strings | None = key(None, "Labels of detections; by default every tracked label.")
    required_zones: Strings = key([], "Only inside one of these zones.")
    cutoff_time: int = key(30, "Seconds without activity after which one ends.", ge=0)


class ReviewConfig(Section):
    """Review items."""

    alerts: AlertsConfig = section(AlertsConfig, "Alerts.")
    detections: DetectionsConfig = section(DetectionsConfig, "Detections.")
    genai: dict[str, Any] | None = key(None, "Summaries by a language model.", unused=True)
