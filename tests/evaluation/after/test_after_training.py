"""Training after generation: split by prompt, calibrated by pictures seen, kept, loaded, asked."""

import json
from dataclasses import replace

import numpy as np
import pytest
from made_pictures import ColourEncoder, made_dataset, plain

from ppp_core.errors import PPPError
from ppp_core.evaluation import correlate
from ppp_core.evaluation.after import training
from ppp_core.evaluation.after.data import after_data
from ppp_core.evaluation.after.training import clustered, out_of_fold, pooled_in_turn, train_after
from ppp_core.predictors import after as after_module
from ppp_core.predictors import predictor_class
from ppp_core.predictors.after import before_after, find_after
from ppp_core.predictors.after_artefact import save_after
from ppp_core.predictors.artefact import load_trained
from ppp_core.predictors.reading import read_prompts
from ppp_core.predictors.shipped import find_trained
from ppp_core.splits import normalise_text

TARGET = "made/light"


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("artefact") / "made"
    save_after(trained, folder)
    return folder


@pytest.fixture
def load(words_encoder, monkeypatch):
    """Reads an artefact; the encoders that it names are the made ones."""
    from ppp_core.predictors import after_artefact

    monkeypatch.setattr(after_artefact, "load_encoder", lambda name: words_encoder)
    monkeypatch.setattr(after_artefact, "load_joint_encoder", lambda name: ColourEncoder())
    return load_trained


def shades(*levels):
    return [plain(level, level, level) for level in levels]


def test_pictures_are_joined_to_what_people_said_of_them(dataset, data):
    part = data.train
    assert (len(part), len(part.rated), part.by_picture) == (80, 240, True)
    values = dataset.ratings.set_index("image_id")["value"]
    ids = dataset.images["image_id"].to_numpy()
    np.testing.assert_allclose(part.rated, values[ids])
    np.testing.assert_allclose(part.observed, part.seen.means(part.rated), atol=1e-9)


def test_a_known_signal_is_found(trained):
    held_out = trained.card["held_out"]
    assert held_out["pictures"]["spearman"]["value"] > 0.95  # worth is brightness
    assert held_out["by_images_seen"][-1]["pearson"]["value"] > held_out["words_alone"]["pearson"]["value"]
    assert [one["n_images"] for one in held_out["by_images_seen"]] == [1, 2]  # of three pictures a prompt
    dark, light = (trained.predict("grey dog in the harbour", shades(level)) for level in (0.2, 0.8))
    assert light.images[0].value - dark.images[0].value == pytest.approx(3, abs=0.3)
    assert light.value > dark.value
    for one in trained.card["coverage"]:
        assert 0.75 < one["inside"] <= 1


def test_one_broken_picture_is_told_and_the_rest_is_used(trained):
    told = trained.predict("red fox", [*shades(0.5), b"broken", *shades(0.6)])
    without = trained.predict("red fox", shades(0.5, 0.6))
    assert told.n_images == without.n_images == 2
    assert told.images[1] is None
    assert list(told.failed) == [1]
    assert (told.value, told.low, told.high) == (without.value, without.low, without.high)
    assert told.images[::2] == without.images


def test_order_of_pictures_is_of_no_account(trained):
    pictures = shades(0.3, 0.9, 0.5, 0.1)
    one, other = trained.predict("red fox", pictures), trained.predict("red fox", pictures[::-1])
    assert one.value == pytest.approx(other.value, abs=1e-9)
    assert [image.value for image in one.images] == pytest.approx([i.value for i in other.images[::-1]])


def test_more_pictures_weigh_more(trained):
    words = trained.words.predict(read_prompts(trained.text_encoder, ["blue car"]).view("last"))[0]
    one, two = (trained.predict("blue car", shades(*[0.9] * n)) for n in (1, 2))
    assert words < one.value < two.value
    assert two.high - two.low < one.high - one.low


@pytest.mark.parametrize(
    ("prompt", "pictures", "told"),
    [
        ("red fox", [], r"At least one picture of 'red fox' is needed, got none"),
        ("red fox", [b"x", b"y"], r"None of 2 pictures of 'red fox' can be read\. The first: .*format"),
        (" ", [plain(1, 1, 1)], r"Prompt 1 of 1 is empty"),
        ("red fox", b"x", r"Pictures come as a list"),
    ],
)
def test_what_cannot_be_asked_is_refused(trained, prompt, pictures, told):
    with pytest.raises(PPPError, match=told):
        trained.predict(prompt, pictures)


def test_pictures_unlike_those_learned_from_are_flagged(trained):
    grey, red = trained.predict("red fox", [*shades(0.5), plain(1, 0, 0)]).images
    assert not grey.unfamiliar
    assert red.unfamiliar


