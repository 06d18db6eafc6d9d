"""What the machine can do, and what the encoder asks of it."""

import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx

SIDE = 2048
ROUNDS = 6


def describe() -> dict[str, object]:
    """The processor, how many of it may be used, and how busy it is."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown")


def peak_gflops() -> float:
    """GFLOP/s of a large float32 matrix product: the best of several, on all cores."""
    rng = np.random.default_rng(0)
    left, right = rng.random((2, SIDE, SIDE), np.float32)
    out = np.empty((SIDE, SIDE), np.float32)
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        np.matmul(left, right, out=out)
        best = min(best, time.perf_counter() - start)
    return 2 * SIDE**3 / best / 1e9


def encoder_gflop(graph: bytes, height: int, width: int) -> float:
    """GFLOP of one pass over a height×width picture: two per multiply-add of a convolution."""
    model = onnx.load_model_from_string(graph)
    for axis, size in zip(
        model.graph.input[0].type.tensor_type.shape.dim, (1, height, width, 3), strict=True
    ):
        axis.dim_value = size
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    shapes = {
        value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in (*inferred.value_info, *inferred.output)
    } | {tensor.name: list(tensor.dims) for tensor in inferred.initializer}
    return sum(_macs(node, shapes) for node in _convolutions(inferred)) * 2 / 1e9


def _convolutions(graph: onnx.GraphProto) -> Iterable[onnx.NodeProto]:
    return (node for node in graph.node if node.op_type == "Conv")


def _macs(node: onnx.NodeProto, shapes: dict[str, list[int]]) -> int:
    """Multiply-adds: one kernel (channels of its group × rows × columns) per output value."""
    kernel = shapes[node.input[1]][1:]
    return int(np.prod(shapes[node.output[0]]) * np.prod(kernel))
