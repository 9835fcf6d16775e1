"""Result files: what is written is what is read, and what is no result file is refused."""

import json
import os
import re
from dataclasses import replace

import numpy as np
import pytest

from edge_runtime.bench.command_line import command_line
from edge_runtime.bench.machine import machine_facts
from edge_runtime.bench.model_facts import model_facts
from edge_runtime.bench.result_file import (
    MAX_BYTES,
    MAX_NAMES,
    BenchmarkResult,
    ResultFileError,
    now,
    read,
    write,
)
from edge_runtime.bench.versions import package_versions


@pytest.fixture
def result(tiny_model) -> BenchmarkResult:
    return BenchmarkResult(
        kind="accuracy",
        made=now(),
        command="python -m benchmarks accuracy tiny.tflite",
        machine=machine_facts(),
        versions=package_versions(),
        models={"tiny": model_facts(tiny_model)},
        rows=[{"model": "tiny", "rgb_psnr": 23.25, "pictures": 2, "gain": None, "set": "val"}],
        notes=["a note"],
        pictures=["a.jpg", "b.jpg"],
        per_picture={"tiny": {"rgb_psnr": [22.5, 24.0]}},
    )


@pytest.fixture
def written(result, tmp_path):
    """The JSON of a good file, to spoil, and its path."""
    file = tmp_path / "result.json"
    write(result, file)
    return json.loads(file.read_text("utf-8")), file


def test_what_is_written_is_read(result, tmp_path):
    write(result, tmp_path / "result.json")
    assert read(tmp_path / "result.json") == result
    assert os.listdir(tmp_path) == ["result.json"]


def test_the_fields_are_those_that_others_rely_on(written, tiny_model):
    values, _ = written
    assert values["schema"] == "tintlite-benchmark"
    assert values["schema_version"] == 1
    fields = {"cpu", "cores", "memory_gib", "architecture", "system", "board", "gpu"}
    assert set(values["machine"]) == fields
    model = values["models"]["tiny"]
    assert model["file"] == "tiny.tflite"
    assert model["bytes"] == tiny_model.stat().st_size
    assert model["input_size"] == 64
    assert re.fullmatch("[0-9a-f]{64}", model["sha256"])


def test_numbers_of_numpy_and_odd_names_are_written(result, tmp_path):
    name = os.fsdecode(b"gr\xfcn\x1b[2J.jpg")  # what a folder may hold
    odd = replace(
        result,
        pictures=[name, "b.jpg"],
        rows=[{"model": "tiny", "fps": np.float32(2.5), "runs": np.int64(3)}],
    )
    write(odd, tmp_path / "result.json")
    again = read(tmp_path / "result.json")
    assert again.rows == [{"model": "tiny", "fps": 2.5, "runs": 3}]
    assert again.pictures[0] == "gr\\udcfcn\\x1b[2J.jpg"


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (["schema"], "other", "not a result file of TintLite's"),
        (["schema_version"], 2, "of schema version 2, this TintLite reads 1"),
        (["schema_version"], True, "schema version True"),
        (["schema_version"], "1" * 9999, "schema version"),
        (["kind"], "speed", "kind: Input should be 'accuracy', 'latency'"),
        (["kind"], [], "kind: Input should be 'accuracy', 'latency'"),
        (["made"], "yesterday", "made: String should match pattern"),
        (["command"], "a\x1b[2Jb", "command: is not plain text"),
        (["machine", "cores"], "two", "machine.cores: is not a whole number"),
        (["machine", "host"], "x", "machine.host: Unexpected keyword argument"),
        (["versions", "numpy"], 2, "versions.numpy: is not plain text"),
        (["models", "tiny", "sha256"], "abc", "models.tiny.sha256: String should match pattern"),
        (["models", "tiny", "bytes"], 1.5, "models.tiny.bytes: is not a whole number"),
        (["models"], [], "models: Input should be a valid dictionary"),
        (["rows"], {}, "rows: Input should be a valid list"),
        (["rows", 0, "model"], 3, "rows.0: is a row without model"),
        (["rows", 0, "gain"], [], "rows.0.gain: is not a number"),
        (["rows", 0, "gain"], True, "rows.0.gain: is not a number"),
        (["rows", 0, "gain"], 10**400, "rows.0.gain: is not a number"),
        (["rows", 0, "gain"], 2**53 + 1, "rows.0.gain: is not a number"),
        (["rows", 0, "a\x1b[2J" * 99], 1, "is not plain text"),
        (["rows", 0, "deep"], [[[]]], "rows.0.deep: is not a number"),
        (["rows", 0, "set"], "\ud800", "rows.0.set: is not plain text"),
        (["notes"], [1], "notes.0: is not plain text"),
        (["schema2"], 1, "schema2: Unexpected keyword argument"),
        (["pictures"], ["a.jpg"], "not as long as that of the pictures"),
        (
            ["per_picture", "tiny", "rgb_psnr"],
            [1, None],
            "tiny.rgb_psnr.1: is not a number",
        ),
        (["extra"], 1, "extra: Unexpected keyword argument"),
    ],
)
def test_spoilt_files_are_refused_in_one_sentence(written, path, value, says):
    values, file = written
    place = values
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    file.write_text(json.dumps(values), "utf-8")
    with pytest.raises(ResultFileError) as caught:
        read(file)
    sentence = str(caught.value)
    assert says in sentence
    assert len(sentence) < 300
    assert sentence.isprintable()


