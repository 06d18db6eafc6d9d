"""Stands in for torchvision, which timm imports and which does not run beside every torch.

Nothing of it is called: timm only has to find the names.
"""

import sys
import types

MODULES = (
    "torchvision",
    "torchvision.ops",
    "torchvision.ops.misc",
    "torchvision.transforms",
    "torchvision.transforms.functional",
    "torchvision.datasets",
    "torchvision.datasets.folder",
    "torchvision.models",
    "torchvision.models.feature_extraction",
)


class _Names(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class _Thing(metaclass=_Names):
    pass


class _Module(types.ModuleType):
    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return sys.modules.get(f"{self.__name__}.{name}", _Thing)


def stand_in():
    """Puts the stand-in where torchvision cannot be imported."""
    try:
        import torchvision  # noqa: F401
    except Exception:  # noqa: BLE001 - a torchvision for another torch fails in many ways
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        for name in MODULES:
            sys.modules[name] = _Module(name)
