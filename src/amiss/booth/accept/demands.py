"""What a booth has to show, step by step: from measures to rows of the report.

    evenness          the empty tray
    sharpness         a figure with slanted edges, in the middle of the tray and in a corner
    colour, exposure  a grey card
    intrinsics        a chessboard, flat on the tray and held over it
    synchronisation   captures of anything
    repeatability     20 items, laid down 10 times each
    agreement         50 items or more, judged by people and by Amiss

Each step stands alone; whoever guides people through them puts the rows together.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from amiss.booth.accept.agreement import Agreement
from amiss.booth.accept.lens import LensFit
from amiss.booth.accept.light import Box, evenness, grey_card
from amiss.booth.accept.repeat import Repeatability
from amiss.booth.accept.report import Row
from amiss.booth.calibration import Calibration
from amiss.domain.capture import Capture, RgbArray
from amiss.domain.errors import CameraError, InputError


class Demands(BaseModel):
    """Limits of the acceptance.

    spread_ms: between the first and the last view of a capture, 95th percentile. mtf50: cycles per
    pixel. cast: deviation of red or blue from green on a grey card. grey_least, grey_most: linear
    light of an 18 % card. evenness: darkest over brightest part. lens_px: error of the lens fit.
    placements: share of the scores' variance that placements cause (AIAG allows a gauge 30 % of
    the spread, so 9 % of the variance). flips: share of decisions that placements turn.
    no_opinion: share of placements without a score. faulty: share of captures in which the checks
    found a fault. effectiveness, misses, false_alarms, kappa: as AIAG calls acceptable.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spread_ms: float = 50.0
    mtf50: float = 0.15
    cast: float = 0.05
    grey_least: float = 0.10
    grey_most: float = 0.30
    evenness: float = 0.6
    lens_px: float = 0.5
    placements: float = 0.09
    flips: float = 0.05
    no_opinion: float = 0.005
    faulty: float = 0.02
    effectiveness: float = 0.90
    misses: float = 0.02
    false_alarms: float = 0.05
    kappa: float = 0.75


def spread_ms(capture: Capture) -> float:
    """From the first to the last shutter of a capture, milliseconds.

    Raises:
        CameraError: fewer than two of its views say when they were taken.
    """
    times = [view.taken.timestamp() for view in capture.views if view.taken is not None]
    if len(times) < 2:
        raise CameraError("Nothing to compare: take captures with two cameras at least.")
    return (max(times) - min(times)) * 1000


def synchronisation(spreads_ms: Sequence[float], demands: Demands) -> list[Row]:
    """spreads_ms: of captures, at least one."""
    spread = float(np.percentile(spreads_ms, 95))
    return [Row("synchronisation", "", spread, "ms", most=demands.spread_ms)]


def sharpness(found: Mapping[str, float], demands: Demands, place: str = "") -> list[Row]:
    """found: per camera its MTF50; see `mtf50`. place: where the edges lay."""
    return [
        Row(
            f"sharpness (MTF50) {place}".rstrip(),
            name,
            value,
            "cycles/px",
            least=demands.mtf50,
        )
        for name, value in found.items()
    ]


def colour(cards: Mapping[str, tuple[RgbArray, Box]], demands: Demands) -> list[Row]:
    """cards: per camera a picture and where in it the 18 % grey card lies."""
    rows = []
    for name, (rgb, box) in cards.items():
        card = grey_card(rgb, box)
        rows.append(Row("colour of a grey card", name, card.cast, "", most=demands.cast))
        rows.append(
            Row(
                "light of a grey card",
                name,
                card.level,
                "of saturation",
                least=demands.grey_least,
                most=demands.grey_most,
            )
        )
    return rows


def even_light(
    calibration: Calibration, demands: Demands, boxes: Mapping[str, Box] | None = None
) -> list[Row]:
    """Of the empty tray; boxes: per camera the tray's part of the picture, else all of it."""
    boxes = boxes or {}
    return [
        Row(
            "evenness of light",
            name,
            evenness(baseline.rgb, boxes.get(name)),
            "",
            least=demands.evenness,
        )
        for name, baseline in calibration.cameras.items()
    ]


def lenses(fits: Mapping[str, LensFit], demands: Demands) -> list[Row]:
    """fits: per camera, from `fit_lens`."""
    return [
        Row("lens fit", name, fit.error_px, "px", most=demands.lens_px)
        for name, fit in fits.items()
    ]


def repeated(study: Repeatability, demands: Demands) -> list[Row]:
    """study: from `repeatability`."""
    return [
        Row("variance from placement", "", study.share, "", most=demands.placements),
        Row("decisions that flip", "", study.flips, "", most=demands.flips),
        Row("placements without opinion", "", study.no_opinion, "", most=demands.no_opinion),
    ]


def admissions(taken: int, faulty: int, demands: Demands) -> list[Row]:
    """taken: captures of items. faulty: those in which the checks found a fault."""
    if not taken:
        return []
    return [Row("captures with a fault", "", faulty / taken, "", most=demands.faulty)]


def agreed(study: Agreement, appraiser: str, demands: Demands) -> list[Row]:
    """What is asked of one appraiser, which is Amiss: against the truth, and against each person.

    Raises:
        InputError: it took no part in the study.
    """
    for one in study.appraisers:
        if one.name == appraiser:
            return [
                Row("effectiveness", "", one.effectiveness, "", least=demands.effectiveness),
                Row("misses", "", one.misses, "", most=demands.misses),
                Row("false alarms", "", one.false_alarms, "", most=demands.false_alarms),
                Row("kappa against the truth", "", one.kappa, "", least=demands.kappa),
                *(
                    Row(
                        f"kappa against {_other(pair, appraiser)}",
                        "",
                        kappa,
                        "",
                        least=demands.kappa,
                    )
                    for pair, kappa in study.between.items()
                    if appraiser in pair
                ),
            ]
    raise InputError(f"{appraiser} took no part in the study; add its judgements.")


def _other(pair: tuple[str, str], one: str) -> str:
    return pair[1] if pair[0] == one else pair[0]
