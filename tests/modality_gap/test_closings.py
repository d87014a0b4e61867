"""Closings on clouds whose gap is known, and what they do to pairs that they did not learn from."""

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.modality_gap import CLOSINGS, compare_closings, comparing, fit_closing, make_pairs, measure_gap


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def turned_clouds(n=300, dim=6, seed=0):
    """Pictures are their prompts turned by a rotation, and moved: what Procrustes can undo."""
    random = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(random.normal(size=(dim, dim)))
    text = random.normal(size=(n, dim)) * 0.2
    text[:, 0] += 1
    image = (text - text.mean(axis=0)) @ rotation
    image[:, 1] += 1
    return text, image


@pytest.mark.parametrize("name", CLOSINGS)
def test_what_comes_out_has_unit_length_and_does_not_depend_on_company(clouds, name):
    text, image = clouds(60, 8, gap=2)
    closing = fit_closing(name, text, image)
    moved = closing.apply(text, image[:30])
    assert [side.shape for side in moved] == [(60, 8), (30, 8)]
    for side in moved:
        assert side.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(side, axis=1), 1, rtol=1e-5)
    alone, _ = closing.apply(text[7:8], image[:1])
    np.testing.assert_allclose(alone[0], moved[0][7], atol=1e-5)
    again = fit_closing(name, text, image).apply(text, image[:30])
    np.testing.assert_array_equal(again[0], moved[0])


def test_each_is_its_formula(clouds):
    text, image = (unit(one) for one in clouds(50, 6, gap=2))
    means, gap = (text.mean(axis=0), image.mean(axis=0)), image.mean(axis=0) - text.mean(axis=0)
    wanted = {
        "none": (text, image),
        "mean-removal": (text - means[0], image - means[1]),
        "standardisation": ((text - means[0]) / text.std(axis=0), (image - means[1]) / image.std(axis=0)),
        "shift": (text + 0.35 * gap, image - 0.35 * gap),
    }
    for name, sides in wanted.items():
        options = {"strength": 0.7} if name == "shift" else {}
        moved = fit_closing(name, text, image, **options).apply(text, image)
        for found, one in zip(moved, sides, strict=True):
            np.testing.assert_allclose(found, unit(one), atol=1e-5, err_msg=name)


def test_shift_of_nothing_leaves_all_as_it_is_and_less_widens(clouds):
    pairs = make_pairs(*clouds(60, 8, gap=1))
    distances = []
    for strength in (-0.5, 0.0, 0.5, 1.0):
        moved = fit_closing("shift", pairs.text, pairs.image, strength=strength).apply(
            pairs.text, pairs.image
        )
        found = measure_gap(pairs.moved(*moved), only=["l2m"], resamples=0)
        distances.append(found.value("l2m"))
    assert distances == sorted(distances, reverse=True)
    assert distances[1] == pytest.approx(measure_gap(pairs, only=["l2m"], resamples=0).value("l2m"), abs=1e-6)
    assert distances[3] < 0.1 * distances[1]


def test_procrustes_undoes_a_rotation():
    text, image = (unit(one) for one in turned_clouds())
    found = compare_closings(make_pairs(text, image), names=["orthogonal", "shift"], resamples=0)
    alignment = found.frame.set_index(["name", "closing"])["value"]["alignment"]
    assert alignment["orthogonal"] < 0.1 * alignment["shift"]  # all but what unit length bends


def test_the_adapter_learns_what_no_shift_can():
    """Pictures are a bent function of their prompts: x and y squared instead of x and y."""
    random = np.random.default_rng(0)
    meaning = random.uniform(-1, 1, size=(500, 2))
    text = np.column_stack([meaning, np.ones(500)])
    image = np.column_stack([meaning**2 - 0.3, -np.ones(500)])
    found = compare_closings(
        make_pairs(text, image),
        names=["shift", "orthogonal", "adapter"],
        options={"adapter": {"penalty": 1e-4}},
        folds=3,
        only=["alignment", "l2m"],
        resamples=0,
    )
    alignment = found.frame.set_index(["name", "closing"])["value"]["alignment"]
    assert alignment["adapter"] < 0.5 * min(alignment["shift"], alignment["orthogonal"])


