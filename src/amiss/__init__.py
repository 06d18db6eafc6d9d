"""Amiss detects damaged products in warehouses: a damage score, a decision, and what is amiss."""

from amiss.domain.capture import Capture, View
from amiss.domain.errors import (
    AmissError,
    BundleError,
    DatasetError,
    EngineError,
    GalleryError,
    ImageError,
    InputError,
)
from amiss.domain.evidence import Evidence, Finding
from amiss.domain.result import Result
from amiss.domain.words import DamageType, Decision, Locus, ProcessStep, Severity
from amiss.inspector import Inspector

__all__ = [
    "AmissError",
    "BundleError",
    "Capture",
    "DamageType",
    "DatasetError",
    "Decision",
    "EngineError",
    "Evidence",
    "Finding",
    "GalleryError",
    "ImageError",
    "InputError",
    "Inspector",
    "Locus",
    "ProcessStep",
    "Result",
    "Severity",
    "View",
]
