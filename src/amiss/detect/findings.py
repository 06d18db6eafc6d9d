"""From a heat map to things that people can be pointed at."""

import cv2
import numpy as np

from amiss.domain.capture import View
from amiss.domain.evidence import Finding, ScoreMap

FINDING_HEAT = 0.5  # heat, in [0, 1], from which a place is worth a box; 0.5 is the threshold
LEAST_AREA = 0.0004  # share of the view; smaller blobs are specks
MOST_FINDINGS = 8
KIND = "discrepancy"
"""What a finding is called while no supervised model names the damage."""


def findings_in(
    heat: ScoreMap, view: View, index: int, score: float, reference: str | None
) -> list[Finding]:
    """The hottest places of a view, as boxes in full-resolution pixels, hottest first.

    heat: h×w float32 in [0, 1] over the whole view. score: of the view; each finding has its
    share of it.
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
        strength = float(heat[labels == label].max()) / peak
        box = (
            int(x * scale_x),
            int(y * scale_y),
            max(1, int(width * scale_x)),
            max(1, int(height * scale_y)),
        )
        found.append(Finding(KIND, index, box, score * strength, reference=reference))
    found.sort(key=lambda finding: -finding.score)
    return found[:MOST_FINDINGS]
