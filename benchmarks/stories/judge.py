"""Items before the booth and the inspector, as `amiss demo` brings them."""

from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.stories.right import Row

from amiss.booth.judge import Judge
from amiss.cli.recorded import Pristine, cameras_in, replay
from amiss.dataset.reader import open_dataset
from amiss.dataset.records import CaptureRecord
from amiss.inspector import Inspector
from amiss.simulate.record import SPLIT

Progress = Callable[[int, int], None]


def judge(
    root: Path,
    inspector: Inspector,
    progress: Progress = lambda *_: None,
    *,
    references: Path | None = None,
    only: Iterable[str] | None = None,
) -> dict[str, Row]:
    """What is said of the captures of a data set, by their ids.

    references: a data set that holds those of its products; None: it does so itself. only: which
    captures; None: all.

    Raises:
        DatasetError: there is no such data set.
    """
    split = open_dataset(root).split(SPLIT)
    wanted = None if only is None else set(only)
    records = sorted((one for one in split if wanted is None or one.id in wanted), key=_sequence)
    pristine = Pristine(
        split if references is None else open_dataset(references).split(SPLIT), inspector
    )
    found = {}
    for record, result in replay(records, Judge(inspector, cameras_in(records)), pristine):
        found[record.id] = Row.of(record, result)
        progress(len(found), len(records))
    return found


def _sequence(record: CaptureRecord) -> int:
    return record.sequence or 0
