"""A test double that ships with the product: an engine without a network."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from amiss.bundle.manifest import Encoder
from amiss.domain.errors import EngineError
from amiss.vision.engine.protocol import Features, Precision, check_features, check_image

Fault = Literal["none", "error", "not_finite"]


class FakeEngine:
    """Cheap features that follow the pixels: block means and steps between blocks, mixed.

    Alike pictures give alike features, and a local change stays local. fault: what happens at
    every run; "error" is an engine that breaks, "not_finite" one that computes NaN. Set it at
    any time. Both end in an EngineError, as with a real engine.
    """

    name = "fake"
    precision: Precision = "f32"

    def __init__(self, encoder: Encoder, fault: Fault = "none") -> None:
        self.fault: Fault = fault
        self._encoder = encoder

    def run(self, image: NDArray[np.uint8]) -> Features:
        """The feature maps of N×H×W×3 pictures; see `Engine.run`."""
        check_image(image, self._encoder)
        if self.fault == "error":
            raise EngineError("The fake engine failed, as it was told to.")
        features = {
            output.name: _mix(_blocks(image, output.stride), output.channels)
            for output in self._encoder.outputs
        }
        if self.fault == "not_finite":
            features[self._encoder.outputs[0].name][0, 0, 0, 0] = np.nan
        return check_features(features, image, self._encoder)


def _blocks(image: NDArray[np.uint8], stride: int) -> NDArray[np.float32]:
    """N×h×w×9: per block and colour its mean, and the steps to the right and downwards."""
    count, height, width, _ = image.shape
    cut = (count, height // stride, stride, width // stride, stride, 3)
    mean = image.reshape(cut).mean(axis=(2, 4), dtype=np.float32) / 255 - 0.5
    right = np.diff(mean, axis=2, append=mean[:, :, -1:])
    down = np.diff(mean, axis=1, append=mean[:, -1:])
    return np.concatenate([mean, right, down], axis=3)


def _mix(blocks: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """N×channels×h×w: fixed linear combinations of the nine."""
    angles = np.outer(np.arange(1, blocks.shape[3] + 1), np.arange(1, channels + 1))
    mixed = blocks @ np.cos(angles).astype(np.float32)
    return np.ascontiguousarray(mixed.transpose(0, 3, 1, 2))
