"""Measures against plain loops and scikit-learn, on real pairs and on clouds whose gap is known."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ppp_core.errors import PPPError
from ppp_core.modality_gap import LITERATURE, MEASURES, QUICK, literature_frame, make_pairs, measure_gap
from ppp_core.modality_gap.measures import sampled_measures


def unit(vectors):
    vectors = np.asarray(vectors, float)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def plain_measures(text, image, groups):
    """The textbook's formulas, one pair after the other."""
    text, image = unit(text), unit(image)
    n = len(text)
    strangers = [(i, j) for i in range(n) for j in range(n) if groups[i] != groups[j]]
    matched = [text[i] @ image[i] for i in range(n)]
    mismatched = [text[i] @ image[j] for i, j in strangers]
    gap = image.mean(axis=0) - text.mean(axis=0)
    shares = np.sort(gap**2)[::-1] / np.sum(gap**2)

    def apart(side):
        return np.mean([(1 - side[i] @ side[j]) / 2 for i, j in strangers])

    def far(one, other):
        distances = cdist(one, other)
        return np.mean([distances[i, j] for i, j in strangers])

    def uniformity(side):
        return np.log(np.mean([np.exp(-2 * np.sum((side[i] - side[j]) ** 2)) for i, j in strangers]))

    partners = np.mean([(1 - one) / 2 for one in matched])
    told = [1] * len(matched) + [0] * len(mismatched)
    return {
        "l2m": np.linalg.norm(gap),
        "rmg": partners / (partners + (apart(text) + apart(image)) / 2),
        "energy": 2 * far(text, image) - far(text, text) - far(image, image),
        "matched-cosine": np.mean(matched),
        "mismatched-cosine": np.mean(mismatched),
        "cosine-auc": roc_auc_score(told, matched + mismatched),
        "cosine-dprime": (np.mean(matched) - np.mean(mismatched))
        / np.sqrt((np.var(matched) + np.var(mismatched)) / 2),
        "alignment": np.mean(np.sum((text - image) ** 2, axis=1)),
        "uniformity-text": uniformity(text),
        "uniformity-image": uniformity(image),
        **{f"gap-top-{k}": shares[:k].sum() for k in (1, 2, 5, 10)},
    }


def found_among_nearest(asking, asking_groups, offered, offered_groups, k):
    """Recall by a stable sort, row by row."""
    hits = 0
    for vector, group in zip(unit(asking), asking_groups, strict=True):
        nearest = np.argsort(-(unit(offered) @ vector), kind="stable")[:k]
        hits += group in offered_groups[nearest]
    return hits / len(asking)


@pytest.mark.parametrize("gap", [0.0, 2.0])
def test_every_measure_is_the_textbooks(clouds, gap):
    text, image = clouds(40, 12, gap=gap)
    wanted = plain_measures(text, image, np.arange(40))
    found = measure_gap(text, image, resamples=0)
    for name, value in wanted.items():
        assert found.value(name) == pytest.approx(value, abs=2e-6), name
    for k in (1, 5, 10):
        one = np.arange(40)
        assert found.value(f"t2i-r{k}") == found_among_nearest(text, one, image, one, k)
        assert found.value(f"i2t-r{k}") == found_among_nearest(image, one, text, one, k)


def test_pictures_of_one_prompt_are_no_strangers(clouds):
    text, image = clouds(30, 6, gap=1.0, noise=0.8)
    random = np.random.default_rng(1)
    owners = np.sort(random.integers(0, 30, 70))
    owners[:30] = np.arange(30)
    owners = np.sort(owners)
    texts, images = text[owners], image[owners] + 0.3 * random.normal(size=(70, 6))
    wanted = plain_measures(texts, images, owners)
    found = measure_gap(texts, images, resamples=0)
    assert (found.n, found.n_groups, found.n_images) == (70, 30, 70)
    for name, value in wanted.items():
        assert found.value(name) == pytest.approx(value, abs=2e-6), name
    # each prompt asks once, and any of its pictures will do; each picture asks for its one prompt
    assert found.value("t2i-r5") == found_among_nearest(text, np.arange(30), images, owners, 5)
    assert found.value("i2t-r5") == found_among_nearest(images, owners, text, np.arange(30), 5)


def test_a_picture_with_several_prompts(clouds):
    text, image = clouds(24, 6, noise=0.8)
    owners = np.repeat(np.arange(24), 2)
    texts = text[owners] + 0.4 * np.random.default_rng(2).normal(size=(48, 6))
    found = measure_gap(texts, image[owners], resamples=0, only=["t2i-r1", "i2t-r1"])
    assert (found.n, found.n_groups, found.n_images) == (48, 24, 24)
    assert found.value("t2i-r1") == found_among_nearest(texts, owners, image, np.arange(24), 1)
    assert found.value("i2t-r1") == found_among_nearest(image, np.arange(24), texts, owners, 1)


