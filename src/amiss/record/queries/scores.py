"""Scores of inspections, from which budgets and thresholds are fixed."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from amiss.domain.words import ProcessStep
from amiss.record.database import Database
from amiss.record.tables import INSPECTIONS
from amiss.record.times import micros


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """n scores in order of time: at, microseconds since 1970; score, NaN where there is none."""

    at: NDArray[np.int64]
    score: NDArray[np.float64]


def scores(
    database: Database,
    since: datetime,
    until: datetime,
    step: ProcessStep | None = None,
) -> Scores:
    """All scores of a span of time, of one process step or, with None, of what names no step.

    Raises:
        RecordError: the record cannot be read.
    """
    columns = INSPECTIONS.c
    of_step = columns.step.is_(None) if step is None else columns.step == step.value
    wanted = (
        select(columns.at, columns.score)
        .where(
            of_step,
            columns.at >= micros(since),
            columns.at < micros(until),
            columns.decision.is_not(None),
        )
        .order_by(columns.at)
    )
    with database.reading() as connection:
        rows = connection.execute(wanted).all()
    found = [(row.at, np.nan if row.score is None else row.score) for row in rows]
    at, score = zip(*found, strict=True) if found else ((), ())
    return Scores(np.array(at, np.int64), np.array(score, np.float64))
