"""Ranges and scales out of a hostile flatbuffer: told, or refused, never a crash."""

import contextlib

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edge_runtime.engine.interpreter import Network
from edge_runtime.errors import ModelError
from edge_runtime.model.shipped import shipped_names
from edge_runtime.model.tensor_facts import tensor_facts
from export.flatbuffer import close_model, open_model


def edited(model: bytes, **values) -> bytes:
    """The model whose output tensor has these quantization parameters."""
    tree = open_model(model)
    graph = tree.subgraphs[0]
    parameters = schema.QuantizationParametersT()
    for name, numbers in values.items():
        dtype = np.int64 if name == "zeroPoint" else np.float32
        setattr(parameters, name, np.array(numbers, dtype))
    graph.tensors[graph.outputs[0]].quantization = parameters
    return close_model(tree)


@pytest.fixture
def model(tiny_model) -> bytes:
    return tiny_model.read_bytes()


def output_facts(model: bytes):
    return list(tensor_facts(model).values())[1]


@pytest.mark.parametrize("name", shipped_names())
def test_the_shipped_models_tell_their_ranges(name):
    lightness, ab = Network(name, threads=1).tensors()
    assert lightness.range == (-1, 1)
    assert -1 <= ab.range[0] < -0.1 < 0.1 < ab.range[1] <= 1
    assert lightness.scale is None is ab.scale


def test_facts_are_read_as_litert_reads_them(model):
    from ai_edge_litert.interpreter import Interpreter

    coded = edited(model, scale=[0.25], zeroPoint=[-7], min=[-3], max=[4])
    facts = output_facts(coded)
    details = Interpreter(model_content=coded).get_output_details()[0]
    assert (facts.scales[0], facts.zero_points[0]) == details["quantization"] == (0.25, -7)
    assert facts.range == (-3, 4)


@pytest.mark.parametrize(
    ("least", "most"),
    [([], []), ([0], []), ([0, 0], [1, 1]), ([1], [0]), ([np.nan], [1]), ([0], [np.inf])],
)
def test_what_is_no_range_is_not_told(model, least, most):
    assert output_facts(edited(model, min=least, max=most)).range is None


def test_a_tensor_without_parameters_has_no_facts(model):
    facts = output_facts(model)
    assert (facts.range, facts.scales, facts.zero_points) == (None, (), ())


def refused_or_told(model: bytes) -> None:
    """Whatever else it raises fails the test."""
    with contextlib.suppress(ModelError):
        for facts in tensor_facts(model).values():
            assert facts.range is None or facts.range[0] <= facts.range[1]


def test_every_cut_and_every_wild_offset_is_refused_or_harmless(model):
    coded = edited(model, scale=[0.25], zeroPoint=[-7], min=[-3], max=[4])
    for stop in range(0, len(coded), 3):
        refused_or_told(coded[:stop])
    for position in range(0, len(coded) - 4, 4):
        for word in (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80"):
            refused_or_told(coded[:position] + word + coded[position + 4 :])
    with pytest.raises(ModelError, match="cut off or damaged"):
        tensor_facts(coded[:200])
