"""From prompts to a data set; a painter stands in for the pipeline."""

import json
import shutil

import pytest
from PIL import Image

from ppp_core.datasets import installed, load_dataset, remove_dataset
from ppp_core.datasets.layouts import import_pictures
from ppp_core.errors import PPPError
from ppp_core.generation import generate, scored_runs
from ppp_core.generation.pipelines import BLACK, FLAGGED
from ppp_core.spread.experiment import plan_experiment
from ppp_core.spread.experiment_analysis import analyse_experiment

PROMPTS = ["a fox", "an owl in the snow"]


def grey(path) -> int:
    with Image.open(path) as picture:
        return picture.getpixel((0, 0))[0]


def told(dataset) -> set:
    return set(dataset.images.merge(dataset.prompts, on="prompt_id")[["prompt", "seed", "generator"]]
               .itertuples(index=False, name=None))  # fmt: skip


def test_pictures_become_a_data_set_without_ratings(painter, home):
    seen = []
    dataset = generate(PROMPTS, painter(), name="mine", images=3, seed=5, progress=lambda *n: seen.append(n))
    assert [grey(path) for path in dataset.images["path"]] == [5, 6, 7, 5, 6, 7]
    assert dataset.images["seed"].tolist() == [5, 6, 7, 5, 6, 7]
    assert dataset.images["generator"].unique().tolist() == ["painter"]
    assert len(dataset.ratings) == 0
    assert dataset.card.targets == ()
    assert dataset.card.about == "Pictures drawn by painter (revision first): 20 steps of Brush."
    assert seen[0] == (0, 6)
    assert seen[-1] == (6, 6)
    assert dataset.notes[0].startswith("The pictures take ")
    assert [(one.name, one.origin, one.n_images) for one in installed()] == [("mine", "user", 6)]
    assert not [path for path in home.rglob(".*") if path.is_file() and path.suffix != ".lock"]
    remove_dataset("mine")
    assert not (home / "datasets" / "mine").exists()


def test_the_folder_can_be_imported_again(painter, home, tmp_path):
    prompts = ["a fox,  red", "雪の中の狐", "  an owl  "]
    dataset = generate(prompts, painter(), name="mine", images=2, negative="blur", guidance=3, size=(8, 16))
    shutil.copytree(home / "datasets" / "mine" / "pictures", tmp_path / "elsewhere")
    again = import_pictures(tmp_path / "elsewhere", name="again")
    assert again.notes == ()
    assert told(again) == {(" ".join(prompt.split()), seed, model) for prompt, seed, model in told(dataset)}
    assert sorted(again.images["image_id"]) == sorted(dataset.images["image_id"])
    with Image.open(dataset.images["path"][0]) as picture:
        assert picture.info["parameters"].splitlines()[1:] == [
            "Negative prompt: blur",
            "Steps: 20, Sampler: Brush, CFG scale: 3, Seed: 0, Size: 8x16, Model hash: first, Model: painter",
        ]


def test_a_stopped_run_goes_on(painter):
    stopped = painter(stop_after=3)
    with pytest.raises(KeyboardInterrupt):
        generate(PROMPTS, stopped, name="mine")
    partly = load_dataset("mine")
    assert len(partly.images) == 3
    assert partly.notes[0] == "3 of 8 pictures are drawn; the same command goes on."
    rest = painter()
    whole = generate(PROMPTS, rest, name="mine")
    assert stopped.painted + rest.painted == [(prompt, seed) for prompt in PROMPTS for seed in range(4)]
    assert len(whole.images) == 8
    assert not [line for line in whole.notes if "goes on" in line]
    generate(PROMPTS, idle := painter(), name="mine")
    assert idle.painted == []


