"""The trunk as an ONNX graph, written node by node.

Built by hand rather than traced: the same weights give the same bytes, no tracer guesses a shape,
and every node can be named. What the graph holds:

    image uint8 N×H×W×3 → transpose → (x − 127)/128 → convolutions with ReLU6 → one map per tap

Batch normalisation is folded into the convolutions. Kernels are stored as 16-bit floats and cast
to 32 bits when the graph is loaded: half the size, and all computation stays in 32 bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from amiss.domain.errors import BundleError
from amiss.train.lite0 import BLOCKS, Block, Lite0Trunk, SameConv, same_padding

OPSET = 17
IR_VERSION = 8

FloatArray = NDArray[np.float64]
Projection = tuple[NDArray[np.floating], NDArray[np.floating]]
"""A linear map at one tap: matrix K×C and bias K, applied to each place of the map.

The matrix may be given as its diagonal, C numbers; each channel is then scaled by its own.
"""


@dataclass(frozen=True, slots=True)
class TapOutput:
    """What one tap is called in the graph, and the shape of its map."""

    tap: int
    name: str
    stride: int
    channels: int


def tap_outputs(taps: tuple[int, ...], projections: Mapping[int, Projection]) -> list[TapOutput]:
    """Names and shapes: `s8` for the only tap at stride 8, `s16b7` where two share a stride."""
    strides = [BLOCKS[tap].depth_stride for tap in taps]
    outputs = []
    for tap, stride in zip(taps, strides, strict=True):
        name = f"s{stride}" if strides.count(stride) == 1 else f"s{stride}b{tap}"
        channels = len(projections[tap][0]) if tap in projections else BLOCKS[tap].outputs
        outputs.append(TapOutput(tap, name, stride, channels))
    return outputs


def fold(conv: SameConv, norm: nn.BatchNorm2d) -> tuple[FloatArray, FloatArray]:
    """Kernel and bias of one convolution that does both, in double precision."""
    state = {name: value.double().numpy() for name, value in norm.state_dict().items()}
    scale = state["weight"] / np.sqrt(state["running_var"] + norm.eps)
    kernel = conv.weight.detach().double().numpy() * scale[:, None, None, None]
    return kernel, state["bias"] - state["running_mean"] * scale


@dataclass(slots=True)
class _Graph:
    """Nodes and weights in the order in which they were added."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def node(self, kind: str, inputs: list[str], output: str, **attributes: int | list[int]) -> str:
        """Add a node that is named like its only output; gives that name back."""
        node = helper.make_node(kind, inputs, [output], name=output)
        node.attribute.extend(helper.make_attribute(*pair) for pair in attributes.items())
        self.nodes.append(node)
        return output

    def constant(self, name: str, value: NDArray[np.floating]) -> str:
        """Add a constant under its own type."""
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def half(self, name: str, value: FloatArray) -> str:
        """Add a constant that is stored in 16 bits and computed with in 32."""
        if not (np.abs(value) <= np.finfo(np.float16).max).all():
            raise BundleError(f"The weights of {name} are too large for 16-bit floats.")
        self.constant(f"{name}.half", value.astype(np.float16))
        return self.node("Cast", [f"{name}.half"], name, to=TensorProto.FLOAT)

    def conv(self, x: str, name: str, conv: SameConv, norm: nn.BatchNorm2d) -> str:
        """Add a convolution with its batch normalisation folded in."""
        kernel, bias = fold(conv, norm)
        stride = conv.stride[0]
        before, after = same_padding(conv.kernel_size[0], stride)
        return self.node(
            "Conv",
            # Biases stay in 32 bits: they are few, and they carry the mean of a channel.
            [x, self.half(f"{name}.kernel", kernel), self.constant(f"{name}.bias", _single(bias))],
            name,
            kernel_shape=list(conv.kernel_size),
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=conv.groups,
        )

    def relu6(self, x: str) -> str:
        """Add a clip to [0, 6]; the bounds are constants that all clips share."""
        return self.node("Clip", [x, "zero", "six"], f"{x}.relu6")

    def block(self, x: str, name: str, block: Block) -> str:
        """Add one inverted-residual block."""
        y = x
        if block.spec.expand > 1:
            y = self.relu6(self.conv(y, f"{name}.expand", block._expand_conv, block._bn0))
        y = self.relu6(self.conv(y, f"{name}.filter", block._depthwise_conv, block._bn1))
        y = self.conv(y, f"{name}.project", block._project_conv, block._bn2)
        return self.node("Add", [x, y], f"{name}.sum") if block.residual else y


