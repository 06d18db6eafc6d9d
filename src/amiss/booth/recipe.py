"""What follows from the faults of a capture: judge it, judge a part of it, or do not judge it.

A recipe is a TOML file; `recipe.toml` beside this module is the default and explains itself. It is
read strictly: an unknown key, a fault without an effect or a limit out of range is an error.
"""

import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from amiss.booth.checks.limits import Limits
from amiss.booth.checks.reason import Fault, Reason
from amiss.domain.capture import Capture, View
from amiss.domain.errors import InputError

DEFAULT_RECIPE = Path(__file__).with_name("recipe.toml")


class Effect(StrEnum):
    """What a fault does to the view or the capture that it befalls."""

    NOTE = "note"
    WITHOUT_DEPTH = "without_depth"
    WITHOUT_EMPTY_TRAY = "without_empty_tray"
    WITHOUT_VIEW = "without_view"
    REFUSE = "refuse"


OF_CAPTURES = (Reason.TRAY_EMPTY, Reason.TWO_ITEMS)
"""Faults of no single view: they are noted, or the capture is refused."""


class Recipe(BaseModel):
    """Effects of all faults, and the limits of the checks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    least_share: Annotated[float, Field(gt=0, le=1)]
    required: tuple[str, ...]
    effects: Mapping[Reason, Effect]
    limits: Limits

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [reason for reason in Reason if reason not in self.effects]
        if missing:
            raise ValueError(f"effects lacks {', '.join(missing)}")
        if self.effects[Reason.CAMERA_MISSING] not in (Effect.WITHOUT_VIEW, Effect.REFUSE):
            raise ValueError("a missing camera can only be done without, or refused")
        for reason in OF_CAPTURES:
            if self.effects[reason] not in (Effect.NOTE, Effect.REFUSE):
                raise ValueError(f"{reason} befalls the whole capture: note or refuse it")
        return self


def read_recipe(path: Path = DEFAULT_RECIPE) -> Recipe:
    """The recipe in a file.

    Raises:
        InputError: it cannot be read, or does not have the form that it should have.
    """
    try:
        return Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"The recipe {path} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"The recipe {path} is not right at {place or 'its top'} ({first['msg']}); correct it."
        ) from error


@dataclass(frozen=True, slots=True, eq=False)
class Admission:
    """What may be judged of a capture.

    capture: the usable part, None where it must not be judged: its decision is `not_inspected`.
    faults: all that were found, whatever followed. reasons: one sentence per fault, and what
    followed for the capture.
    """

    capture: Capture | None
    faults: tuple[Fault, ...]
    reasons: tuple[str, ...]

    @property
    def inspected(self) -> bool:
        """Whether anything may be judged."""
        return self.capture is not None


def admit(
    capture: Capture, faults: Sequence[Fault], recipe: Recipe, *, cameras: Sequence[str]
) -> Admission:
    """Applies a recipe.

    Args:
        capture: as the booth delivered it.
        faults: from `check`.
        recipe: what follows from them.
        cameras: all cameras of the booth, those that did not deliver, too.
    """
    effects: dict[str, set[Effect]] = defaultdict(set)
    for fault in faults:
        effects[fault.camera].add(recipe.effects[fault.reason])
    views = tuple(
        _reduced(view, effects[view.camera])
        for view in capture.views
        if Effect.WITHOUT_VIEW not in effects[view.camera]
    )
    reasons = tuple(fault.sentence for fault in faults)
    verdict = _refusal(views, faults, recipe, cameras)
    if verdict is not None:
        return Admission(None, tuple(faults), (*reasons, verdict))
    return Admission(replace(capture, views=views), tuple(faults), reasons)


def _reduced(view: View, effects: set[Effect]) -> View:
    if Effect.WITHOUT_DEPTH in effects:
        view = replace(view, depth=None)
    if Effect.WITHOUT_EMPTY_TRAY in effects:
        view = replace(view, empty_tray=None)
    return view


def _refusal(
    views: Sequence[View], faults: Sequence[Fault], recipe: Recipe, cameras: Sequence[str]
) -> str | None:
    """Why the capture must not be judged; None if it may."""
    for fault in faults:
        if recipe.effects[fault.reason] is Effect.REFUSE:
            return f"The capture is not judged, because of {fault.reason}."
    usable = {view.camera for view in views}
    lacking = [name for name in recipe.required if name not in usable]
    if lacking:
        return f"The capture is not judged without a usable view of {', '.join(lacking)}."
    least = max(1, math.ceil(recipe.least_share * len(cameras)))
    if len(views) < least:
        return f"The capture is not judged: {len(views)} of {least} views needed are usable."
    return None