def test_a_run_that_was_killed_goes_on(painter, home):
    """Nothing but pictures is there then: no frames, perhaps a half-written file."""
    generate(PROMPTS, painter(), name="mine")
    folder = home / "datasets" / "mine"
    for path in (*folder.glob("*.parquet"), folder / "card.json", folder / "manifest.json"):
        path.unlink()
    gone = sorted((folder / "pictures").glob("*/3.png"))
    for path in gone:
        path.rename(path.with_name(".3-abc.png"))
    rest = painter()
    dataset = generate(PROMPTS, rest, name="mine", batch=5)
    assert rest.painted == [(prompt, 3) for prompt in PROMPTS]
    assert len(dataset.images) == 8
    assert not [line for line in dataset.notes if "earlier" in line]


def test_more_prompts_and_images_are_added_and_fewer_leave_pictures(painter):
    generate(PROMPTS[:1], painter(), name="mine", images=2)
    more = painter()
    generate(PROMPTS, more, name="mine", images=3)
    assert more.painted == [(PROMPTS[0], 2), *((PROMPTS[1], seed) for seed in range(3))]
    fewer = generate(PROMPTS[:1], painter(), name="mine", images=1)
    assert len(fewer.images) == 1
    assert fewer.notes[0] == "5 pictures drawn earlier are not asked for now; they stay in the folder."


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        (
            {"steps": 30},
            r"The pictures of mine were drawn with other settings \(steps 20 then, 30 now\)\. Choose",
        ),
        (
            {"negative": "blur", "size": (8, 8)},
            r"\(size None then, 8 × 8 now; negative '' then, 'blur' now\)",
        ),
    ],
)
def test_changed_settings_are_refused(painter, changed, match):
    generate(PROMPTS, painter(), name="mine", images=1)
    with pytest.raises(PPPError, match=match):
        generate(PROMPTS, painter(), name="mine", images=1, **changed)
    assert len(load_dataset("mine").images) == 2


def test_another_revision_is_refused_and_can_replace(painter, home):
    generate(PROMPTS, painter(), name="mine")
    (home / "ratings" / "mine").mkdir(parents=True)
    other = painter()
    other.revision = "second"
    with pytest.raises(PPPError, match="revision 'first' then, 'second' now"):
        generate(PROMPTS, other, name="mine")
    assert len(generate(PROMPTS[:1], other, name="mine", images=2, replace=True).images) == 2
    assert len(list((home / "datasets" / "mine").rglob("*.png"))) == 2
    assert not (home / "ratings" / "mine").exists()


def test_names_that_are_taken_are_refused(painter, tmp_path):
    from ppp_core.datasets import import_dataset

    (tmp_path / "a.csv").write_text("prompt,score\na fox,1\n")
    import_dataset(tmp_path / "a.csv", name="theirs")
    with pytest.raises(PPPError, match="There is a data set 'theirs' already"):
        generate(PROMPTS, painter(), name="theirs")
    with pytest.raises(PPPError, match="The name 'pqpp' is taken by a built-in data set"):
        generate(PROMPTS, painter(), name="pqpp", replace=True)
    with pytest.raises(PPPError, match="small letters, digits and single hyphens, at most 64, got 'My Set'"):
        generate(PROMPTS, painter(), name="My Set")
    assert len(generate(PROMPTS, painter(), name="theirs", images=1, replace=True).images) == 2


def test_flaws_are_told_and_not_drawn_again(painter):
    flaws = {("a fox", 1): FLAGGED, ("a fox", 2): FLAGGED, (PROMPTS[1], 0): BLACK}
    dataset = generate(PROMPTS, painter(flaws=flaws), name="mine")
    assert dataset.images["flaw"].tolist() == ["", FLAGGED, FLAGGED, "", BLACK, "", "", ""]
    assert (dataset.images["path"].isna() == dataset.images["flaw"].ne("")).all()
    assert dataset.notes[:2] == (
        "1 of 8 pictures are black all over; they are left out.",
        "2 of 8 pictures are flagged by the pipeline's safety checker; they are left out.",
    )
    assert len(dataset.notes) == 3  # and the size on the disk: no path leads nowhere
    again = painter()
    assert generate(PROMPTS, again, name="mine").notes == dataset.notes
    assert again.painted == []


