"""Models measured side by side: figures against independent ones, and what becomes of bad input."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from skimage import color, metrics
from skimage import data as photos

from benchmarks.accuracy import MEAN_COLOUR, TRUE, accuracy_rows, measure, measure_ab_alone
from benchmarks.accuracy_columns import AB_COLUMNS, COLUMNS
from benchmarks.cli import app
from benchmarks.open_models import OpenedModel, float_partners, open_models, short_names
from edge_runtime.bench.result_file import read
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.errors import ModelError
from train.command import run
from train.data.open_pictures import TruePictures
from train.measure.ab import ab_scores
from train.measure.evaluate import OpenNetwork, evaluate, network_input
from train.measure.film import film_sums
from train.measure.neutral import measure_neutral
from train.measure.plates import plate_sums


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four photos of 256 x 256, which measuring does not resize."""
    made = tmp_path_factory.mktemp("true")
    for name in ("coffee", "chelsea", "astronaut", "rocket"):
        photo = np.ascontiguousarray(getattr(photos, name)()[:256, :256])
        Image.fromarray(photo).save(made / f"{name}.png")
    return made


def true_pictures(folder):
    return [np.asarray(Image.open(file)) for file in sorted(folder.iterdir())]


def model(name, network, size=64, recipe="fp32", made_as="some"):
    return OpenedModel(name, f"{name}.tflite", OpenNetwork(network, size), made_as, recipe)


def call(*arguments):
    """The exit code of `python -m benchmarks ...`."""
    with pytest.raises(SystemExit) as stop:
        run(app, "benchmarks", [str(argument) for argument in arguments])
    return stop.value.code


def lab_picture(lab):
    """In sRGB by less chroma at the same L* and hue, which is halved until it fits."""
    least, most = np.zeros(lab.shape[:2]), np.ones(lab.shape[:2])
    for step in range(20):
        share = most if step == 0 else (least + most) / 2
        fitted = lab * np.dstack([np.ones_like(share), share, share])
        linear = color.lab2xyz(fitted) @ color.colorconv.rgb_from_xyz.T
        fits = ((linear > -1e-4) & (linear < 1 + 1e-4)).all(axis=-1)
        least, most = np.where(fits, share, least), np.where(fits, most, share)
    fitted = lab * np.dstack([np.ones_like(least), least, least])
    return np.round(color.lab2rgb(fitted) * 255).astype(np.uint8)


