"""The people at a booth: asked at a terminal, or answered for by a file."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from amiss.booth.accept.tasks import Task
from amiss.domain.errors import InputError

Number = Annotated[int, Field(ge=1)]
Ask = Callable[[str], str]
"""Says a sentence and returns what was typed."""
YES, NO = {"y", "yes"}, {"n", "no"}


class Person:
    """Somebody at the terminal, who presses Enter when a thing lies where it should."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def do(self, task: Task) -> None:
        """Asks, and waits."""
        self._ask(f"{task.sentence} Then press Enter. ")


class Unattended:
    """Nobody need be waited for: other software puts the pictures there, one set per task."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def do(self, task: Task) -> None:
        """Says what is assumed to be there."""
        self._say(task.sentence)


class AskedPanel:
    """People at the terminal judge item by item."""

    def __init__(self, ask: Ask, appraisers: tuple[str, ...]) -> None:
        self._ask, self.appraisers = ask, appraisers

    def is_damaged(self, item: int) -> bool:
        """Asks whoever leads the study."""
        return self._answer(f"Is item {item} damaged, as was agreed before? [y/n] ")

    def judges(self, appraiser: str, item: int, trial: int) -> bool:
        """Asks the person."""
        return self._answer(f"{appraiser}, trial {trial}: is item {item} damaged? [y/n] ")

    def _answer(self, question: str) -> bool:
        while True:
            said = self._ask(question).strip().lower()
            if said in YES | NO:
                return said in YES


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    damaged: frozenset[Number]
    judgements: dict[str, dict[str, frozenset[Number]]] = Field(min_length=1)


class WrittenPanel:
    """What people said, from a TOML file: the numbers of the items that were called damaged.

    damaged = [2, 4, 6]        # in truth
    [judgements.anna]          # per trial
    1 = [2, 4]
    2 = [2, 4, 6]
    """

    def __init__(self, path: Path) -> None:
        """Reads the file.

        Raises:
            InputError: it cannot be read, or does not have this form.
        """
        self._path = path
        try:
            self._said = _Document.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"The answers in {path} cannot be read: {error}.") from error
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise InputError(
                f"The answers in {path} are not right at {place}: give damaged, and per person and "
                "trial the numbers of the items that were called damaged."
            ) from error
        self.appraisers = tuple(self._said.judgements)

    def is_damaged(self, item: int) -> bool:
        """As the file says."""
        return item in self._said.damaged

    def judges(self, appraiser: str, item: int, trial: int) -> bool:
        """As the file says.

        Raises:
            InputError: it says nothing of this trial.
        """
        trials = self._said.judgements[appraiser]
        if str(trial) not in trials:
            raise InputError(f"{self._path} lacks trial {trial} of {appraiser}; add it.")
        return item in trials[str(trial)]
