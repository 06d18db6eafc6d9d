"""The trained networks as ONNX graphs.

One reads a view, one describes what was read, for comparison, one adds what references say, and
one tells damage, with or without references.
"""

import io
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from scipy.linalg import block_diag
from torch import Tensor, nn
from torch.nn import functional

from amiss.bundle.manifest import COMPARE_FILE, DESCRIBE_FILE, HEAD_FILE, VIEW_FILE
from amiss.detect.cues import CHANNELS as CUES
from amiss.detect.match import BEST, FINE_REACH, REACH
from amiss.train.cache.sight import by_depth
from amiss.train.cache.squeeze import MOST, Squeezer, Squeezers
from amiss.train.damage.comparator import FINE_KEY, KEY, Beside
from amiss.train.damage.familiar import Familiarity
from amiss.train.damage.judge import DamageNetwork
from amiss.train.damage.network import Descriptor, Width

OPSET = 17
VIEW_OUTPUTS = ("coarse", "fine", "familiarity", "shallow_kept", "deep_kept")
DESCRIBE_INPUTS = ("coarse", "fine", "shallow_kept", "deep_kept")
DESCRIBE_OUTPUTS = ("keys", "fine_keys", "descriptors", "item", "embedding")
COMPARE_INPUTS = (
    "coarse",
    "fine",
    "keys",
    "fine_keys",
    "around",
    "around_finely",
    "support",
    "likeness",
)
COMPARE_OUTPUTS = ("coarse_beside", "fine_beside")


class Squeezed(nn.Module):
    """What squeezing leaves of features: the networks have learnt from nothing else.

    The rest would be noise to them: served whole, the same views were told worse (42).
    """

    mean: Tensor
    into: Tensor
    back: Tensor

    def __init__(self, squeezers: Sequence[Squeezer]) -> None:
        super().__init__()
        mean = np.concatenate([one.mean for one in squeezers])
        into = block_diag(*(one.into for one in squeezers))
        back = block_diag(*(one.back for one in squeezers))
        for name, values in (("mean", mean), ("into", into), ("back", back)):
            shape = (1, -1, 1, 1) if values.ndim == 1 else (*values.shape, 1, 1)
            self.register_buffer(name, torch.from_numpy(values.astype(np.float32)).reshape(shape))

    def forward(self, features: Tensor) -> Tensor:
        """N×C×h×w to the same, nearly."""
        coarse = torch.round(functional.conv2d(features - self.mean, self.into)).clamp(-MOST, MOST)
        return functional.conv2d(coarse, self.back) + self.mean


class _View(nn.Module):
    """What is read of a view by itself, and what squeezing leaves of its features."""

    def __init__(
        self, network: DamageNetwork, familiarity: Familiarity, squeezers: Squeezers
    ) -> None:
        super().__init__()
        self.network, self.familiarity = network, familiarity
        shallow, deep = by_depth(squeezers)
        self.shallow = Squeezed([squeezers[name] for name in shallow])
        self.deep = Squeezed([squeezers[name] for name in deep])

    def forward(self, shallow: Tensor, deep: Tensor, cues: Tensor) -> tuple[Tensor, ...]:
        familiarity = self.familiarity(shallow, deep)
        shallow, deep = self.shallow(shallow), self.deep(deep)
        coarse, fine = self.network.neck(shallow, deep, cues)
        return coarse, fine, familiarity, shallow, deep


class _Describe(nn.Module):
    """What a view is compared by: all that is kept of a reference."""

    def __init__(self, network: DamageNetwork, descriptor: Descriptor) -> None:
        super().__init__()
        self.comparator, self.descriptor = network.comparator, descriptor

    def forward(
        self, coarse: Tensor, fine: Tensor, shallow: Tensor, deep: Tensor
    ) -> tuple[Tensor, ...]:
        return (*self.comparator.keys(coarse, fine), *self.descriptor(shallow, deep))


class _Compare(nn.Module):
    def __init__(self, network: DamageNetwork) -> None:
        super().__init__()
        self.comparator = network.comparator

    def forward(self, coarse: Tensor, fine: Tensor, *beside: Tensor) -> tuple[Tensor, ...]:
        found: tuple[Tensor, Tensor] = self.comparator(coarse, fine, Beside(*beside))
        return found


