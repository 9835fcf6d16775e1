"""The contract as JSON: read back, and refused where it is not ours."""

import json
from dataclasses import replace

import pytest

from edge_runtime.errors import ModelError
from edge_runtime.model.contract import MAX_JSON_BYTES, Contract
from edge_runtime.model.tone import TONE_VIEW, ToneView

CONTRACT = Contract(
    name="nano",
    version="1.0",
    input_size=160,
    recipe="int8_ptq",
    training_set="some photos",
    licence="research only",
    result={"val_rgb_psnr_db": 24.5},
)


VIEWING = replace(CONTRACT, view=ToneView(0.02, 0.97, 25.0))


@pytest.mark.parametrize("contract", [CONTRACT, VIEWING])
def test_comes_back_from_its_json(contract):
    assert Contract.from_json(contract.to_json()) == contract


def test_the_version_follows_from_the_view():
    first, second = json.loads(CONTRACT.to_json()), json.loads(VIEWING.to_json())
    assert (first["contract_version"], first["lightness_scale"]) == (1, 50)
    assert (second["contract_version"], second["ab_scale"]) == (2, 110)
    assert second["view"] == {"low": 0.02, "high": 0.97, "least_range": 25}
    # Each says one thing of how L* becomes the input, so that no reader takes the wrong one.
    assert first.keys() - second.keys() == {"lightness_scale"}
    assert second.keys() - first.keys() == {"view"}


def test_whole_numbers_make_a_view_as_well():
    view = Contract.from_json(
        viewing(view={"low": 0, "high": 1, "least_range": 20, "more": 7})
    ).view
    assert view == ToneView(0.0, 1.0, 20.0)
    assert [type(value) for value in vars(view).values()] == [float] * 3


def test_a_first_version_that_names_a_view_has_none():
    assert Contract.from_json(changed(view=vars(TONE_VIEW))) == CONTRACT


def changed(**values) -> str:
    return json.dumps(json.loads(CONTRACT.to_json()) | values)


def viewing(**values) -> str:
    return json.dumps(json.loads(VIEWING.to_json()) | values)


def of_view(**values) -> str:
    return viewing(view=vars(TONE_VIEW) | values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not readable JSON"),
        (b"\xff\xfe\x00", "not readable JSON"),
        ("[" * 60_000, "not readable JSON"),
        ("[]", "not a JSON object"),
        ("{}", "contract version None"),
        (changed(contract_version=3), "contract version 3, this TintLite reads 1 and 2"),
        (changed(contract_version=0), "contract version 0"),
        (changed(contract_version="2"), "contract version '2'"),
        (changed(contract_version=True), "contract version True"),
        (changed(contract_version=[1]), r"contract version \[1\]"),
        (changed(contract_version=2), "lacks view"),
        (viewing(contract_version=1), "lacks lightness_scale"),
        (" " * (MAX_JSON_BYTES + 1), "too long"),
        (changed(name=7), "name that is not plain text"),
        (changed(name="nano\x1b[31m"), "name that is not plain text"),
        (changed(input_size=16), "input size of 16"),
        (changed(input_size="160"), "input size of '160'"),
        (changed(input_size=True), "input size of True"),
        (changed(recipe="int4"), "unknown recipe 'int4'"),
        (changed(result=[1]), "figures by name"),
        (changed(result={"psnr": "high"}), "figures by name"),
        (changed(result={"psnr": float("nan")}), "figures by name"),
        (changed(result={"psnr": 10**400}), "figures by name"),
        (changed(input_size=7777).replace("7777", "9" * 5000), "not readable JSON"),
        (changed(ab_scale=128.0), "other scales"),
        (changed(lightness_scale=100.0), "other scales"),
        (viewing(ab_scale=128.0), "other scales"),
        (viewing(input_size=16), "input size of 16"),
        (json.dumps({"contract_version": 1, "name": "x"}), "lacks ab_scale, input_size"),
        (viewing(view=None), "not three numbers by name"),
        (viewing(view=[0.01, 0.99, 20.0]), "not three numbers by name"),
        (viewing(view={}), "not three numbers by name"),
        (viewing(view={"low": 0.01, "high": 0.99}), "not three numbers by name"),
        (of_view(low="0.01"), "not three numbers by name"),
        (of_view(low=False), "not three numbers by name"),
        (of_view(high=True), "not three numbers by name"),
        (of_view(high=None), "not three numbers by name"),
        (of_view(least_range=[20.0]), "not three numbers by name"),
        (of_view(least_range=float("nan")), "not three numbers by name"),
        (of_view(least_range=float("inf")), "not three numbers by name"),
        (of_view(least_range=10**400), "not three numbers by name"),
        (of_view(low=-0.01), "view out of range"),
        (of_view(low=0.99), "view out of range"),
        (of_view(low=0.99, high=0.01), "view out of range"),
        (of_view(high=1.01), "view out of range"),
        (of_view(least_range=0), "view out of range"),
        (of_view(least_range=1e-30), "view out of range"),
        (of_view(least_range=-20.0), "view out of range"),
        (of_view(least_range=1e300), "view out of range"),
    ],
)
def test_what_is_no_contract_is_refused(text, words):
    with pytest.raises(ModelError, match=words):
        Contract.from_json(text)
