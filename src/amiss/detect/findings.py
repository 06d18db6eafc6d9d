"""From heat maps to things that people can be pointed at, with names."""

import cv2
import numpy as np
from numpy.typing import NDArray

from amiss.detect.damage import CELL_SHARES, TYPES, Comparison, Told, which_types
from amiss.domain.capture import View
from amiss.domain.evidence import Finding, ScoreMap
from amiss.domain.words import Locus, Severity
from amiss.gallery.reference import Reference

FINDING_HEAT = 0.5  # heat, in [0, 1], from which a place is worth a box; 0.5 is the threshold
LEAST_AREA = 0.0004  # share of the view; smaller blobs are specks
MOST_FINDINGS = 8
KIND = "discrepancy"
"""What a finding is called that no damage type fits."""
LEAST_NAMED = 0.1
"""Probability from which a damage type names a place."""
OUTSIDE = 0.3
"""Share of item in a place below which it lies beside the item."""

Region = NDArray[np.bool_]


def findings_in(
    heat: ScoreMap,
    view: View,
    index: int,
    score: float,
    reference: str | None,
    told: Told | None = None,
    beside: tuple[Comparison, tuple[Reference, ...]] | None = None,
) -> list[Finding]:
    """The hottest places of a view, as boxes in full-resolution pixels, hottest first.

    Args:
        heat: h×w float32 in [0, 1] over the whole view.
        view: what was looked at.
        index: its number.
        score: of the view; each finding has its share of it.
        reference: the one that explains the view best.
        told: what the damage model says of the view, which names the findings.
        beside: where in which reference each place of the view lies.
    """
    if heat.max() < FINDING_HEAT:
        return []
    hot = (heat >= FINDING_HEAT).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(hot, connectivity=8)
    scale_x, scale_y = view.size[0] / heat.shape[1], view.size[1] / heat.shape[0]
    peak = float(heat.max())
    found = []
    for label, (x, y, width, height, area) in enumerate(stats):
        if label == 0 or area < LEAST_AREA * heat.size:
            continue
        region = labels == label
        kind, severity, locus = (KIND, None, None) if told is None else _named(told, region)
        name, place = (reference, None) if beside is None else _place(*beside, heat * region)
        box = (
            int(x * scale_x),
            int(y * scale_y),
            max(1, int(width * scale_x)),
            max(1, int(height * scale_y)),
        )
        strength = float(heat[region].max()) / peak
        found.append(
            Finding(kind, index, box, score * strength, severity, locus, name or reference, place)
        )
    found.sort(key=lambda finding: -finding.score)
    return found[:MOST_FINDINGS]


def _named(told: Told, region: Region) -> tuple[str, Severity | None, Locus | None]:
    """Type, severity and locus of a place of a view, h×w bool."""
    likely = 1 / (1 + np.exp(-told.maps))
    rows, columns = likely.shape[1:]
    share = cv2.resize(region.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    if not share.any():
        return KIND, None, None
    types = likely[: len(TYPES)]
    # The hottest quarter of the place names it: its rim is often unsure.
    sums = np.sort((types * (share > 0)).reshape(len(TYPES), -1), axis=1)[:, ::-1]
    count = max(1, int((share > 0).sum()) // 4)
    sure = sums[:, :count].mean(axis=1)
    # A place is named by what it shows and by what the whole view is likely to show.
    kind = int((sure * which_types(told)).argmax())
    if sure[kind] < LEAST_NAMED:
        return KIND, None, None
    weight = share * types[kind]
    item, major, product = (
        float((likely[len(TYPES) + at] * weight).sum() / weight.sum()) for at in range(CELL_SHARES)
    )
    if item < OUTSIDE:
        locus = Locus.SURROUNDINGS
    else:
        locus = Locus.PRODUCT if product > 0.5 else Locus.OUTER_PACKAGING
    return TYPES[kind].value, Severity.MAJOR if major > 0.5 else Severity.MINOR, locus


def _place(
    comparison: Comparison, references: tuple[Reference, ...], heat: ScoreMap
) -> tuple[str | None, tuple[float, float] | None]:
    """The reference that the hottest cell was compared with, and where in it, in its shares."""
    match = comparison.match
    rows, columns = match.likeness.shape
    cells = cv2.resize(heat, (columns, rows), interpolation=cv2.INTER_AREA)
    row, column = np.unravel_index(int(cells.argmax()), cells.shape)
    if match.support[0, row, column] <= 0:
        return None, None
    reference = references[int(match.reference[0, row, column])]
    height, width = reference.look.grid
    down = float(match.row[0, row, column] + 0.5) / height
    right = float(match.column[0, row, column] + 0.5) / width
    if not (0 <= down <= 1 and 0 <= right <= 1):
        return None, None
    return reference.name, (round(right, 4), round(down, 4))