def test_the_command_writes_figures_that_scikit_image_finds_too(
    folder, tiny_model, tmp_path, capsys
):
    out = tmp_path / "result.json"
    assert call("accuracy", tiny_model, "--on", folder, "--out", out) == 0
    assert "CIEDE2000" in capsys.readouterr().out
    result = read(out)
    rows = {row["model"]: row for row in result.rows}
    assert list(rows) == ["grey", MEAN_COLOUR, "tiny"]
    assert rows["tiny"]["pictures"] == 4
    assert result.pictures == []
    assert result.per_picture == {}
    assert result.models["tiny"].input_size == 64

    trues = true_pictures(folder)
    labs = [color.rgb2lab(true) for true in trues]
    middle = np.mean([lab[..., 1:].mean(axis=(0, 1)) for lab in labs], axis=0)
    for name, ab in (("grey", (0, 0)), (MEAN_COLOUR, middle)):
        made = []
        for lab in labs:
            flat = lab.copy()
            flat[..., 1:] = ab
            made.append(lab_picture(flat))
        pairs = list(zip(trues, made, strict=True))
        psnr = [metrics.peak_signal_noise_ratio(a, b, data_range=255) for a, b in pairs]
        assert rows[name]["rgb_psnr"] == pytest.approx(np.mean(psnr), abs=0.02)
        labs_of_both = [(color.rgb2lab(a), color.rgb2lab(b)) for a, b in pairs]
        apart = [color.deltaE_ciede2000(a, b).mean() for a, b in labs_of_both]
        assert rows[name]["ciede2000"] == pytest.approx(np.mean(apart), abs=0.02)
        mse = np.mean([np.mean((a.astype(float) - b) ** 2) for a, b in pairs])
        assert rows[name]["rgb_psnr_of_mean_mse"] == pytest.approx(
            10 * np.log10(255**2 / mse), abs=0.02
        )
    # One colour everywhere: its correlation with all true ones, and their mirror images, by NumPy.
    true_ab = np.stack([lab[..., 1:] for lab in labs]).reshape(-1, 2)
    pairs = [np.ravel([x, -x]) for x in (np.tile(middle, (len(true_ab), 1)), true_ab)]
    assert rows[MEAN_COLOUR]["rho"] == pytest.approx(np.corrcoef(*pairs)[0, 1], abs=1e-3)
    assert rows[MEAN_COLOUR]["chroma_ratio"] == pytest.approx(
        pairs[0].std() / pairs[1].std(), abs=1e-3
    )
    assert rows["grey"]["gain"] == rows["grey"]["rho"] == rows["grey"]["chroma_ratio"] == 0
    assert rows["grey"]["colourfulness_ratio"] == pytest.approx(0, abs=0.01)
    assert rows[MEAN_COLOUR]["gain"] > 0.5

    # The network itself, as `train evaluate` measures it.
    ((opened,), _) = open_models([str(tiny_model)])
    expected = evaluate({"tiny": opened.network}, trues)["tiny"]
    for key in (
        "rgb_psnr",
        "gain",
        "lab_mse",
        "lab_psnr",
        "ab_psnr",
        "colourfulness_ratio",
        "rho",
        "chroma_ratio",
    ):
        assert rows["tiny"][key] == pytest.approx(getattr(expected, key), abs=1e-3)
        assert rows["tiny"][f"{key}_low"] <= rows["tiny"][key] <= rows["tiny"][f"{key}_high"]
    assert rows["tiny"]["rgb_psnr_low"] < rows["tiny"]["rgb_psnr_high"]
    # No weights, no figure, and a word of it.
    assert "mobilenetv2_frechet" not in rows["tiny"]
    assert any("Fréchet" in note for note in result.notes)
    assert str(tmp_path) not in out.read_text()


def test_the_figures_of_every_picture_are_written_where_they_are_asked_for(
    folder, tiny_model, tmp_path
):
    out, each = tmp_path / "result.json", tmp_path / "each.json"
    assert call("accuracy", tiny_model, "--on", folder, "--out", out, "--per-picture", each) == 0
    short, long = read(out), read(each)
    assert replace(long, pictures=[], per_picture={}) == short
    assert long.pictures == ["astronaut.png", "chelsea.png", "coffee.png", "rocket.png"]
    for row in short.rows:
        for key in ("rgb_psnr", "ciede2000"):
            mean = np.mean(long.per_picture[row["model"]][key])
            assert row[key] == pytest.approx(mean, rel=1e-4)
    assert call("compare", each, each) == call("compare", out, out) == 0
    nowhere = tmp_path / "nowhere" / "each.json"
    assert call("accuracy", tiny_model, "--on", folder, "--out", out, "--per-picture", nowhere) == 1


def test_colourfulness_by_hand(tmp_path):
    # rg is -150 and 150 by halves, yb is 75: M3 is 150 + 0.3 * 75. Grey has none.
    true = np.zeros((32, 32, 3), np.uint8)
    true[:, :16, 0] = true[:, 16:, 1] = 150
    Image.fromarray(true).save(tmp_path / "true.png")
    measured = measure([], TruePictures(str(tmp_path)))
    # The seam between the halves is blurred where 32 pixels become 256.
    assert measured.per_picture[TRUE]["colourfulness"][0] == pytest.approx(172.5, rel=0.03)
    rows = {row["model"]: row for row in accuracy_rows(measured, "set", {})}
    assert rows["grey"]["colourfulness_difference"] == pytest.approx(-172.5, rel=0.03)


