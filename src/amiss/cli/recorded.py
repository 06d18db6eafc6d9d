"""Captures of a data set before the inspector, as a booth would bring them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amiss.booth.judge import Judge
    from amiss.dataset.reader import Split
    from amiss.dataset.records import CaptureRecord
    from amiss.domain.result import Result
    from amiss.gallery.reference import Reference
    from amiss.inspector import Inspector

PATIENCE_S = 30.0  # disks may be slow; cameras may not


@dataclass(slots=True)
class Pristine:
    """The references that a data set holds, product by product; each is looked at once."""

    split: "Split"
    inspector: "Inspector"
    _seen: dict[str, list["Reference"]] = field(default_factory=dict)

    def of(self, product: str | None) -> list["Reference"]:
        """Those of a product; none where it is not known."""
        from amiss.vision.decode import decode

        if product is None:
            return []
        if product not in self._seen:
            self._seen[product] = [
                self.inspector.see(reference.view.load(decode), reference.view.id)
                for reference in self.split.references(product)
            ]
        return self._seen[product]


def cameras_in(records: Sequence["CaptureRecord"]) -> tuple[str, ...]:
    """The names of all cameras, in the order in which they appear."""
    names = dict.fromkeys(view.camera for record in records for view in record.views)
    return tuple(name for name in names if name)


def replay(
    records: Sequence["CaptureRecord"], judge: "Judge", pristine: Pristine
) -> Iterator[tuple["CaptureRecord", "Result"]]:
    """Plays a recording before the booth, capture by capture, and judges what it delivers."""
    from amiss.booth.booth import Booth
    from amiss.booth.cameras.replay import Recording
    from amiss.booth.cameras.source import cameras_of
    from amiss.vision.decode import decode

    recording = Recording((record.load(decode) for record in records), judge.cameras)
    with Booth(cameras_of(recording), name="recorded", deadline_s=PATIENCE_S) as booth:
        for record in records:
            shot = booth.trigger(step=record.step, barcode=record.barcode, product=record.product)
            yield record, judge.judge(shot.capture, pristine.of(record.product))
