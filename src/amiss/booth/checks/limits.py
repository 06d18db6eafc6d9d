"""Where each check draws its line."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Limits(BaseModel):
    """Limits of the checks; `docs/booth/checks.md` tells how each figure is measured and chosen.

    spread_ms: a view's time off the median of all views. black: grey level (of 255) that the
    brightest hundredth must reach. light_low, light_high: light on the tray as a multiple of
    calibration. bright_low: grey level of the brightest hundredth, where there is no calibration.
    clipped: share of saturated pixels, above that of the empty tray. blur_px: width σ of the
    sharpest edges; blur_growth: the same as a multiple of calibration; motion: edges of one
    direction may be this many times softer; grain: contrast of the tray's grain over that at
    calibration, below which a picture is blurred; sharp: the same, from which it is not. cast: the
    largest change of a colour channel relative to green, as a share; cast_bare: how far the
    weakest channel may fall behind the strongest, where there is no calibration. moved: of the
    tray, as a share of the picture's long side. item: share of the picture that an item covers at
    least. second: area of a second item over that of the first; beyond: area that stands above the
    tray, beyond the product's largest face, over that. cut: share of the picture's border that the
    item may touch. height_m: what rises so far above the tray is item, where there is depth.
    depth: share of the picture that has depth.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spread_ms: Positive = 100.0
    black: Positive = 24.0
    light_low: Positive = 0.65
    light_high: Positive = 1.5
    bright_low: Positive = 72.0
    clipped: Share = 0.10
    blur_px: Positive = 2.7
    blur_growth: Positive = 2.0
    motion: Positive = 1.5
    grain: Share = 0.7
    sharp: Share = 0.85
    cast: Share = 0.15
    cast_bare: Share = 0.65
    moved: Share = 0.008
    item: Share = 0.001
    second: Share = 0.4
    beyond: Positive = 0.3
    cut: Share = 0.01
    height_m: Positive = 0.012
    depth: Share = 0.3
