"""A whole data set after generation: one row a prompt."""

from dataclasses import replace

import pytest
from made_pictures import made_dataset, plain

from ppp_core.errors import PPPError
from ppp_core.evaluation.after.table import after_table

TARGET = "made/light"


def test_a_table_has_a_row_a_prompt(dataset, trained):
    table, notes = after_table(dataset, [trained])
    assert list(table.columns) == [
        "prompt_id", "prompt", "n_images", TARGET, f"{TARGET}_low", f"{TARGET}_high", f"{TARGET}_percentile",
        f"{TARGET}_n_images", "unfamiliar",
    ]  # fmt: skip
    assert len(table) == 80
    own = dataset.images[dataset.images["prompt_id"] == "p7"]["path"].tolist()
    assert table[TARGET][7] == pytest.approx(trained.predict(table["prompt"][7], own).value)
    assert notes == ("made/light: its predictor has learned from made itself, which flatters it here.",)


def two_generators(folder, prompts):
    """Ratings of prompts by one generator, `made`; the second of each prompt's pictures is by another."""
    dataset = made_dataset(folder, prompts, by_picture=False)
    images = dataset.images.copy()
    images.loc[images["image_id"].str.endswith("-1"), "generator"] = "other"
    return replace(dataset, images=images)


def test_a_table_counts_the_pictures_that_a_target_is_of(make_data, trained, tmp_path):
    dataset = two_generators(tmp_path, make_data(n_train=12, n_held_out=0).train.prompts)
    everyone = replace(trained, target=replace(trained.target, name="made/else"))  # not rated there
    table, notes = after_table(dataset, [trained, everyone])
    assert table[f"{TARGET}_n_images"].tolist() == [2] * 12
    assert table["made/else_n_images"].tolist() == table["n_images"].tolist() == [3] * 12
    own = [str(tmp_path / f"7_{number}.png") for number in (0, 1, 2)]
    prompt = table["prompt"][7]
    assert table[TARGET][7] == pytest.approx(trained.predict(prompt, own[::2]).value)
    assert table["made/else"][7] == pytest.approx(trained.predict(prompt, own).value)
    assert table[TARGET][7] != pytest.approx(table["made/else"][7], abs=1e-4)  # so a mix would show
    assert f"{TARGET}: only pictures by made count, as its ratings are of that generator alone." in notes
    assert not any("made/else" in line and "count" in line for line in notes)


def test_a_prompt_with_another_generators_pictures_alone_has_no_value(make_data, trained, tmp_path):
    dataset = two_generators(tmp_path, make_data(n_train=5, n_held_out=0).train.prompts)
    images = dataset.images.copy()
    images.loc[images["prompt_id"] == "p2", "generator"] = "other"
    dataset = replace(dataset, images=images)
    alone, notes = after_table(dataset, [trained])
    assert alone["prompt_id"].tolist() == ["p0", "p1", "p3", "p4"]
    assert "1 prompts have no picture that counts on this machine and no row." in notes
    everyone = replace(trained, target=replace(trained.target, name="made/else"))
    both, notes = after_table(dataset, [everyone, trained])
    assert both[f"{TARGET}_n_images"].tolist() == [2, 2, 0, 2, 2]
    assert both[TARGET].isna().tolist() == [False, False, True, False, False]
    assert both["made/else"].notna().all()
    assert f"{TARGET}: 1 prompts have no picture that counts or can be read, and no value." in notes
    images["generator"] = "other"
    with pytest.raises(PPPError, match=r"No picture of made by made is on this machine"):
        after_table(replace(dataset, images=images), [trained])


def test_a_prompt_without_a_readable_picture_is_left_out_of_the_table(dataset, trained, tmp_path):
    images = dataset.images.copy()
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    images.loc[3:5, "path"] = str(bad)  # all of the second prompt's
    images.loc[9, "path"] = str(bad)  # one of the fourth's
    table, notes = after_table(replace(dataset, images=images), [trained])
    assert len(table) == 79
    assert "p1" not in set(table["prompt_id"])
    assert table["n_images"].tolist()[:4] == [3, 3, 2, 3]
    reason = next(iter(trained.predict("red fox", [bad, plain(0.5, 0.5, 0.5)]).failed.values()))
    assert f"{TARGET}: 4 pictures could not be read, such as: {reason}" in notes
    assert f"1 prompts have no readable picture and no row; the first of 'p1': {reason}" in notes
    images["path"] = str(bad)
    with pytest.raises(PPPError, match=r"None of the pictures of made can be read\. The first: .*format"):
        after_table(replace(dataset, images=images), [trained])


def test_two_predictors_of_one_target_are_refused(dataset, trained):
    with pytest.raises(PPPError, match=r"made/light stands there twice"):
        after_table(dataset, [trained, trained])
