"""What an engine is, and what every engine checks before and after it runs."""

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.manifest import Encoder
from amiss.domain.errors import EngineError

Features = dict[str, NDArray[np.float32]]
"""One float32 map N×C×h×w per output of the encoder, by name."""

Precision = Literal["f32", "bf16"]
"""What the engine computes in. f32 is the default; bf16 is faster, and changes the figures."""


class Engine(Protocol):
    """Runs the encoder of one bundle.

    name: which engine. precision: what it computes in; set by us, never left to the engine.
    """

    @property
    def name(self) -> str:
        """Which engine this is."""

    @property
    def precision(self) -> Precision:
        """What it computes in."""

    def run(self, image: NDArray[np.uint8]) -> Features:
        """The feature maps of N pictures of one size.

        Args:
            image: N×H×W×3 uint8 RGB; H and W are multiples of the encoder's `multiple`.

        Raises:
            EngineError: the picture has another form, the engine failed, or a feature is not a
                finite number.
        """


def check_image(image: NDArray[np.uint8], encoder: Encoder) -> None:
    """Refuse what the graph would compute something wrong from.

    The graph pads by fixed amounts, which are right only where every stride divides the size.
    """
    if image.dtype != np.uint8 or image.ndim != 4 or image.shape[3] != 3 or image.size == 0:
        raise EngineError(
            f"The encoder takes N×H×W×3 uint8, not {image.shape} {image.dtype}; decode it first."
        )
    height, width = image.shape[1:3]
    if height % encoder.multiple or width % encoder.multiple:
        raise EngineError(
            f"The encoder takes sizes that are multiples of {encoder.multiple}, not "
            f"{height}×{width}; resize or pad the picture first."
        )


def check_features(features: Features, image: NDArray[np.uint8], encoder: Encoder) -> Features:
    """The same features, once they have the promised shapes and are finite everywhere."""
    count, height, width, _ = image.shape
    for output in encoder.outputs:
        found = features[output.name]
        promised = (count, output.channels, height // output.stride, width // output.stride)
        if found.shape != promised or found.dtype != np.float32:
            raise EngineError(
                f"Output {output.name} is {found.shape} {found.dtype}, not {promised} float32; "
                "export the bundle anew."
            )
        if not np.isfinite(found).all():
            raise EngineError(
                f"Output {output.name} holds values that are not finite; use another engine."
            )
    return features
