"""What a renderer must do."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from amiss.simulate.scene import Eyepoint, Scene


class Backend(Protocol):
    """Light to pixels. The same scene and seed give the same pixels."""

    @property
    def name(self) -> str:
        """With its variant: `path (llvm)`, `path (scalar)`, `fast`."""
        ...

    def render(self, scene: Scene, camera: Eyepoint, seed: int) -> NDArray[np.float32]:
        """H×W×3 float32, linear, exposed: what falls onto a sensor, 1.0 is just saturated.

        Raises:
            SimulationError: the renderer is missing or failed; the sentence says what to do.
        """
        ...
