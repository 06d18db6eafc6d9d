"""Recordings that come with the package."""

from pathlib import Path

BOOTH = Path(__file__).parent / "booth"
"""The recorded booth: a data set (see docs/recorded-booth.md), made by `amiss.simulate.record`."""
