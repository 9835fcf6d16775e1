"""The contract as JSON: read back, and refused where it is not ours."""

import json

import pytest

from edge_runtime.contract import MAX_JSON_BYTES, Contract
from edge_runtime.errors import ModelError

CONTRACT = Contract(
    name="nano",
    version="1.0",
    input_size=160,
    recipe="int8_ptq",
    training_set="some photos",
    licence="research only",
    result={"val_rgb_psnr_db": 24.5},
)


def test_comes_back_from_its_json():
    assert Contract.from_json(CONTRACT.to_json()) == CONTRACT


def changed(**values) -> str:
    return json.dumps(json.loads(CONTRACT.to_json()) | values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not readable JSON"),
        (b"\xff\xfe\x00", "not readable JSON"),
        ("[" * 60_000, "not readable JSON"),
        ("[]", "not a JSON object"),
        ("{}", "contract version None"),
        (changed(contract_version=2), "contract version 2, this TintLite reads 1"),
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
        (json.dumps({"contract_version": 1, "name": "x"}), "lacks ab_scale, input_size"),
    ],
)
def test_what_is_no_contract_is_refused(text, words):
    with pytest.raises(ModelError, match=words):
        Contract.from_json(text)