@pytest.mark.parametrize("name", ["rows", "machine", "notes", "made"])
def test_a_missing_field_is_named(written, name):
    values, file = written
    del values[name]
    file.write_text(json.dumps(values), "utf-8")
    with pytest.raises(ResultFileError, match=f"damaged result file: {name}: Field required"):
        read(file)


@pytest.mark.parametrize(
    "data",
    [b"", b"no JSON", b"[1, 2]", b"\xff\xfe{}", b"[" * 100_000, b'{"a": NaN}', b"9" * 10_000],
)
def test_other_files_are_refused(tmp_path, data):
    file = tmp_path / "other.json"
    file.write_bytes(data)
    with pytest.raises(ResultFileError, match="not a result file"):
        read(file)


def test_what_is_no_number_in_json_is_refused(written):
    values, file = written
    values["rows"][0]["gain"] = float("nan")
    file.write_text(json.dumps(values), "utf-8")
    with pytest.raises(ResultFileError, match="not readable JSON"):
        read(file)


def test_a_file_of_flaws_is_not_read_to_its_end(written):
    values, file = written
    for name, flaws in (("rows", [1] * 10**5), ("notes", [1] * 10**5)):
        file.write_text(json.dumps(values | {name: flaws}), "utf-8")
        with pytest.raises(ResultFileError, match=f"{name}.0: ") as caught:
            read(file)
        assert caught.value.__context__.error_count() == 1
    many = {f"model {number}": 1 for number in range(MAX_NAMES)}
    for name in ("models", "versions", "per_picture"):
        file.write_text(json.dumps(values | {name: many}), "utf-8")
        with pytest.raises(ResultFileError, match="more names than any result file"):
            read(file)


def test_what_is_too_large_is_not_even_opened(tmp_path):
    file = tmp_path / "large.json"
    with file.open("wb") as opened:
        opened.truncate(MAX_BYTES + 1)
    with pytest.raises(ResultFileError, match="larger than any result file"):
        read(file)


def test_what_is_no_file(tmp_path):
    with pytest.raises(ResultFileError, match="no such result file"):
        read(tmp_path / "missing.json")
    with pytest.raises(ResultFileError, match="not a file"):
        read(tmp_path)


def test_nothing_stays_of_a_result_that_cannot_be_written(result, tmp_path):
    with pytest.raises(ResultFileError, match="gain: is not a number"):
        write(replace(result, rows=[{"model": "x", "gain": float("inf")}]), tmp_path / "a.json")
    with pytest.raises(ResultFileError, match="cannot be written"):
        write(result, tmp_path / "missing" / "a.json")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["accuracy", "nano", "--on", "/home/me/photos/val.tar"], "accuracy nano --on val.tar"),
        (["--on=/srv/my photos/x"], "--on=x"),
        (["data/photos:val", "../a/b.tflite"], "data/photos:val ../a/b.tflite"),
        ([r"C:\Users\me\a.tflite"], "a.tflite"),
        (["a b"], "'a b'"),
    ],
)
def test_commands_show_no_folders_of_the_machine(arguments, line):
    assert command_line("python -m benchmarks", arguments) == f"python -m benchmarks {line}"


def fake_root(tmp_path, files):
    for name, data in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path


def test_a_raspberry_pi_is_named(tmp_path):
    core = b"processor\t: %d\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\n\n"
    pi = b"Hardware\t: BCM2835\nSerial\t\t: 10000000abcdef\nModel\t\t: Raspberry Pi 5\n"
    files = {
        "proc/cpuinfo": b"".join(core % n for n in range(4)) + pi,
        "proc/device-tree/model": b"Raspberry Pi 5 Model B Rev 1.0\0",
        "etc/os-release": b'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
        "sys/class/drm/card0/device/uevent": b"DRIVER=v3d\nOF_NAME=v3d\n",
        "sys/class/drm/card1/device/uevent": b"DRIVER=vc4-drm\n",
    }
    machine = machine_facts(fake_root(tmp_path, files))
    assert machine.cpu == "Cortex-A76"
    assert machine.board == "Raspberry Pi 5 Model B Rev 1.0"
    assert machine.system.startswith("Debian GNU/Linux 12 (bookworm), ")
    assert machine.gpu == "driver v3d, driver vc4-drm"
    assert "abcdef" not in str(machine)


def test_large_and_small_cores_and_an_nvidia_gpu(tmp_path):
    core = b"CPU implementer\t: 0x41\nCPU part\t: %s\n\n"
    files = {
        "proc/cpuinfo": core % b"0xd05" + core % b"0xd0b" + core % b"0xfff",
        "proc/driver/nvidia/gpus/0000:01:00.0/information": b"Model: \t NVIDIA T4\nIRQ: 1\n",
    }
    machine = machine_facts(fake_root(tmp_path, files))
    assert machine.cpu == "Cortex-A55 + Cortex-A76 + ARM core 0x41:0xfff"
    assert machine.gpu == "NVIDIA T4"
    assert machine.board is None


def test_this_machine_is_described():
    machine = machine_facts()
    assert machine.cpu
    assert machine.cores == len(os.sched_getaffinity(0))
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    assert machine.memory_gib == pytest.approx(pages, abs=0.1)
    assert os.uname().nodename not in str(machine)
