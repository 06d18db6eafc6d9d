"""The lists and labels that both of ARMBench's defect data sets have."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from amiss.dataset.words import SplitName
from amiss.domain.errors import DatasetError

LISTS: dict[SplitName, str] = {"train": "train.csv", "test": "test.csv"}
"""One name per line, no header."""


def has_lists(root: Path) -> bool:
    """Whether there is a list."""
    return any((root / name).is_file() for name in LISTS.values())


def read_list(path: Path) -> list[str]:
    """The names in a list, each once, in its order.

    Raises:
        DatasetError: it cannot be read, or a name leads out of the data set.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise DatasetError(f"The list {path} cannot be read; restore it.") from error
    names = list(dict.fromkeys(name for line in lines if (name := line.split(",")[0].strip())))
    for name in names:
        check_name(name, path)
    return names


def check_name(name: str, where: Path) -> None:
    """Raises DatasetError where a name is not that of a file in the folder it is looked for in."""
    if name in {"", ".", ".."} or "/" in name or "\\" in name or "\0" in name:
        raise DatasetError(f"{where} holds {name!r}, which is no name of a file; correct it.")


def read_label(path: Path) -> dict[str, Any]:
    """What a label file holds.

    Raises:
        DatasetError: it cannot be read.
    """
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetError(f"The label {path} cannot be read as JSON; restore it.") from error
    if not isinstance(found, dict):
        raise DatasetError(f"The label {path} is no JSON object; restore it.")
    return found


@contextmanager
def label_errors(path: Path) -> Iterator[None]:
    """Says which label has not what it should have."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DatasetError(
            f"The label {path} is not one of ARMBench's ({type(error).__name__}: {error}); "
            "correct it."
        ) from error
