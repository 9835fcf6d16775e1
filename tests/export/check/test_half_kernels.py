"""Half precision: rounding is IEEE's, and every operator computes what LiteRT computes."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from export.check.graph import Graph
from export.check.half import MAX_HALF, to_half
from export.check.half_kernels import KERNELS, Arithmetic
from export.check.half_network import HalfNetwork

RNG = np.random.default_rng(3)
SAME, VALID = schema.Padding.SAME, schema.Padding.VALID
RELU6 = schema.ActivationFunctionType.RELU6


def options(kind, **values):
    made = getattr(schema, f"{kind}OptionsT")()
    for name, value in values.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return made


def noise(*shape, scale=0.3):
    return RNG.normal(0, scale, shape).astype(np.float32)


def ints(*values):
    return np.array(values, np.int32)


def resize(kind, align, centers):
    return options(kind, alignCorners=align, halfPixelCenters=centers)


POOL = {"filterHeight": 3, "filterWidth": 2, "strideH": 2, "strideW": 2}
DEPTHWISE = {"dilationHFactor": 1, "dilationWFactor": 1, "strideW": 2, "strideH": 2}

# (operator, its constants, the shape of what it makes, its options); the input is [1, 13, 10, 4].
CASES = [
    ("ABS", [], (1, 13, 10, 4), options("Abs")),
    ("ADD", [noise(4)], (1, 13, 10, 4), options("Add", fusedActivationFunction=RELU6)),
    ("AVERAGE_POOL_2D", [], (1, 7, 5, 4), options("Pool2D", **POOL, padding=SAME)),
    ("AVERAGE_POOL_2D", [], (1, 6, 5, 4), options("Pool2D", **POOL, padding=VALID)),
    ("CONCATENATION", [noise(1, 13, 10, 3)], (1, 13, 10, 7), options("Concatenation", axis=3)),
    ("DEPTH_TO_SPACE", [], (1, 26, 20, 1), options("DepthToSpace", blockSize=2)),
    ("DIV", [np.abs(noise(4)) + 1], (1, 13, 10, 4), options("Div")),
    ("ELU", [], (1, 13, 10, 4), None),
    ("EXP", [], (1, 13, 10, 4), options("Exp")),
    ("HARD_SWISH", [], (1, 13, 10, 4), options("HardSwish")),
    ("LEAKY_RELU", [], (1, 13, 10, 4), options("LeakyRelu", alpha=0.2)),
    ("LOGISTIC", [], (1, 13, 10, 4), None),
    ("MAXIMUM", [noise(4)], (1, 13, 10, 4), options("MaximumMinimum")),
    ("MAX_POOL_2D", [], (1, 7, 5, 4), options("Pool2D", **POOL, padding=SAME)),
    ("MEAN", [ints(1, 2)], (1, 1, 1, 4), options("Reducer", keepDims=True)),
    ("MEAN", [ints(1, 2)], (1, 4), options("Reducer", keepDims=False)),
    ("MINIMUM", [noise(4)], (1, 13, 10, 4), options("MaximumMinimum")),
    ("MUL", [noise(4)], (1, 13, 10, 4), options("Mul")),
    ("NEG", [], (1, 13, 10, 4), options("Neg")),
    ("PAD", [ints([0, 0], [1, 2], [3, 0], [0, 0])], (1, 16, 13, 4), options("Pad")),
    ("PRELU", [noise(1, 1, 4)], (1, 13, 10, 4), None),
    ("RELU", [], (1, 13, 10, 4), None),
    ("RELU6", [], (1, 13, 10, 4), None),
    ("RESHAPE", [ints(1, 130, 4)], (1, 130, 4), options("Reshape", newShape=ints(1, 130, 4))),
    *(
        (f"RESIZE_{word}", [ints(*size)], (1, *size, 4), resize(kind, align, centers))
        for word, kind in (
            ("BILINEAR", "ResizeBilinear"),
            ("NEAREST_NEIGHBOR", "ResizeNearestNeighbor"),
        )
        for size in ((26, 20), (5, 17))
        for align, centers in ((False, True), (False, False), (True, False))
    ),
    ("SOFTMAX", [], (1, 13, 10, 4), options("Softmax", beta=1.0)),
    ("SUB", [noise(4)], (1, 13, 10, 4), options("Sub")),
    ("TANH", [], (1, 13, 10, 4), None),
    ("TILE", [ints(1, 2, 1, 1)], (1, 26, 10, 4), options("Tile")),
    ("BROADCAST_TO", [ints(2, 13, 10, 4)], (2, 13, 10, 4), options("BroadcastTo")),
    *(
        (
            "CONV_2D",
            [noise(6, 3, 5, 4), noise(6)],
            shape,
            options(
                "Conv2D",
                padding=padding,
                strideH=stride,
                strideW=stride,
                dilationHFactor=dilation,
                dilationWFactor=dilation,
                fusedActivationFunction=RELU6,
            ),
        )
        for padding, stride, dilation, shape in (
            (SAME, 1, 1, (1, 13, 10, 6)),
            (SAME, 2, 1, (1, 7, 5, 6)),
            (VALID, 2, 1, (1, 6, 3, 6)),
            (SAME, 1, 2, (1, 13, 10, 6)),
        )
    ),
    (
        "DEPTHWISE_CONV_2D",
        [noise(1, 3, 3, 8), noise(8)],
        (1, 7, 5, 8),
        options("DepthwiseConv2D", **DEPTHWISE, padding=SAME, depthMultiplier=2),
    ),
    (
        "FULLY_CONNECTED",
        [noise(5, 520), noise(5)],
        (1, 5),
        options("FullyConnected", keepNumDims=False),
    ),
]


def name_of(case):
    return case[0] if isinstance(case, tuple) else None


@pytest.fixture
def run_both(builder):
    """A network of one operator behind a convolution, on LiteRT's plain kernels and on ours."""

    def run(kind, inputs, shape, made, arithmetic=None):
        network = builder((1, 13, 10, 1))
        kernel = noise(4, 1, 1, 1, scale=2)
        x = network.conv(network.lightness, kernel, (1, 13, 10, 4), noise(4))
        tensors = [x if given is None else network.constant(given) for given in inputs]
        data = network.close(network.step(kind, tensors, shape, made, "last"))
        lightness = noise(13, 10, scale=1)
        interpreter = Interpreter(
            model_content=data,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        interpreter.allocate_tensors()
        interpreter.set_tensor(
            interpreter.get_input_details()[0]["index"], lightness[None, :, :, None]
        )
        interpreter.invoke()
        theirs = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        ours = HalfNetwork(Graph(data), arithmetic or Arithmetic(False)).run(lightness).ab
        return ours, theirs[0]

    return run


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_in_float32_it_is_litert(run_both, case):
    kind, constants, shape, made = case
    ours, theirs = run_both(kind, [None, *constants], shape, made)
    assert ours.shape == theirs.shape
    assert np.ptp(theirs) > 0.1
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


@pytest.mark.parametrize(
    ("padding", "stride", "size"), [(SAME, 2, (26, 20)), (VALID, 2, (27, 21)), (SAME, 1, (13, 10))]
)
def test_a_transposed_convolution_is_litert(run_both, padding, stride, size):
    shape = (1, *size, 3)
    made = options("TransposeConv", padding=padding, strideH=stride, strideW=stride)
    inputs = [ints(*shape), noise(3, 3, 3, 4), None]
    ours, theirs = run_both("TRANSPOSE_CONV", inputs, shape, made)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_every_operator_is_compared_here():
    free = {"DEQUANTIZE", "QUANTIZE", "TRANSPOSE_CONV"}  # by the shipped models, and above
    assert {case[0] for case in CASES} == KERNELS.keys() - free


def test_rounding_is_numpys_on_all_sizes_of_numbers():
    exponents = RNG.integers(-12, 7, 200_000)
    values = (RNG.normal(size=200_000) * 10.0**exponents).astype(np.float32)
    edges = [0, -0.0, MAX_HALF, 65519.9, 65520, -65520, 1e30, 2**-24, 2**-25, 2**-14, np.inf]
    ties = 1 + np.arange(64) / 2**12
    values = np.concatenate([values, np.float32(edges), np.float32(ties)])
    with np.errstate(over="ignore"):
        expected = values.astype(np.float16).astype(np.float32)
        np.testing.assert_array_equal(to_half(values), expected)
    assert np.isnan(to_half(np.float32([np.nan]))).all()


def test_sums_are_kept_in_half_precision():
    ones = np.ones((1, 12_000), np.float32)
    made = options("FullyConnected", keepNumDims=False)
    kernel = KERNELS["FULLY_CONNECTED"]
    assert kernel(made, [ones, ones], Arithmetic(False)).item() == 12_000
    expected = np.float16(0)
    for _ in range(3000):
        expected += np.float16(4)
    assert expected < 12_000
    assert kernel(made, [ones, ones], Arithmetic(True)).item() == expected


def test_what_a_layer_makes_is_rounded(run_both):
    """From 2048 on halves are two apart."""
    step = ("ADD", [None, np.float32([2048])], (1, 13, 10, 4), options("Add"))
    exact, _ = run_both(*step)
    rounded, _ = run_both(*step, Arithmetic(True))
    assert (exact % 1 != 0).any()
    assert (rounded[rounded >= 2048] % 2 == 0).all()