def graphs_of(
    network: DamageNetwork,
    descriptor: Descriptor,
    familiarity: Familiarity,
    squeezers: Squeezers,
) -> dict[str, bytes]:
    """All graphs of a damage model, by their files in a bundle.

    squeezers: with which the features were kept that it was trained on.
    """
    return {
        VIEW_FILE: view_graph(network, familiarity, squeezers),
        DESCRIBE_FILE: describe_graph(network, descriptor),
        COMPARE_FILE: compare_graph(network),
        HEAD_FILE: head_graph(network),
    }


def view_graph(network: DamageNetwork, familiarity: Familiarity, squeezers: Squeezers) -> bytes:
    """Inputs shallow N×S×2h×2w, deep N×D×h×w, cues N×CUES×2h×2w; outputs VIEW_OUTPUTS."""
    given = {
        "shallow": torch.zeros(1, network.width.shallow, 16, 16),
        "deep": torch.zeros(1, network.width.deep, 8, 8),
        "cues": torch.zeros(1, CUES, 16, 16),
    }
    return _graph(_View(network, familiarity, squeezers), given, _of_views(given), VIEW_OUTPUTS)


def describe_graph(network: DamageNetwork, descriptor: Descriptor) -> bytes:
    """Inputs DESCRIBE_INPUTS, as the view's graph gives them; outputs DESCRIBE_OUTPUTS."""
    width = network.width
    given = {
        **_maps(width),
        "shallow_kept": torch.zeros(1, width.shallow, 16, 16),
        "deep_kept": torch.zeros(1, width.deep, 8, 8),
    }
    return _graph(_Describe(network, descriptor), given, _of_views(given), DESCRIBE_OUTPUTS)


def compare_graph(network: DamageNetwork) -> bytes:
    """Inputs COMPARE_INPUTS, as in `Beside`; outputs COMPARE_OUTPUTS, coarse and fine with more."""
    width = network.width
    near, finely = (2 * REACH + 1) ** 2, (2 * FINE_REACH + 1) ** 2
    shapes: dict[str, tuple[int, ...]] = {
        "coarse": (1, width.coarse, 8, 8),
        "fine": (1, width.fine, 16, 16),
        "keys": (65, KEY),
        "fine_keys": (257, FINE_KEY),
        "around": (1, BEST, 8, 8, near),
        "around_finely": (1, 16, 16, finely),
        "support": (1, BEST, 8, 8),
        "likeness": (1, 8, 8),
    }
    given = {
        name: torch.zeros(shape, dtype=torch.int64 if name.startswith("around") else torch.float32)
        for name, shape in shapes.items()
    }
    places = {"keys": (0,), "fine_keys": (0,), "around_finely": (0, 1, 2), "likeness": (0, 1, 2)}
    axes = {
        name: {place: f"{name}_{place}" for place in places.get(name, (0, 2, 3))} for name in given
    }
    return _graph(_Compare(network), given, axes, COMPARE_OUTPUTS)


def head_graph(network: DamageNetwork) -> bytes:
    """Inputs coarse N×C×h×w, fine N×F×2h×2w; outputs maps, N×MAPS×2h×2w, and view, N×logits."""
    given = _maps(network.width)
    return _graph(network.head, given, _of_views(given), ("maps", "view"))


def _maps(width: Width) -> dict[str, Tensor]:
    return {
        "coarse": torch.zeros(1, width.coarse, 8, 8),
        "fine": torch.zeros(1, width.fine, 16, 16),
    }


def _of_views(given: Mapping[str, Tensor]) -> dict[str, dict[int, str]]:
    """Any number of views, of any size."""
    return {name: {0: "n", 2: f"{name}_rows", 3: f"{name}_columns"} for name in given}


def _graph(
    module: nn.Module,
    given: dict[str, Tensor],
    axes: dict[str, dict[int, str]],
    outputs: tuple[str, ...],
) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The tracer warns that it is the older one, and that what it sees as constants stay so.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(given.values()),
            buffer,  # type: ignore[arg-type]  # a file, or whatever can be written to
            dynamo=False,
            opset_version=OPSET,
            input_names=list(given),
            output_names=list(outputs),
            dynamic_axes=axes,
        )
    return buffer.getvalue()
