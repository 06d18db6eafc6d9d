"""Amiss detects damaged products in warehouses: a damage score, a decision, and what is amiss.

Names are loaded when they are first used, so that `import amiss` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "amiss.domain.capture": ("Capture", "View"),
    "amiss.domain.errors": (
        "AmissError",
        "BundleError",
        "DatasetError",
        "EngineError",
        "GalleryError",
        "ImageError",
        "InputError",
    ),
    "amiss.domain.evidence": ("Evidence", "Finding"),
    "amiss.domain.result": ("Result",),
    "amiss.domain.words": ("DamageType", "Decision", "Locus", "ProcessStep", "Severity"),
    "amiss.inspector": ("Inspector",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Loads a public name from its home (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'amiss' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted([*globals(), *__all__])
