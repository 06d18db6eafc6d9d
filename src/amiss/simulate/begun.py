"""What a data set that is made was begun with; it is only ever gone on with in the same way."""

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from amiss.dataset.disk import STAGING, disk_errors, place_files
from amiss.dataset.journal import JOURNAL
from amiss.domain.errors import DatasetError
from amiss.simulate.plan import Plan
from amiss.simulate.studio import Outfit

SETTINGS = "simulation.json"
PAINTED = "painting.json"
"""The file that says it of a simulated data set, and of a painted one."""

Settings = dict[str, Any]


def settings_of(plan: Plan, outfit: Outfit, backend: str) -> Settings:
    """All that settles the bytes of a data set, but for how many items it has."""
    settings = {
        "amiss": version("amiss"),
        "backend": backend,
        "seed": plan.seed,
        "damaged": plan.damaged,
        "references": plan.references,
        "kinds": [kind.value for kind in plan.kinds],
        "twins": plan.twins,
        "even": plan.even,
        "deceptive": plan.deceptive,
        "per_product": plan.per_product,
        "siblings": plan.siblings,
        **asdict(outfit),
    }
    encoding = settings.pop("encoding")
    return {**settings, **encoding}


_LATER = {"siblings": 0.0}
"""Settings that data sets begun by an earlier version do not name, and what they were made with."""


def begin(root: Path, settings: Settings, file: str = SETTINGS) -> None:
    """Notes the settings in a new folder; `root` must be held by this process (see `writing`).

    file: where they are noted.

    Raises:
        DatasetError: it was begun with others, something else is in it, or the disk refuses.
    """
    with disk_errors(root):
        held = {path.name for path in root.iterdir()} - {STAGING}
    if file in held:
        check(root, settings, file)
    elif held:
        raise DatasetError(
            f"The folder {root} holds something else than what this command makes; name a new "
            "folder."
        )
    else:
        text = json.dumps(settings, indent=2) + "\n"
        with disk_errors(root):
            place_files(root, {file: text.encode()})


def check(root: Path, settings: Settings, file: str = SETTINGS) -> None:
    """Refuses a data set that was begun with other settings.

    Raises:
        DatasetError: it was, or nobody knows.
    """
    try:
        found = json.loads((root / file).read_bytes())
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{root / file} cannot be read; restore it, or name a new folder."
        ) from error
    noted = {**_LATER, **found} if isinstance(found, dict) else {}
    for name, value in settings.items():
        if noted.get(name) != value:
            old = noted.get(name)
            raise DatasetError(
                f"The data set in {root} was begun with {name} {_said(old)}, not {_said(value)}: "
                "go on as it was begun, or name a new folder."
            )


def is_finished(root: Path) -> bool:
    """Whether all that was written there stands in its manifests."""
    return not (root / JOURNAL).exists()


def _said(value: object) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