def test_a_prompt_unlike_those_learned_from_is_flagged(trained, data):
    known = trained.predict_many(data.train.seen.prompts[:20], [shades(0.5)] * 20)
    assert sum(one.unfamiliar for one in known) <= 2
    assert trained.predict("green green green green", shades(0.5)).unfamiliar


def test_kept_and_loaded_it_says_the_same(trained, folder, load):
    loaded = load(folder)
    before, after = (one.predict("red fox", shades(0.4, 0.7)) for one in (trained, loaded))
    assert replace(before, version=after.version) == after
    assert (trained.version, len(loaded.version)) == ("unsaved", 12)
    assert find_after(str(folder)).predictor.name == "image-probe"


def test_a_changed_byte_is_refused(folder, load, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    content = bytearray((copy / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (copy / "model.safetensors").write_bytes(content)
    with pytest.raises(PPPError, match="damaged: its checksum does not match"):
        load(copy)
    shutil.copy(folder / "model.safetensors", copy / "model.safetensors")
    card = json.loads((copy / "card.json").read_text())
    card["held_out"]["pictures"]["spearman"]["value"] = 0.99
    (copy / "card.json").write_text(json.dumps(card))
    with pytest.raises(PPPError, match="damaged: its checksum does not match"):
        load(copy)


def test_another_revision_of_the_encoder_is_refused(folder, load, monkeypatch):
    from ppp_core.predictors import after_artefact

    other = ColourEncoder()
    other.revision = "second"
    monkeypatch.setattr(after_artefact, "load_joint_encoder", lambda name: other)
    with pytest.raises(PPPError, match="trained with colours of revision first, got revision second"):
        load(folder)


def test_score_and_after_name_each_other(folder, load, tfidf_folder):
    with pytest.raises(PPPError, match=r"reads pictures, and `ppp score` has none\. Use `ppp after`"):
        find_trained(str(folder))
    with pytest.raises(PPPError, match=r"reads no pictures\. Use `ppp score`"):
        find_after(str(tfidf_folder))


def test_arrays_shared_by_two_artefacts_are_kept_once(trained, load, tmp_path):
    for name in ("a", "b"):
        save_after(trained, tmp_path / name, share=True)
    assert load(tmp_path / "b").predict("red fox", shades(0.4)).value == pytest.approx(
        trained.predict("red fox", shades(0.4)).value
    )


def test_before_and_after_stand_side_by_side(trained, monkeypatch, words_encoder, make_data):
    from ppp_core.evaluation.training import train

    alone = before_after(trained, "red fox", shades(0.5))
    assert alone.before is None
    assert alone.sentence.startswith("With 1 picture seen ")
    before = train(make_data(120, 0), predictor="linear-probe", encoder=words_encoder)
    monkeypatch.setattr(after_module, "shipped_targets", lambda: (TARGET,))
    monkeypatch.setattr(after_module, "load_shipped", lambda name: before)
    both = before_after(trained, "red fox", shades(0.1, 0.1))
    assert both.before.value == before.predict(["red fox"])[0].value
    assert f"with 2 pictures seen {both.after.value:.2f} ({both.after.low:.2f} to " in both.sentence
    assert f"From the words alone {both.before.value:.2f}" in both.sentence
    assert "less, and" in both.sentence


def test_no_prompt_is_judged_by_a_model_that_has_learned_from_it(data, words_encoder, monkeypatch):
    kind, learned, asked = predictor_class("image-probe"), [], []

    class Spy(kind):
        def fit(self, read, observed, *, seed=0):
            learned.append({normalise_text(prompt) for prompt in read.prompts})
            return super().fit(read, observed, seed=seed)

        def image_views(self, read):
            asked.append((len(learned) - 1, {normalise_text(prompt) for prompt in read.prompts}))
            return super().image_views(read)

    reading = read_prompts(words_encoder, data.train.seen.prompts)
    judged = out_of_fold(Spy, "linear-probe", data.train, reading, seed=0)
    assert len(learned) == training.N_FOLDS
    assert all(not learned[model] & prompts for model, prompts in asked)
    assert set.union(*(prompts for _, prompts in asked)) == {
        normalise_text(p) for p in data.train.seen.prompts
    }
    assert judged.image_values.shape == (240,)


def test_ratings_that_say_nothing_of_the_picture_are_not_predicted(data, words_encoder):
    """Were folds to share prompts, each prompt's own worth would be known from its other pictures."""
    rng = np.random.default_rng(2)
    own = rng.normal(2.5, 1, len(data.train))
    seen = replace(
        data.train.seen,
        texts=rng.normal(size=(80, 4)).astype(np.float32),
        images=rng.normal(size=(80, 4))[data.train.seen.prompt_of].astype(np.float32),
    )
    part = replace(data.train, seen=seen, observed=own, rated=own[seen.prompt_of])
    reading = read_prompts(words_encoder, seen.prompts)
    judged = out_of_fold(predictor_class("image-probe"), "linear-probe", part, reading, seed=0)
    assert abs(np.corrcoef(judged.image_values, part.rated)[0, 1]) < 3 / np.sqrt(80)
    known = predictor_class("image-probe")().fit(seen, part.rated).image_values(seen)
    assert np.corrcoef(known, part.rated)[0, 1] > 0.8  # so a leak would show


def test_out_of_fold_values_come_back_in_the_order_of_the_pictures(data, words_encoder):
    class Echo:
        reads = "images"

        def fit(self, read, observed, *, seed=0):
            return self

        def image_views(self, read):
            return read.images[:, :1].astype(float)

        def image_values(self, read):
            return self.image_views(read)[:, 0]

    reading = read_prompts(words_encoder, data.train.seen.prompts)
    judged = out_of_fold(Echo, "linear-probe", data.train, reading, seed=3, sizes=(9,))
    np.testing.assert_allclose(judged.image_values, data.train.seen.images[:, 0])
    expected = data.train.seen.means(data.train.seen.images[:, 0].astype(float))
    np.testing.assert_allclose(judged.drawn[9][0, :, 0], expected)
    values, (low, high) = pooled_in_turn(judged)[0][9], pooled_in_turn(judged)[1][9]
    assert values.shape == low.shape == high.shape == (training.N_DRAWS, 80)


def test_a_validation_part_calibrates_and_judges(make_data, words_encoder, tmp_path):
    prompts = make_data(n_train=110, n_held_out=0).train.prompts
    splits = ["train"] * 70 + ["validation"] * 30 + ["test"] * 10
    dataset = made_dataset(tmp_path / "pictures", prompts, splits=splits)
    data = after_data(dataset, TARGET, ColourEncoder())
    assert (len(data.train), len(data.held_out)) == (70, 30)
    assert not set(prompts[100:]) & {*data.train.seen.prompts, *data.held_out.seen.prompts}
    fitted = train_after(
        data,
        predictor="image-probe",
        encoder=ColourEncoder(),
        text_encoder=words_encoder,
        words="linear-probe",
    )
    assert fitted.card["held_out"]["part"] == "validation"
    assert fitted.card["held_out"]["n"] == 30
    assert fitted.card["calibration"]["method"] == "split conformal"


@pytest.mark.parametrize("n_validation", [6, 29])
def test_a_validation_part_too_small_to_calibrate_is_told_and_left_alone(
    make_data, words_encoder, tmp_path, n_validation
):
    prompts = make_data(n_train=70 + n_validation, n_held_out=0).train.prompts
    splits = ["train"] * 70 + ["validation"] * n_validation
    data = after_data(made_dataset(tmp_path / "p", prompts, splits=splits), TARGET, ColourEncoder())
    assert len(data.held_out) == n_validation
    fitted = train_after(
        data,
        predictor="image-probe",
        encoder=ColourEncoder(),
        text_encoder=words_encoder,
        words="linear-probe",
    )
    told = fitted.card["held_out"]
    assert told["part"] == (
        f"out of fold, 5 folds by prompt; the validation part, {n_validation} prompts, is too small for it"
    )
    assert (told["n"], fitted.card["calibration"]["method"]) == (70, "cross-conformal")
    assert (fitted.card["data"]["n_held_out"], fitted.card["data"]["n_too_few"]) == (0, n_validation)
    assert fitted.card["data"]["held_out_sha256"] is None
    assert np.isfinite(fitted.pooling.below).all()


def test_few_prompts_are_judged_in_as_many_turns(data):
    rng = np.random.default_rng(0)
    part = data.train.rows(np.arange(6))
    judged = training.Judged(part, rng.normal(size=6), {1: rng.normal(size=(2, 6, 1))}, None, None, None)
    values, bounds = pooled_in_turn(judged)
    assert np.isfinite(values[1]).all()
    assert values[1].shape == (2, 6)
    assert np.isinf(bounds[1]).all()  # five prompts bear no end of a 90 % interval


def test_ratings_of_prompts_alone_leave_single_pictures_without_interval(make_data, words_encoder, tmp_path):
    prompts = make_data(n_train=70, n_held_out=0).train.prompts
    data = after_data(made_dataset(tmp_path / "p", prompts, by_picture=False), TARGET, ColourEncoder())
    assert not data.train.by_picture
    np.testing.assert_array_equal(data.train.rated, data.train.observed[data.train.seen.prompt_of])
    fitted = train_after(
        data,
        predictor="image-probe",
        encoder=ColourEncoder(),
        text_encoder=words_encoder,
        words="linear-probe",
    )
    (image,) = fitted.predict("red fox", shades(0.5)).images
    assert (image.low, image.high) == (None, None)
    assert fitted.card["held_out"]["pictures"] is None


def test_ratings_of_one_generator_count_its_pictures_alone(make_data, tmp_path):
    prompts = make_data(n_train=70, n_held_out=0).train.prompts
    dataset = made_dataset(tmp_path / "p", prompts, by_picture=False)
    images = dataset.images.copy()
    images.loc[images["image_id"].str.endswith("-1"), "generator"] = "other"
    data = after_data(replace(dataset, images=images), TARGET, ColourEncoder())
    assert data.train.seen.counts.tolist() == [2] * 70


def test_the_network_is_trained_kept_and_asked(data, words_encoder, load, tmp_path, monkeypatch):
    from ppp_core.predictors import correlation_cnn

    monkeypatch.setattr(
        correlation_cnn.CorrelationCNN.__init__,
        "__kwdefaults__",
        {"of": "images", "epochs": 1, "patience": 1},
    )
    fitted = train_after(
        data,
        predictor="correlation-cnn",
        encoder=ColourEncoder(),
        text_encoder=words_encoder,
        words="linear-probe",
    )
    save_after(fitted, tmp_path / "cnn")
    one, other = (which.predict("red fox", shades(0.4, 0.7)) for which in (fitted, load(tmp_path / "cnn")))
    assert one.value == other.value
    assert one.images == (None, None)  # it sees all together
    assert one.failed == {}


def test_broken_and_missing_pictures_are_counted(dataset, tmp_path):
    images = dataset.images.copy()
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    images.loc[0, "path"] = str(bad)
    images.loc[3:5, "path"] = None  # all of the second prompt's
    data = after_data(replace(dataset, images=images), TARGET, ColourEncoder())
    assert list(data.failed) == ["i0-0"]
    assert (len(data.train), data.n_unseen) == (79, 1)
    assert data.train.seen.counts[0] == 2
    np.testing.assert_allclose(data.train.rated[:2], dataset.ratings["value"][1:3])


def test_no_picture_and_too_few_prompts_are_refused(dataset):
    images = dataset.images.assign(path=None).astype({"path": "str"})
    images["path"] = None
    with pytest.raises(PPPError, match=r"Seeing needs pictures, and none of made/light is on this machine"):
        after_data(replace(dataset, images=images), TARGET, ColourEncoder())
    with pytest.raises(PPPError, match=r"at least 60 prompts .* and a picture, got 10"):
        after_data(replace(dataset, images=dataset.images[:30]), TARGET, ColourEncoder())


def test_what_reads_no_pictures_is_refused(data, words_encoder):
    with pytest.raises(PPPError, match=r"linear-probe reads no pictures\. Those that do: image-probe, corr"):
        train_after(data, predictor="linear-probe", encoder=ColourEncoder(), text_encoder=words_encoder)


def test_intervals_of_pictures_resample_prompts(data):
    values = data.train.rated + np.random.default_rng(0).normal(0, 1, 240)
    found = clustered(values, data.train, resamples=200)
    assert found["pearson"]["low"] < found["pearson"]["value"] < found["pearson"]["high"]
    assert found["pearson"]["value"] == pytest.approx(np.corrcoef(values, data.train.rated)[0, 1])
    # pictures of a prompt that say the same count as one
    thrice = replace(data.train, rated=data.train.observed[data.train.seen.prompt_of])
    same = data.train.observed + np.random.default_rng(0).normal(0, 1, 80)
    width = clustered(same[thrice.seen.prompt_of], thrice, resamples=400)["pearson"]
    alone = correlate(same, data.train.observed).pearson
    assert width["high"] - width["low"] == pytest.approx(alone.high - alone.low, rel=0.25)


def test_words_alone_are_no_use_to_what_sees_pictures(words_encoder):
    from ppp_core.evaluation.benchmark.plan import _pairs

    with pytest.raises(PPPError, match=r"reads pictures, after generation\. Use `ppp after`"):
        read_prompts(words_encoder, ["red fox"]).view("images")
    skipped = []
    assert _pairs(["image-probe", "length"], {"words": words_encoder}, skipped) == [("length", "")]
    assert skipped == [
        "image-probe sees pictures, and a benchmark is of prompts alone: use ppp after --curve."
    ]