def test_a_closing_is_measured_on_what_it_did_not_learn_from(clouds):
    """Without a gap nothing is learned; were the parts to overlap, separability would fall below a half."""
    values = [
        compare_closings(
            make_pairs(*clouds(100, 30, seed=seed)), names=["mean-removal"], folds=2, only=["separability"],
            resamples=0,
        ).frame.set_index("closing")["value"]["mean-removal"]
        for seed in range(12)
    ]  # fmt: skip
    assert 0.47 < np.mean(values) < 0.75


def test_a_closing_learns_from_all_parts_but_the_one_it_is_measured_on(clouds, monkeypatch):
    pairs, learned, measured = make_pairs(*clouds(100, 8, gap=2)), [], []
    fit, measure = comparing.fit_closing, comparing.sampled_measures

    def fitted(name, text, image, **options):
        learned.append({row.tobytes() for row in text})
        return fit(name, text, image, **options)

    def measured_on(moved, **options):
        measured.append({row.tobytes() for row in moved.text})
        return measure(moved, **options)

    monkeypatch.setattr(comparing, "fit_closing", fitted)
    monkeypatch.setattr(comparing, "sampled_measures", measured_on)
    compare_closings(pairs, names=["none"], folds=5, only=["l2m"], resamples=0)
    assert [len(one) for one in learned] == [80] * 5
    assert [len(one) for one in measured] == [20] * 5
    assert not any(mine & theirs for mine, theirs in zip(learned, measured, strict=True))
    assert len(set.union(*measured)) == 100


def test_differences_are_paired_with_no_closing(clouds):
    pairs = make_pairs(*clouds(120, 8, gap=3))
    steps = []
    found = compare_closings(
        pairs, names=["mean-removal"], only=["l2m", "t2i-r1"], resamples=200,
        progress=lambda done, total: steps.append((done, total)),
    )  # fmt: skip
    assert found.frame["closing"].tolist() == ["none", "none", "mean-removal", "mean-removal"]
    rows = found.frame.set_index(["closing", "name"])
    assert rows.loc["none", ["difference", "difference_low", "difference_high"]].eq(0).all(axis=None)
    row = rows.loc[("mean-removal", "l2m")]
    assert row["difference"] == pytest.approx(row["value"] - rows.loc[("none", "l2m"), "value"])
    assert row["difference_low"] <= row["difference"] <= row["difference_high"] < 0
    assert found.folds == 5
    assert (found.n, found.n_offered) == (120, 24)
    assert steps == [(done, 10) for done in range(1, 11)]
    assert "learned from 4 of 5 parts" in found.notes[-1]
    assert len(found.as_dict()["rows"]) == 4


def test_errors_tell_what_was_wanted(clouds):
    text, image = clouds(60, 4)
    with pytest.raises(PPPError, match=r"Unknown closing 'shfit'. Did you mean 'shift'"):
        fit_closing("shfit", text, image)
    with pytest.raises(PPPError, match=r"Unknown option of shift 'strenght'. Did you mean 'strength'"):
        fit_closing("shift", text, image, strenght=2)
    with pytest.raises(PPPError, match="strength of shift needs a finite number, got nan"):
        fit_closing("shift", text, image, strength=float("nan"))
    with pytest.raises(PPPError, match="moves vectors of 4 dimensions, got 3"):
        fit_closing("shift", text, image).apply(text[:, :3], image[:, :3])
    with pytest.raises(PPPError, match="hidden of at least 1 and a penalty of at least 0, got 0, 1"):
        fit_closing("adapter", text, image, hidden=0)
    with pytest.raises(PPPError, match="at least 20 different prompts each, got 4 parts of 60 prompts"):
        compare_closings(make_pairs(text, image), folds=4)


def test_a_point_that_is_moved_to_nothing_stays_a_direction():
    text = np.ones((30, 3))
    moved, _ = fit_closing("mean-removal", text, text).apply(text, text)
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), 1, rtol=1e-5)


@pytest.mark.real_data
def test_known_figures_on_real_pairs(coco):
    """Fitted and measured on the same pairs: centring keeps retrieval, shifting does not."""
    for name, l2m, recall in (("mean-removal", 0.028, 0.500), ("shift", 0.008, 0.366)):
        moved = fit_closing(name, coco.text, coco.image).apply(coco.text, coco.image)
        found = measure_gap(coco.moved(*moved), only=["l2m", "t2i-r1"], resamples=0)
        assert round(found.value("l2m"), 3) == l2m
        assert found.value("t2i-r1") == pytest.approx(recall, abs=1e-9)
