"""What is seen of an item that nobody has named yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from amiss.domain.capture import View
from amiss.gallery.identify.barcode import codes_in
from amiss.gallery.identify.gs1 import Code, parse
from amiss.gallery.identify.text import read_text
from amiss.vision.aside import aside
from amiss.vision.isolate import isolate
from amiss.vision.marks import Marks, marks
from amiss.vision.measure import Sides, measure


@dataclass(frozen=True, eq=False)
class Unnamed:
    """An item. What takes time is looked for once it is asked for.

    views: of it. embeddings: V×E, one of each view, of length 1. barcode: what a scanner read.
    weight: kilograms, if it was weighed. reads: whether printed text is read.
    """

    views: Sequence[View]
    embeddings: NDArray[np.float32]
    barcode: str | None = None
    weight: float | None = None
    reads: bool = False

    @cached_property
    def codes(self) -> tuple[Code, ...]:
        """All its barcodes: the scanner's first, then those in the pictures."""
        scanned = () if self.barcode is None else (parse(self.barcode),)
        found = codes_in([view.rgb for view in self.views])
        return tuple({code.text: code for code in (*scanned, *found)}.values())

    @cached_property
    def size(self) -> Sides | None:
        """How large it is; None without depth."""
        return measure(self.views)

    @cached_property
    def marks(self) -> tuple[Marks, ...]:
        """What is printed on it, view by view."""
        coming = [aside(_marks, view) for view in self.views]
        return tuple(one.result() for one in coming)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """What can be read on it; nothing where that was not asked for.

        Raises:
            InputError: the extra `ocr` is not installed.
        """
        return read_text([view.rgb for view in self.views]) if self.reads else ()


def _marks(view: View) -> Marks:
    silhouette = isolate(view.rgb)
    return marks(view.rgb, silhouette.mask if silhouette.found else None)
