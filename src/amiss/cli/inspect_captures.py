"""`amiss inspect --capture`: captures of a recording or a data set, as a booth would judge them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from amiss.cli.inspect_show import show_result, write_heatmap
from amiss.cli.output import COLOURS, console, number, print_json, table
from amiss.domain.errors import InputError
from amiss.domain.words import Decision

if TYPE_CHECKING:
    from amiss.cli.inspect_record import Recorder
    from amiss.dataset.reader import Split
    from amiss.dataset.records import CaptureRecord
    from amiss.domain.result import Result
    from amiss.gallery.reference import Reference
    from amiss.inspector import Inspector


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which captures are inspected, and as what.

    folder: of the data set. names: of captures; all where none is named. product: what the items
    are, where that is not what the captures say. references: to compare with; without any, those of
    the gallery or else of the data set. expected: products of which the item should be one.
    """

    folder: Path
    names: tuple[str, ...] = ()
    product: str | None = None
    references: tuple[Path, ...] = ()
    expected: tuple[str, ...] = ()


def report_captures(
    inspector: "Inspector",
    wanted: Wanted,
    heatmap: Path | None,
    recorder: "Recorder",
    *,
    as_json: bool,
) -> None:
    """Inspects captures and prints the result: of one as `amiss inspect` does, of several a list.

    Raises:
        DatasetError: the folder is no data set, or a file of it cannot be read.
        InputError: a capture that is named is not in it, or a heat map of several is asked for.
    """
    found = _find(wanted)
    if len(found) > 1:
        if heatmap is not None:
            raise InputError("A heat map shows one capture; name which.")
        results = []
        for record, result in _judged(inspector, wanted, found):
            recorder.capture(result, record)
            results.append((record.id, result))
        _report_all(results, as_json=as_json)
        return
    ((record, result),) = _judged(inspector, wanted, found)
    recorded = recorder.capture(result, record)
    files = [] if heatmap is None else write_heatmap(heatmap, result)
    if as_json:
        print_json({"capture": record.id, **result.export(files), **recorded})
    else:
        show_result(result, files, record.id)


def _judged(
    inspector: "Inspector", wanted: Wanted, found: Sequence[tuple["Split", "CaptureRecord"]]
) -> Iterator[tuple["CaptureRecord", "Result"]]:
    """Each capture, and what Amiss says of it, in the order of the data set."""
    from amiss.booth.judge import Judge
    from amiss.cli.recorded import Pristine, cameras_in
    from amiss.vision.decode import decode

    judge = Judge(inspector, cameras_in([record for _, record in found]))
    given = [inspector.see(path) for path in wanted.references]
    pristine: dict[str, Pristine] = {}
    for split, record in found:
        capture = record.load(decode)
        capture = replace(capture, product=wanted.product or capture.product)
        references: Sequence[Reference] | None = given
        if not given:
            own = pristine.setdefault(split.name, Pristine(split, inspector))
            references = None if inspector.gallery is not None else own.of(capture.product)
        yield record, judge.judge(capture, references, wanted.expected)


def _report_all(results: Sequence[tuple[str, "Result"]], *, as_json: bool) -> None:
    from rich.text import Text

    decisions = [result.decision for _, result in results]
    counts = {word.value: decisions.count(word) for word in Decision}
    if as_json:
        listed = [{"capture": name, **result.export()} for name, result in results]
        print_json({"n": len(results), **counts, "captures": listed})
        return
    shown = table("capture", "product", "decision", ">score", ">ms")
    for name, result in results:
        decision = Text(result.decision.value, style=COLOURS[result.decision])
        ms = f"{result.elapsed_ms:.0f}"
        shown.add_row(name, result.product or "–", decision, number(result.score), ms)
    console().print(shown)


def _find(wanted: Wanted) -> list[tuple["Split", "CaptureRecord"]]:
    """The captures that are named, or all."""
    from amiss.dataset.reader import open_dataset

    found = [
        (split, record)
        for split in open_dataset(wanted.folder)
        for record in split
        if not wanted.names or record.id in wanted.names
    ]
    missing = set(wanted.names) - {record.id for _, record in found}
    if missing:
        raise InputError(
            f"There is no capture {', '.join(sorted(missing))} in {wanted.folder}; "
            "name captures as its manifests do."
        )
    if not found:
        raise InputError(f"There is no capture in {wanted.folder}; record one first.")
    return found
