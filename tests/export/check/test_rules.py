"""Each rule can be kept, and can be broken, and the layer that breaks it is named."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from edge_runtime.model.model_file import read_model
from edge_runtime.model.shipped import shipped_names, shipped_path
from export.check.extreme_inputs import extreme_inputs
from export.check.gates import gates
from export.check.gpu_rules import check_gpu_rules
from export.check.graph import Graph
from export.check.operators import check_operators, macs
from export.check.result import Result
from export.check.xnnpack import check_xnnpack
from export.errors import ExportError

SHAPE = (1, 64, 64, 2)


def options(kind, **values):
    made = getattr(schema, f"{kind}OptionsT")()
    for name, value in values.items():
        setattr(made, name, value)
    return made


@pytest.fixture
def good(two_channels):
    network, x = two_channels()
    return network.close(x)


@pytest.fixture
def nearest(two_channels):
    """It ends in an operator that XNNPACK does not have, behind one that it has."""
    network, x = two_channels(strideH=2, strideW=2)
    size = network.constant(np.int32([64, 64]))
    made = options("ResizeNearestNeighbor", alignCorners=False, halfPixelCenters=False)
    return network.close(
        network.step("RESIZE_NEAREST_NEIGHBOR", [x, size], SHAPE, made, "decoder_up")
    )


class TestXnnpack:
    def test_one_piece(self, good):
        result = check_xnnpack(good, Graph(good))
        assert (result.status, result.detail) == ("pass", "1 of 1 operators in 1 piece")

    def test_the_layer_left_out_is_named(self, nearest):
        result = check_xnnpack(nearest, Graph(nearest))
        assert result.status == "fail"
        assert "left out: RESIZE_NEAREST_NEIGHBOR at decoder_up" in result.detail
        assert result.figures["delegated_share"] == 0.5

    def test_an_int8_average_pool_breaks_it_in_two(self, two_channels):
        network, x = two_channels()
        coded = {"dtype": "int8", "scale": 0.05}
        x = network.step("QUANTIZE", [x], SHAPE, options("Quantize"), "in", **coded)
        pool = {"filterHeight": 2, "filterWidth": 2, "strideH": 2, "strideW": 2}
        half = (1, 32, 32, 2)
        x = network.step("AVERAGE_POOL_2D", [x], half, options("Pool2D", **pool), "pool", **coded)
        data = network.close(network.step("DEQUANTIZE", [x], half, options("Dequantize"), "out"))
        result = check_xnnpack(data, Graph(data))
        assert result.status == "fail"
        assert result.figures["partitions"] == 2
        assert result.figures["left"] == [{"kind": "AVERAGE_POOL_2D", "layer": "pool"}]

    def test_what_litert_does_not_load(self, two_channels):
        network, x = two_channels()
        data = network.close(network.step("LSH_PROJECTION", [x], SHAPE, None, "odd"))
        result = check_xnnpack(data, Graph(data))
        assert result.status == "fail"
        assert result.detail.startswith("LiteRT cannot run it: ")

    @pytest.mark.parametrize("name", shipped_names())
    def test_the_walk_agrees_with_the_memory(self, name):
        """Tensors inside a delegated piece have no memory of their own, all others have."""
        data = shipped_path(name).read_bytes()
        graph = Graph(data)
        figures = check_xnnpack(data, graph).figures
        interpreter = Interpreter(model_content=data)
        interpreter.allocate_tensors()
        outside = []
        for operator in graph.operators:
            try:
                interpreter.get_tensor(operator.outputs[0])
                outside.append(operator.outputs[0])
            except ValueError:
                pass
        assert outside == list(graph.outputs)
        assert (figures["left"], figures["partitions"]) == ([], 1)
        assert figures["delegated_share"] == 1

    def test_the_walk_agrees_with_the_memory_where_some_are_left(self, nearest):
        interpreter = Interpreter(model_content=nearest)
        interpreter.allocate_tensors()
        graph = Graph(nearest)
        (left,) = check_xnnpack(nearest, graph).figures["left"]
        (outputs,) = (op.outputs for op in graph.operators if op.layer == left["layer"])
        assert interpreter.get_tensor(outputs[0]).shape == SHAPE


class TestOperators:
    def test_a_plain_graph(self, good):
        result = check_operators(Graph(good))
        assert (result.status, result.detail) == ("pass", "1: 1 CONV_2D float32")
        assert result.figures["macs"] == 64 * 64 * 2 * 9

    def test_an_open_batch(self, two_channels):
        network, x = two_channels()
        network.open_batch()
        result = check_operators(Graph(network.close(x)))
        assert result.status == "fail"
        assert "lightness has no fixed size" in result.detail
        assert "CONV_2D at first has no fixed size" in result.detail

    def test_integers_between_layers(self, two_channels):
        network, x = two_channels()
        axis = network.constant(np.int32([3]))
        made = options("ArgMax", outputType=schema.TensorType.INT64)
        x = network.step("ARG_MAX", [x, axis], (1, 64, 64), made, "bins", dtype="int64")
        result = check_operators(Graph(network.close(x)))
        assert (result.status, result.detail) == ("fail", "ARG_MAX at bins gives int64")

    def test_multiplications_are_counted(self, builder):
        network = builder()
        kernel = np.ones((8, 3, 3, 1))
        x = network.conv(network.lightness, kernel, (1, 32, 32, 8), strideH=2, strideW=2)
        weights = [network.constant(np.ones((1, 3, 3, 8), np.float32))]
        made = options("DepthwiseConv2D", strideH=1, strideW=1, depthMultiplier=1)
        x = network.step("DEPTHWISE_CONV_2D", [x, *weights], (1, 32, 32, 8), made)
        size = network.constant(np.int32([1, 64, 64, 2]))
        kernel = network.constant(np.ones((2, 2, 2, 8), np.float32))
        made = options("TransposeConv", strideH=2, strideW=2)
        x = network.step("TRANSPOSE_CONV", [size, kernel, x], (1, 64, 64, 2), made)
        expected = 32 * 32 * 8 * 9 + 32 * 32 * 8 * 9 + 32 * 32 * 8 * 2 * 4
        assert macs(Graph(network.close(x))) == expected

    @pytest.mark.parametrize("cut", [100, 600, -300])
    def test_a_damaged_graph_is_one_sentence(self, good, cut):
        with pytest.raises(ExportError, match="the model's graph cannot be read"):
            Graph(good[:cut])

    def test_names_that_a_terminal_would_obey(self, builder):
        network = builder()
        name = "layer\x1b[2Jx\n" + "y" * 500
        x = network.conv(network.lightness, np.ones((2, 1, 1, 1)), SHAPE, name=name)
        layer = Graph(network.close(x)).operators[0].layer
        assert layer.isprintable()
        assert len(layer) == 80


class TestGpuRules:
    @pytest.mark.parametrize(
        ("kind", "made", "status", "says"),
        [
            ("RELU6", None, "pass", "all 2 operators"),
            ("LEAKY_RELU", options("LeakyRelu", alpha=0.2), "warning", "LEAKY_RELU at odd"),
            ("TANH", None, "warning", "TANH at odd"),
            ("L2_NORMALIZATION", options("L2Norm"), "warning", "at odd: no GPU delegate has it"),
            ("SOFTMAX", options("Softmax", beta=2.0), "warning", "at odd: its beta is not 1"),
        ],
    )
    def test_an_operator(self, two_channels, kind, made, status, says):
        network, x = two_channels()
        data = network.close(network.step(kind, [x], SHAPE, made, "odd"))
        result = check_gpu_rules(Graph(data))
        assert result.status == status
        assert says in result.detail

    def test_a_depth_multiplier(self, two_channels):
        network, x = two_channels()
        weights = network.constant(np.ones((1, 3, 3, 4), np.float32))
        made = options("DepthwiseConv2D", strideH=1, strideW=1, depthMultiplier=2)
        x = network.step("DEPTHWISE_CONV_2D", [x, weights], (1, 64, 64, 4), made, "odd")
        result = check_gpu_rules(Graph(network.close(x)))
        assert result.status == "warning"
        assert "DEPTHWISE_CONV_2D at odd: a depth multiplier" in result.detail

    def test_a_product_that_widens_both(self, builder):
        network = builder()
        rows = network.conv(network.lightness, np.ones((2, 1, 64, 1)), (1, 64, 1, 2), padding=1)
        columns = network.conv(network.lightness, np.ones((2, 64, 1, 1)), (1, 1, 64, 2), padding=1)
        made = options("Mul")
        data = network.close(network.step("MUL", [rows, columns], SHAPE, made, "odd"))
        result = check_gpu_rules(Graph(data))
        assert result.status == "warning"
        assert "MUL at odd" in result.detail

    def test_both_ways_of_resizing_at_once(self, two_channels):
        network, x = two_channels()
        size = network.constant(np.int32([64, 64]))
        made = options("ResizeBilinear", alignCorners=True, halfPixelCenters=True)
        data = network.close(network.step("RESIZE_BILINEAR", [x, size], SHAPE, made, "odd"))
        assert "align_corners together" in check_gpu_rules(Graph(data)).detail

    def test_an_axis_that_is_dropped(self, two_channels):
        network, x = two_channels()
        ends = [network.constant(np.int32(side)) for side in ([0] * 4, [1, 1, 64, 2], [1] * 4)]
        made = options("StridedSlice", shrinkAxisMask=2)
        data = network.close(network.step("STRIDED_SLICE", [x, *ends], (1, 64, 2), made, "odd"))
        assert "STRIDED_SLICE at odd: it drops" in check_gpu_rules(Graph(data)).detail

    def test_what_none_has_comes_before_what_some_lack(self, two_channels):
        network, x = two_channels()
        x = network.step("TANH", [x], SHAPE, None, "some")
        data = network.close(network.step("COMPLEX_ABS", [x], SHAPE, None, "none"))
        assert check_gpu_rules(Graph(data)).detail == (
            "COMPLEX_ABS at none: no GPU delegate has it;"
            " not in older phones' delegates: TANH at some"
        )


def test_extreme_inputs_are_lightness():
    inputs = extreme_inputs(32)
    assert list(inputs) == ["black", "white", "checkerboard", "noise", "pattern"]
    for lightness in inputs.values():
        assert (lightness.shape, lightness.dtype) == ((32, 32), np.float32)
        assert lightness.min() >= -1
        assert lightness.max() <= 1
    assert set(np.unique(inputs["checkerboard"]).tolist()) == {-1.0, 1.0}


@pytest.mark.parametrize("name", shipped_names())
def test_the_shipped_models_keep_all_rules(name):
    """Half precision of them is looked at in `test_half_precision.py`."""
    model = read_model(name)
    half = Result("half precision", "pass", "a stand-in's")
    results = gates(model.data, model.contract.recipe, lambda: half)
    assert [(result.check, result.status) for result in results] == [
        ("operators", "pass"),
        ("xnnpack", "pass"),
        ("gpu rules", "pass"),
        ("half precision", "pass"),
    ]


def test_a_full_integer_model_is_not_for_the_gpu(good):
    statuses = {result.check: result.status for result in gates(good, "int8_full", pytest.fail)}
    assert statuses["gpu rules"] == statuses["half precision"] == "skipped"
    assert statuses["xnnpack"] == "pass"
