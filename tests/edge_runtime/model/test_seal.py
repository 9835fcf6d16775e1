"""The seal: whole and unedited, or refused before LiteRT sees a byte."""

import json

import numpy as np
import pytest

from edge_runtime.errors import ModelError
from edge_runtime.model.contract import METADATA_NAME, Contract
from edge_runtime.model.metadata import find_metadata
from edge_runtime.model.seal import check_seal, contract_json, seal


@pytest.fixture(scope="module")
def model(tiny_model) -> bytes:
    return tiny_model.read_bytes()


def test_a_sealed_model_passes(model):
    check_seal(model)
    values = json.loads(contract_json(model))
    assert values["size"] == str(len(model)).zfill(12)
    assert Contract.from_json(contract_json(model)).name == "tiny"


def test_sealing_again_changes_nothing(model):
    assert seal(model) == model


def test_an_unsealed_model_is_refused_until_sealed(model):
    blank = model.replace(json.loads(contract_json(model))["sha256"].encode(), b"0" * 64)
    with pytest.raises(ModelError, match="SHA-256 differs"):
        check_seal(blank)
    assert seal(blank) == model


def test_every_changed_byte_is_noticed(model):
    for position in range(len(model)):
        changed = bytearray(model)
        changed[position] ^= 0x20
        with pytest.raises(ModelError):
            check_seal(bytes(changed))


def test_every_cut_is_noticed(model):
    for length in range(len(model)):
        with pytest.raises(ModelError):
            check_seal(model[:length])


def test_bytes_too_many_are_noticed(model):
    with pytest.raises(ModelError, match="bytes too many"):
        check_seal(model + b"\0")


def test_random_bytes_are_refused():
    generator = np.random.default_rng(8)
    for length in (0, 1, 7, 8, 100, 5000):
        for opening in (b"", b"\x20\0\0\0TFL3"):
            with pytest.raises(ModelError):
                check_seal(opening + generator.bytes(length))


def test_a_contract_without_seal_is_refused(model):
    with pytest.raises(ModelError, match="no seal"):
        check_seal(model.replace(b'"sha256"', b'"sha257"'))


def test_a_model_without_contract_is_refused(no_contract_model):
    with pytest.raises(ModelError, match="no TintLite contract"):
        check_seal(no_contract_model.read_bytes())


def test_offsets_out_of_the_file_are_refused(model):
    """Every 32-bit word set to extreme values: an error of ours, or found all the same."""
    for position in range(0, len(model) - 4, 4):
        for word in (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80"):
            hostile = model[:position] + word + model[position + 4 :]
            try:
                place = find_metadata(hostile, METADATA_NAME)
            except ModelError:
                continue
            assert place is None or 0 <= place[0] <= place[1] <= len(model)