def test_separability_agrees_with_scikit_learns_cross_validation(clouds):
    text, image = clouds(300, 8, gap=1.2)
    vectors = np.concatenate([unit(text), unit(image)])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    groups = np.tile(np.arange(300), 2)
    accuracy = cross_val_score(
        model, vectors, np.repeat([0, 1], 300), groups=groups, cv=GroupKFold(5, shuffle=True, random_state=0)
    )
    found = measure_gap(text, image, only=["separability"]).frame.iloc[0]
    assert found["low"] < accuracy.mean() < found["high"]
    assert found["value"] == pytest.approx(accuracy.mean(), abs=0.02)


def test_separability_of_clouds_without_a_gap_is_a_coins(clouds):
    """Were partners or means to leak between the folds, it would fall below a half."""
    values, below = [], 0
    for seed in range(40):
        found = measure_gap(*clouds(60, 24, seed=seed), only=["separability"], resamples=200).frame.iloc[0]
        values.append(found["value"])
        below += found["high"] < 0.5
    assert np.mean(values) == pytest.approx(0.5, abs=0.03)
    assert below <= 4


def test_means_taken_off_all_pairs_are_remarked_on(clouds):
    text, image = (unit(one) for one in clouds(100, 100, gap=4))
    text, image = text - text.mean(axis=0), image - image.mean(axis=0)
    found = measure_gap(text, image, only=["separability", "l2m"], resamples=100)
    assert found.value("separability") < 0.45
    assert any("separability then falls below .5, which means nothing" in one for one in found.notes)
    for seed in range(20):
        usual = measure_gap(*clouds(100, 4 + seed, seed=seed), only=["l2m"], resamples=0)
        assert len(usual.notes) == 1


@pytest.mark.parametrize("shift", [0.1, 0.5])
def test_a_known_gap_is_found(shift):
    """Two caps of the sphere around two directions whose distance is known."""
    random = np.random.default_rng(3)
    angle = 2 * np.arcsin(shift / 2)
    centres = np.zeros((2, 30))
    centres[0, 0], centres[1, :2] = 1, (np.cos(angle), np.sin(angle))
    text, image = (centre + 0.002 * random.normal(size=(200, 30)) for centre in centres)
    found = measure_gap(text, image, only=["l2m", "separability", "gap-top-2"], resamples=200)
    assert found.value("l2m") == pytest.approx(shift, abs=0.002)
    assert found.value("separability") == 1
    assert found.value("gap-top-2") > 0.99


def test_the_distance_without_a_gap_is_foretold():
    """Over many draws of clouds without a gap, the mean squared distance is what is told."""
    squares, told = [], []
    for seed in range(40):
        random = np.random.default_rng(seed)
        found = measure_gap(*random.normal(size=(2, 50, 10)), only=["l2m"], resamples=0)
        squares.append(found.value("l2m") ** 2)
        told.append(found.expected_l2m**2)
    assert np.mean(squares) == pytest.approx(np.mean(told), rel=0.2)


def test_what_is_foretold_is_the_spread_of_partners_not_their_gap(clouds):
    text, image = (unit(one) for one in clouds(25, 6, gap=6))
    gaps = image - text
    found = measure_gap(text, image, only=["l2m"], resamples=0)
    assert found.expected_l2m == pytest.approx(np.sqrt(gaps.var(axis=0).sum() / len(gaps)), rel=1e-5)
    assert found.expected_l2m < 0.2 * found.value("l2m")


@pytest.mark.parametrize("name", ["l2m", "rmg", "matched-cosine", "cosine-auc", "uniformity-text"])
def test_intervals_cover_what_a_large_sample_shows(clouds, name):
    truth = measure_gap(*clouds(1500, 8, gap=1.5, noise=1.0, seed=99), only=[name], resamples=0).value(name)
    covered = 0
    for seed in range(50):
        row = measure_gap(
            *clouds(80, 8, gap=1.5, noise=1.0, seed=seed), only=[name], resamples=200
        ).frame.iloc[0]
        covered += row["low"] <= truth <= row["high"]
    assert covered >= 42  # of 50, 95 % wanted; under 42 comes once in 250 times at 92 %


def test_the_interval_holds_the_value(clouds):
    for gap in (0.0, 1.0, 4.0):
        frame = measure_gap(*clouds(60, 10, gap=gap), resamples=300).frame
        for row in frame.itertuples():
            slack = 1e-6 if not row.name.startswith("gap-top") else 0.05
            assert row.low - slack <= row.value <= row.high + slack, row.name


