"""Dogwatch: a network video recorder with object detection."""

__version__ = "0.1.0"