def _single(value: NDArray[np.floating]) -> NDArray[np.float32]:
    return value.astype(np.float32)


def _normalise(graph: _Graph) -> str:
    """Add the steps from bytes to the range that the weights were trained on."""
    graph.constant("zero", np.array(0, np.float32))
    graph.constant("six", np.array(6, np.float32))
    # Transposing bytes moves a quarter of the memory that transposing floats would.
    x = graph.node("Transpose", ["image"], "image.planes", perm=[0, 3, 1, 2])
    x = graph.node("Cast", [x], "image.float", to=TensorProto.FLOAT)
    x = graph.node("Sub", [x, graph.constant("mean", np.array(127, np.float32))], "image.centred")
    scale = graph.constant("scale", np.array(1 / 128, np.float32))
    return graph.node("Mul", [x, scale], "image.scaled")


def _read_out(graph: _Graph, x: str, output: TapOutput, projection: Projection | None) -> None:
    """Add the output of a tap: its map, or a projection of it."""
    if projection is None:
        graph.node("Identity", [x], output.name)
        return
    matrix, bias = projection
    # In 32 bits: a whitening projection subtracts numbers that are nearly the same.
    if matrix.ndim == 1:
        factor = graph.constant(f"{output.name}.factor", _single(matrix)[:, None, None])
        offset = graph.constant(f"{output.name}.bias", _single(bias)[:, None, None])
        graph.node(
            "Add", [graph.node("Mul", [x, factor], f"{output.name}.scaled"), offset], output.name
        )
        return
    kernel = graph.constant(f"{output.name}.matrix", _single(matrix)[:, :, None, None])
    offset = graph.constant(f"{output.name}.bias", _single(bias))
    graph.node("Conv", [x, kernel, offset], output.name, kernel_shape=[1, 1])


def build_graph(
    trunk: Lite0Trunk, projections: Mapping[int, Projection] | None = None
) -> onnx.ModelProto:
    """The trunk as a checked ONNX model; the same weights give the same bytes.

    Input `image`: uint8 N×H×W×3 RGB, H and W multiples of the last stride. Outputs: one float32 map
    N×C×H/stride×W/stride per tap, named by `tap_outputs`.

    Raises:
        BundleError: a projection does not fit its tap, or a weight does not fit 16 bits.
    """
    projections = projections or {}
    _check_projections(trunk.taps, projections)
    outputs = tap_outputs(trunk.taps, projections)
    by_tap = {output.tap: output for output in outputs}

    graph = _Graph()
    x = graph.relu6(graph.conv(_normalise(graph), "stem", trunk._conv_stem, trunk._bn0))
    for index, block in enumerate(trunk.blocks()):
        x = graph.block(x, f"block{index}", block)
        if index in by_tap:
            _read_out(graph, x, by_tap[index], projections.get(index))

    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", "H", "W", 3])],
            [
                helper.make_tensor_value_info(
                    o.name, TensorProto.FLOAT, ["N", o.channels, f"H/{o.stride}", f"W/{o.stride}"]
                )
                for o in outputs
            ],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="amiss",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def _check_projections(taps: tuple[int, ...], projections: Mapping[int, Projection]) -> None:
    """Refuse a projection that no tap reads, or whose shape does not fit."""
    for tap, (matrix, bias) in projections.items():
        if tap not in taps:
            raise BundleError(f"There is a projection for block {tap}, which is not a tap.")
        channels = BLOCKS[tap].outputs
        diagonal = matrix.shape == (channels,) == bias.shape
        if not diagonal and matrix.shape != (len(bias), channels):
            raise BundleError(
                f"The projection of block {tap} is {matrix.shape} with {len(bias)} biases, where "
                f"K×{channels} with K biases, or a diagonal of {channels} with as many, is needed."
            )