def test_seeds_fix_everything(clouds):
    text, image = clouds(60, 6)
    first, again, other = (measure_gap(text, image, resamples=100, seed=seed) for seed in (1, 1, 2))
    assert first.frame.equals(again.frame)
    assert not first.frame["low"].equals(other.frame["low"])


def test_of_many_pairs_some_are_measured_and_it_is_said(clouds, monkeypatch):
    monkeypatch.setattr("ppp_core.modality_gap.measures.LARGEST", 50)
    found = measure_gap(*clouds(80, 6), only=["l2m"], resamples=0)
    assert (found.n, found.of) == (50, 80)
    assert found.notes[0] == "50 of 80 pairs, drawn at random (seed 0)."


def test_constant_vectors_find_nothing():
    same = np.ones((30, 4)) + np.arange(30)[:, None] * 1e-12  # one direction, thirty names
    names = [str(number) for number in range(30)]
    pairs = make_pairs(same, same, prompt_ids=names, image_ids=names)
    found = measure_gap(pairs, resamples=0, only=["t2i-r1", "cosine-auc", "l2m", "rmg"])
    assert found.value("t2i-r1") == 0  # ties count against it
    assert found.value("cosine-auc") == pytest.approx(0.5)
    assert found.value("l2m") == 0


def test_errors_tell_what_was_wanted(clouds):
    text, image = clouds(30, 4)
    with pytest.raises(PPPError, match="at least 20 different prompts with pictures, got 19"):
        measure_gap(text[:19], image[:19])
    with pytest.raises(PPPError, match=r"Unknown measure 'l2n'. Did you mean 'l2m'"):
        measure_gap(text, image, only=["l2n"])
    with pytest.raises(PPPError, match="at least 100 resamples, got 10"):
        measure_gap(text, image, resamples=10)
    with pytest.raises(PPPError, match="got text alone"):
        measure_gap(text)
    with pytest.raises(PPPError, match=r"Unknown measure 'rmg'. Known: l2m"):
        measure_gap(text, image, only=["l2m"], resamples=0).value("rmg")


def test_plain_values_have_every_field(clouds):
    told = measure_gap(*clouds(30, 4), only=["l2m", "energy"], resamples=0).as_dict()
    assert [one["name"] for one in told["measures"]] == ["l2m", "energy"]
    assert told["measures"][0]["low"] is None
    assert {"name", "encoder", "n", "n_groups", "n_images", "of", "dim", "expected_l2m", "notes"} <= set(told)


def test_the_table_is_whole():
    assert set(QUICK) == set(MEASURES) - {"separability"}
    assert {one.better for one in MEASURES.values()} == {"smaller", "larger", ""}
    assert {one.measure for one in LITERATURE} <= set(MEASURES)
    assert literature_frame()["kind"].isin(["published", "measured by us"]).all()


@pytest.fixture(scope="module")
def measured(coco):
    return measure_gap(coco, resamples=200)


@pytest.mark.real_data
class TestOnRealPairs:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("l2m", 0.851),
            ("rmg", 0.591),
            ("separability", 1.0),
            ("t2i-r1", 0.506),
            ("i2t-r1", 0.552),
            ("alignment", 1.380),
            ("uniformity-text", -1.841),
            ("uniformity-image", -1.795),
        ],
    )
    def test_known_figures_to_the_third_decimal(self, measured, name, value):
        assert round(measured.value(name), 3) == value
        row = measured.frame.set_index("name").loc[name]
        assert row["low"] <= value <= row["high"] or name == "separability"

    def test_ours_in_the_table_of_others_are_these(self, measured):
        for one in LITERATURE:
            if one.kind == "measured by us":
                assert round(measured.value(one.measure), one.decimals) == one.value

    def test_two_dimensions_hold_two_thirds_of_the_gap(self, coco, measured):
        gap = np.sort((coco.image.mean(axis=0) - coco.text.mean(axis=0)) ** 2)[::-1]
        assert measured.value("gap-top-2") == pytest.approx(gap[:2].sum() / gap.sum(), abs=1e-5)
        assert measured.value("gap-top-2") > 2 / 3


def test_resamples_of_some_measures_are_those_of_all(clouds):
    pairs = make_pairs(*clouds(40, 5))
    every = sampled_measures(pairs, resamples=100, seed=3)
    some = sampled_measures(pairs, only=["energy", "t2i-r5"], resamples=100, seed=3)
    for name, values in some.items():
        np.testing.assert_array_equal(values, every[name])