def test_quantized_models_stand_beside_their_float_one(folder):
    def network(seen):
        return np.stack([seen, -seen], axis=-1)[::2, ::2] * np.float32(0.2)

    def rounded(seen):
        return np.round(network(seen) * 8) / np.float32(8)

    exact, coarse = model("exact", network), model("coarse", rounded, recipe="int8_ptq")
    same = model("same", network, recipe="fp16")
    other = model("other", network, recipe="int8_ptq", made_as="another")
    models = [coarse, same, other, exact]
    partners = float_partners(models)
    assert partners == {"coarse": "exact", "same": "exact"}
    measured = measure(models, TruePictures(str(folder)))
    rows = {row["model"]: row for row in accuracy_rows(measured, "set", partners)}
    assert rows["coarse"]["float_model"] == "exact"
    # What equals its float model is not infinitely near, which no mean survives.
    assert rows["same"]["psnr_to_float"] == 100
    assert rows["same"]["gain_to_float_low"] == rows["same"]["gain_to_float_high"] == 0
    assert 15 < rows["coarse"]["psnr_to_float"] < 60
    paired = rows["coarse"]["gain_to_float_high"] - rows["coarse"]["gain_to_float_low"]
    assert paired < rows["coarse"]["gain_high"] - rows["coarse"]["gain_low"]
    assert "psnr_to_float" not in rows["other"]


def test_a_network_that_knows_the_truth_is_perfect_by_every_figure(folder):
    known = {
        network_input(true, 256, None).tobytes(): rgb_to_lab(true)[..., 1:] / np.float32(110)
        for true in true_pictures(folder)
    }
    oracle = model("oracle", lambda seen: known[seen.tobytes()], size=256)
    measured = measure([oracle], TruePictures(str(folder)))
    row = accuracy_rows(measured, "set", {})[-1]
    assert row["rgb_psnr"] > 55
    assert row["ciede2000"] < 0.05
    assert row["rho"] == pytest.approx(1, abs=1e-6)
    assert row["chroma_ratio"] == pytest.approx(1, abs=1e-6)
    assert row["colourfulness_ratio"] == pytest.approx(1, abs=1e-3)


def test_a_model_that_gives_up_midway_has_a_row_that_says_so(folder):
    calls = []

    def tired(seen):
        calls.append(1)
        if len(calls) == 3:
            raise ModelError("out of breath")
        return np.zeros((8, 8, 2), np.float32)

    def nan(seen):
        return np.full((8, 8, 2), np.nan, np.float32)

    good = model("good", lambda seen: np.zeros((8, 8, 2), np.float32), recipe="int8_ptq")
    models = [model("tired", tired), good, model("nan", nan, made_as="b")]
    measured = measure(models, TruePictures(str(folder)))
    assert len(calls) == 3
    assert measured.failed["tired"] == "out of breath"
    assert "not finite" in measured.failed["nan"]
    rows = {row["model"]: row for row in accuracy_rows(measured, "set", float_partners(models))}
    assert rows["tired"] == {"model": "tired", "error": "out of breath"}
    # Its quantized twin goes on, without what it has no partner for.
    assert rows["good"]["gain"] == 0
    assert "psnr_to_float" not in rows["good"]
    assert "gain_to_float" not in rows["good"]