def test_prompts_that_are_cut_are_told(painter):
    dataset = generate(["a fox", "one two three four five six seven"], painter(), name="mine", images=1)
    assert dataset.notes[0] == (
        "1 of 2 prompts are longer than the pipeline reads; their ends had no say, such as the last 2 tokens "
        "of 'one two three four five six seven'."
    )


def test_a_pipeline_that_fails_leaves_what_is_drawn(painter):
    class Failing(painter):
        def draw(self, prompts, seeds, settings):
            if seeds == [2]:
                raise PPPError("no memory")
            return super().draw(prompts, seeds, settings)

    with pytest.raises(PPPError, match="no memory"):
        generate(PROMPTS, Failing(), name="mine")
    assert len(load_dataset("mine").images) == 2


def test_a_run_that_fails_at_once_leaves_nothing(painter, home):
    with pytest.raises(KeyboardInterrupt):
        generate(PROMPTS, painter(stop_after=0), name="mine")
    assert not (home / "datasets" / "mine").exists()
    assert len(generate(PROMPTS, painter(), name="mine", steps=3).images) == 8


def test_a_picture_is_whole_or_not_there(painter, home, monkeypatch):
    def half(self, path, **_):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", half)
    with pytest.raises(PPPError, match=r"Cannot write .*0\.png: No space left on device"):
        generate(PROMPTS, painter(), name="mine")
    assert not list(home.rglob("*.png"))


def test_a_public_demo_draws_nothing(painter, home, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    with pytest.raises(PPPError, match="Drawing pictures is switched off in this public demo"):
        generate(PROMPTS, painter(), name="mine")
    assert not home.exists()


def test_a_batch_has_pictures(painter):
    with pytest.raises(PPPError, match="A batch has at least 1 picture, got 0"):
        generate(PROMPTS, painter(), name="mine", batch=0)


def test_a_broken_record_is_no_permission_to_mix(painter, home):
    generate(PROMPTS, painter(), name="mine", images=1)
    (home / "datasets" / "mine" / "generation.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(PPPError, match="There is a data set 'mine' already"):
        generate(PROMPTS, painter(), name="mine", images=1)


def test_an_experiment_from_plan_to_answer(painter, home):
    """With the modifier every picture is 10 better; the analysis has to find that."""
    from ppp_core.datasets.rated import KeptRatings, write_ratings
    from ppp_core.targets import Target

    plan = plan_experiment([f"a fox number {n}" for n in range(6)], ["oil painting"], seeds=3)
    dataset = generate(plan.runs, painter(), name="trial")
    assert set(zip(dataset.images["run"], dataset.images["seed"], strict=True)) == set(
        zip(plan.runs["run"], plan.runs["seed"], strict=True)
    )
    value = dataset.images["arm"].eq("with") * 10.0 + dataset.images["seed"] % 3
    target = Target("trial/worth", "Worth", "worth", 0.0, 20.0, "models", "about {value}", "Made.")
    rated = dataset.images.assign(key="k", value=value)
    write_ratings("trial", "worth", KeptRatings(target, "r", rated))
    runs = scored_runs(load_dataset("trial"), "trial/worth")
    (row,) = analyse_experiment(runs).effects.itertuples()
    assert row.n_pairs == 18
    assert row.effect == pytest.approx(10)


def test_runs_need_an_experiment(painter):
    from dataclasses import replace

    from ppp_core.targets import Target

    dataset = generate(PROMPTS, painter(), name="mine", images=1)
    target = Target("mine/worth", "Worth", "worth", 0.0, 20.0, "models", "about {value}", "Made.")
    dataset = replace(dataset, card=replace(dataset.card, targets=(target,)))
    with pytest.raises(PPPError, match="pictures of mine have no column 'pair_id': they are no runs"):
        scored_runs(dataset, "mine/worth")
