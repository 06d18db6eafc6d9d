"""`amiss inspect --record`: what was inspected goes into a site's record."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amiss.domain.words import ProcessStep

if TYPE_CHECKING:
    from amiss.dataset.records import CaptureRecord
    from amiss.domain.result import Result
    from amiss.inspector import Inspector
    from amiss.record.seen import Circumstances, Files
    from amiss.record.site import Site


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records results. site: None records nothing."""

    site: "Site | None" = None

    def loose(
        self,
        result: "Result",
        queries: Sequence[Path],
        depth: Sequence[Path] | None,
        empty_tray: Sequence[Path] | None,
        step: ProcessStep | None,
        item: str | None,
    ) -> dict[str, str]:
        """Records the inspection of files; gives `recorded`, its id, if it was recorded."""
        if self.site is None:
            return {}
        from amiss.record.seen import Circumstances, Files

        nothing = [None] * len(queries)
        files = [
            Files(*(None if path is None else path.read_bytes() for path in paths))
            for paths in zip(queries, depth or nothing, empty_tray or nothing, strict=True)
        ]
        return self._record(result, Circumstances(step=step, item=item), files)

    def capture(self, result: "Result", record: "CaptureRecord") -> dict[str, str]:
        """Records the inspection of a capture that a data set holds."""
        if self.site is None:
            return {}
        from amiss.record.seen import Circumstances, Files

        files = [
            Files(
                *(
                    None if path is None else path.read_bytes()
                    for path in (
                        view.image if view.frame is None else None,
                        view.depth,
                        view.empty_tray,
                    )
                )
            )
            for view in record.views
        ]
        told = {"id": record.id, "sequence": record.sequence, "barcode": record.barcode}
        around = Circumstances(taken=record.taken, step=record.step, capture=told)
        return self._record(result, around, files)

    def _record(
        self, result: "Result", around: "Circumstances", files: "Sequence[Files]"
    ) -> dict[str, str]:
        from amiss.record.seen import inspected

        if self.site is None:
            return {}
        receipt = self.site.record(inspected(result, around, files))
        return {"recorded": receipt.id}


@contextmanager
def recording(folder: Path | None, inspector: "Inspector") -> Iterator[Recorder]:
    """A recorder of the site in a folder, opened before any work is done; None records nothing.

    Raises:
        RecordError: there is no record, or it cannot be written.
    """
    if folder is None:
        yield Recorder()
        return
    from amiss.record.seen import note_what_decided
    from amiss.record.site import Site

    with Site.open(folder) as site:
        note_what_decided(site, inspector.bundle, inspector.point)
        yield Recorder(site)