def test_a_model_that_cannot_be_opened_does_not_stop_the_others(
    folder, tiny_model, no_contract_model, tmp_path, capsys
):
    out = tmp_path / "result.json"
    missing = tmp_path / "missing.tflite"
    models = (missing, tiny_model, no_contract_model, tmp_path)
    assert call("accuracy", *models, "--on", folder, "--out", out) == 1
    said = capsys.readouterr().err
    rows = {row["model"]: row for row in read(out).rows}
    assert rows["tiny"]["pictures"] == 4
    for name, reason in (
        ("missing", "no such model file"),
        ("no_contract", "contract"),
        (tmp_path.name, "no readable config.json"),
    ):
        assert reason in rows[name]["error"]
        assert reason in said
    assert str(tmp_path) not in json.dumps(list(rows.values()))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ((), "holds no pictures"),
        (((15, 300), (8, 8)), "at least 16x16"),
        (("grey",), "at least 16x16"),
    ],
)
def test_sources_without_a_usable_picture(content, says, tiny_model, tmp_path, capsys):
    source = tmp_path / "source"
    source.mkdir()
    rng = np.random.default_rng(0)
    for number, size in enumerate(content):
        pixels = np.full((40, 40, 3), 90) if size == "grey" else rng.integers(0, 256, (*size, 3))
        Image.fromarray(pixels.astype(np.uint8)).save(source / f"{number}.png")
    out = tmp_path / "result.json"
    assert call("accuracy", tiny_model, "--on", source, "--out", out) == 1
    said = capsys.readouterr().err
    assert said.startswith("benchmarks: ")
    assert says in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_small_pictures_among_others_are_passed_over_and_counted(folder, tiny_model, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for file in folder.iterdir():
        (source / file.name).write_bytes(file.read_bytes())
    (source / "broken.png").write_bytes(b"no picture")
    small = np.random.default_rng(0).integers(0, 256, (15, 40, 3)).astype(np.uint8)
    Image.fromarray(small).save(source / "small.png")
    out = tmp_path / "result.json"
    assert call("accuracy", tiny_model, "--on", source, "--out", out) == 0
    result = read(out)
    assert result.rows[0]["pictures"] == 4
    assert any(note.startswith("2 broken, grey or tiny pictures") for note in result.notes)


@pytest.mark.parametrize(
    ("target", "says"),
    [("nowhere/result.json", "there is no folder"), ("", "it is a folder")],
)
def test_a_target_that_cannot_be_written_is_refused_before_any_work(
    target, says, folder, tiny_model, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("benchmarks.accuracy.measure", None)
    assert call("accuracy", tiny_model, "--on", folder, "--out", tmp_path / target) == 1
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_closed_folder_is_refused(folder, tiny_model, tmp_path, capsys):
    tmp_path.chmod(0o500)
    assert call("accuracy", tiny_model, "--on", folder, "--out", tmp_path / "a.json") == 1
    assert "the folder is closed" in capsys.readouterr().err


def test_weights_of_another_network_are_one_sentence(folder, tiny_model, tmp_path, capsys):
    wrong = tmp_path / "wrong.weights.h5"
    wrong.write_bytes(b"not HDF5")
    out = tmp_path / "result.json"
    common = ("accuracy", tiny_model, "--on", folder, "--out", out)
    assert call(*common, "--mobilenetv2", wrong) == 1
    assert "does not fit this network" in capsys.readouterr().err
    assert not out.exists()


class FakeFeatures:
    """Stands for the network: the mean of each channel."""

    def __call__(self, pictures):
        return np.array([picture.mean(axis=(0, 1)) for picture in pictures])


def test_the_frechet_distance_has_its_column(folder):
    known = {
        network_input(true, 256, None).tobytes(): rgb_to_lab(true)[..., 1:]
        for true in true_pictures(folder)
    }
    half = model("half", lambda seen: known[seen.tobytes()] / np.float32(220), size=256)
    whole = model("whole", lambda seen: known[seen.tobytes()] / np.float32(110), size=256)
    measured = measure([half, whole], TruePictures(str(folder)), FakeFeatures())
    rows = {row["model"]: row for row in accuracy_rows(measured, "set", {})}
    found = [rows[name]["mobilenetv2_frechet"] for name in ("whole", "half", "grey")]
    assert found == sorted(found)
    assert 0 <= found[0] < found[1] < found[2]
    assert "mobilenetv2_frechet_low" not in rows["half"]


def test_every_figure_of_a_row_has_a_column(folder):
    models = [model("a", lambda seen: np.zeros((8, 8, 2), np.float32))]
    models.append(replace(models[0], name="b", recipe="fp16"))
    photos, plates = TruePictures(str(folder)), TruePictures(str(folder))
    row = accuracy_rows(measure(models, photos, FakeFeatures()), "set", {"b": "a"})[-1]
    row |= measure_ab_alone(models, photos, plates)[0]["b"]
    figures = {key for key in row if not key.endswith(("_low", "_high"))}
    described = {column.key for column in (*COLUMNS, *AB_COLUMNS)}
    assert figures - described == {"model", "pictures", "set", "float_model"}
    assert described <= figures


def test_plates_and_aged_photos_are_judged_as_training_judges_them(
    folder, tiny_model, tmp_path, capsys
):
    out, page = tmp_path / "result.json", tmp_path / "page.md"
    arguments = ("--on", folder, "--film", "--plates", folder, "--out", out)
    assert call("accuracy", tiny_model, *arguments) == 0
    assert "plates, a* and b* alone" in capsys.readouterr().out
    rows = {row["model"]: row for row in read(out).rows}
    networks = {"tiny": open_models([str(tiny_model)])[0][0].network}
    pictures = true_pictures(folder)
    for what, sums in (("plates", plate_sums), ("film", film_sums)):
        for name, kinds in ab_scores(sums(networks, pictures)).items():
            for kind, scores in kinds.items():
                for figure in ("rho", "chroma_ratio", "gain"):
                    key = f"{what}_{kind}_{figure}"
                    assert rows[name][key] == pytest.approx(getattr(scores, figure), abs=1e-6)
                    assert rows[name][f"{key}_low"] <= rows[name][key] <= rows[name][f"{key}_high"]
    lost = rows["tiny"]["film_original_gain"] - rows["tiny"]["film_faded_gain"]
    assert rows["tiny"]["film_faded_loss"] == pytest.approx(lost)
    assert rows["tiny"]["neutral_chroma"] == pytest.approx(measure_neutral(networks["tiny"]).chroma)
    # The mean colour is no network: nothing was shown to it.
    assert "plates_pan_rho" not in rows[MEAN_COLOUR]

    assert call("report", out, "--markdown", page) == 0
    table = page.read_text()
    assert "Glass plates of known colour" in table
    assert f"{rows['tiny']['plates_ortho_rho']:.3f} (" in table


def test_a_model_that_gives_up_on_plates_has_a_row_that_says_so(folder):
    def bad(seen):
        if seen.max() > 0.99:  # the coffee's cup
            raise ModelError("out of breath")
        return np.zeros((8, 8, 2), np.float32)

    good = model("good", lambda seen: np.full((8, 8, 2), 0.1, np.float32))
    nan = model("nan", lambda seen: np.full((8, 8, 2), np.nan, np.float32))
    plates = TruePictures(str(folder))
    figures, failed = measure_ab_alone([model("bad", bad), nan, good], plates=plates)
    assert failed["bad"] == "out of breath"
    assert "not finite" in failed["nan"]
    assert list(figures) == ["grey", "good"]
    assert figures["good"] == measure_ab_alone([good], plates=plates)[0]["good"]


def test_networks_that_take_batches_give_the_same_figures(folder):
    class Batches:
        def __call__(self, seen):
            return np.stack([seen, -seen], axis=-1)[::2, ::2] * np.float32(0.2)

        def batch(self, seen):
            return np.stack([self(picture) for picture in seen])

    many, pictures = Batches(), TruePictures(str(folder))
    measured = measure([model("many", many), model("one", lambda seen: many(seen))], pictures)
    assert measured.per_picture["many"] == measured.per_picture["one"]


def test_names_are_short_and_different():
    names = short_names(
        [
            "standard",
            "/data/a/standard.tflite",
            "out/b/standard.tflite",
            "runs/mine",
            "runs/mine/best.weights.h5",
            "grey.tflite",
            "standard",
        ],
        taken=("grey",),
    )
    assert list(names.values()) == [
        "standard",
        "a/standard",
        "b/standard",
        "runs/mine",
        "runs/mine (2)",
        "grey (2)",
    ]
