"""``ppp generate``."""

import json

import pytest

from ppp_core.datasets import load_dataset
from ppp_core.spread.experiment import plan_experiment


@pytest.fixture
def prompts(tmp_path):
    (tmp_path / "prompts.csv").write_text("text,style\na fox,ink\nan owl,oil\na red fox,oil\n")
    return tmp_path / "prompts.csv"


@pytest.fixture
def drawing(tiny, monkeypatch):
    """The tiny pipeline, loaded once; records with what it was asked for."""
    asked = []

    def load(source, **options):
        asked.append((source, options))
        return tiny

    monkeypatch.setattr("ppp_core.generation.load_pipeline", load)
    return asked


def test_from_a_table_to_a_data_set(ppp, prompts, tiny_folder):
    ran = ppp(
        "generate", prompts, "--pipeline", tiny_folder, "--name", "drawn", "--prompt-column", "text",
        "--images", 2, "--seed", 9, "--steps", 1, "--guidance", 2, "--size", "24x16",
        "--limit", 2, "--device", "cpu",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    assert ran.out.startswith("drawn: 4 pictures of 2 prompts, 4 drawn now.\nThey are in ")
    assert "The pictures take" in ran.err
    dataset = load_dataset("drawn")
    assert dataset.images["seed"].tolist() == [9, 10, 9, 10]
    assert dataset.prompts[["prompt", "style"]].to_numpy().tolist() == [["a fox", "ink"], ["an owl", "oil"]]
    assert "1 steps of DDIM, guidance 2, 24 × 16 pixels" in dataset.card.about


def test_text_data_sets_and_json(ppp, drawing):
    ran = ppp("generate", "-", "--pipeline", "owner/m", "--name", "one", "--steps", 1, "--images", 1,
              "--download", "--json", stdin=b"a fox\nan owl\n")  # fmt: skip
    told = json.loads(ran.out)
    assert (told["dataset"], told["n_prompts"], told["n_images"], told["n_new"], told["n_flawed"]) == (
        "one",
        2,
        2,
        2,
        0,
    )
    assert drawing == [("owner/m", {"download": True, "device": None})]
    ran = ppp("generate", "one", "--pipeline", "p", "--name", "two", "--steps", 1, "--images", 1)
    assert ran.out.startswith("two: 2 pictures of 2 prompts, 2 drawn now.")


def test_a_plan_is_drawn_as_it_stands(ppp, refused, drawing, tmp_path):
    plan = plan_experiment(["a fox"], ["oil"], seeds=2).runs
    plan.to_csv(tmp_path / "runs.csv", index=False)
    common = ("generate", tmp_path / "runs.csv", "--pipeline", "p", "--name", "trial", "--steps", 1)
    assert refused(*common, "--images", 3).endswith(
        "is a list of runs: its column 'seed' says what to draw. Leave --images and --seed out."
    )
    assert ppp(*common).out.startswith("trial: 4 pictures of 2 prompts")
    images = load_dataset("trial").images
    assert images["seed"].tolist() == plan["seed"].tolist()
    assert images["arm"].tolist() == plan["arm"].tolist()
    assert ppp("rate", "trial", "--scorer", "brightness").status == 0
    ran = ppp("analyse-experiment", "trial", "--target", "trial/brightness")
    assert ran.out.startswith("“oil”: effect on the mean: no verdict (1 base prompt")
    assert "--score names a column of a file" in refused(
        "analyse-experiment", "trial", "--target", "trial/brightness", "--score", "other"
    )
    assert "trial/nothing" in refused("analyse-experiment", "trial", "--target", "trial/nothing")


def test_ctrl_c_keeps_what_is_drawn(ppp, prompts, tiny, drawing, monkeypatch):
    whole, calls = type(tiny).draw, []

    def draw(self, *arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(self, *arguments)

    monkeypatch.setattr(type(tiny), "draw", draw)
    common = ("generate", prompts, "--prompt-column", "text", "--pipeline", "p", "--name", "d", "--steps", 1)
    ran = ppp(*common, "--images", 1, "--replace")
    assert ran.status == 130
    assert "2 pictures were drawn and are kept. The same command without --replace goes on." in ran.err
    ran = ppp(*common, "--images", 1)
    assert ran.out.startswith("d: 3 pictures of 3 prompts, 1 drawn now.")


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (("--size", "big"), "--size is width and height in pixels, such as 512x768, got 'big'."),
        (("--size", "10x10"), "The sides of a picture are multiples of 8 up to 8,192 pixels, got 10 × 10."),
        (("--prompt-column", "words"), "words"),
        (("--name", "pqpp"), "The name 'pqpp' is taken by a built-in data set. Choose another."),
        (("--images", "0"), "Pictures a prompt are from 1 to 1,000,000, got 0."),
    ],
)
def test_what_cannot_be_is_one_line(refused, prompts, drawing, home, given, match):
    common = ("generate", prompts, "--prompt-column", "text", "--pipeline", "p", "--name", "x")
    assert match in refused(*common, *given)
    assert not list(home.glob("datasets/*/pictures"))


def test_unknown_sources_and_public_demos(refused, drawing, monkeypatch):
    assert "Unknown data set 'nothing'" in refused("generate", "nothing", "--pipeline", "p", "--name", "x")
    monkeypatch.setenv("PPP_PUBLIC", "1")
    told = refused("generate", "nothing", "--pipeline", "p", "--name", "x")
    assert "Drawing pictures is switched off in this public demo" in told
    assert drawing == []
