"""``ppp retrieve``: readable, stable as JSON, and what it writes is read back."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ppp_core.datasets import import_dataset
from ppp_core.encoders import Encoded
from ppp_core.retrieval import MEASURES, POST_RETRIEVAL

KEYS = {
    *("format", "name", "encoder", "n_queries", "n_images", "k", "measures", "correlations", "absent"),
    *("calibration", "confidence", "resamples", "seed", "notes"),
}
CORRELATION_KEYS = {
    *("predictor", "title", "family", "direction", "measure", "n", "pearson", "pearson_low", "pearson_high"),
    *("spearman", "spearman_low", "spearman_high", "kendall", "kendall_low", "kendall_high"),
}


class Colours:
    """A picture's mean colour, and the colour that a prompt names in numbers."""

    name, revision, dim, preprocessing, n_layers, max_tokens = "colours", "1", 3, "none", 1, 9
    is_stand_in, retrieval = True, "It finds colours."

    def encode(self, prompts, *, layers="last"):
        named = [[float(word) for word in prompt.split()[1:4]] for prompt in prompts]
        nothing = np.zeros(len(prompts), int)
        return Encoded(np.array(named, np.float32) - 127.4, nothing, nothing)

    def encode_images(self, pictures):
        return np.array([np.asarray(one).mean(axis=(0, 1)) for one in pictures], np.float32) - 127.4

    def has_learned(self, prompts):
        return np.array([prompt.endswith("known") for prompt in prompts])


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A data set of twelve prompts that name a colour, four pictures each about as wide of it as the last."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("ppp_core.encoders.load_joint_encoder", lambda name: Colours())
    random = np.random.default_rng(0)
    (tmp_path / "pictures").mkdir()
    lines = ["prompt,image,taste"]
    for number in range(12):
        colour = random.integers(40, 215, 3)
        prompt = f"colour {colour[0]} {colour[1]} {colour[2]}" + (" known" if number < 2 else "")
        for other in range(4):
            shade = np.clip(colour + random.normal(0, 4 + 6 * number, 3), 0, 255).astype(int)
            Image.new("RGB", (8, 8), tuple(map(int, shade))).save(
                tmp_path / "pictures" / f"{number}-{other}.png"
            )
            lines.append(f"{prompt},{number}-{other}.png,{other}")
    (tmp_path / "mine.csv").write_text("\n".join(lines))
    import_dataset(tmp_path / "mine.csv", name="mine", images=tmp_path / "pictures")


@pytest.fixture
def files(tmp_path):
    """A run of twelve queries, its judgments, its texts."""
    random = np.random.default_rng(0)
    run, qrels, queries = [], [], []
    for query in range(12):
        scores = -np.sort(-random.random(20))
        run += [f"q{query} Q0 d{rank} {rank + 1} {score:.4f} mine" for rank, score in enumerate(scores)]
        qrels += [f"q{query} 0 d{doc} 1" for doc in random.choice(20, 3, replace=False)]
        queries.append(f"q{query}\ta fox" + " and another" * query)
    paths = []
    for name, lines in {"run.txt": run, "qrels.txt": qrels, "queries.tsv": queries}.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        paths.append(tmp_path / name)
    return paths


def test_a_data_set_is_searched(ppp, mine):
    ran = ppp("retrieve", "mine")
    assert ran.status == 0, ran
    assert "colours is a small stand-in, not CLIP. It finds colours." in ran.err
    assert ran.out.startswith("mine, ranked by colours: 10 queries, 48 images, 48 kept of each ranking.")
    assert "colours was trained on 2 of 12 prompts: they are no queries" in ran.out
    for one in (*MEASURES.values(), *POST_RETRIEVAL.values()):
        assert one.title in ran.out
    (line,) = [one for one in ran.out.splitlines() if one.startswith("P@10")]
    assert line.split()[2].startswith("[0.")
    (header,) = [one for one in ran.out.splitlines() if one.startswith("predictor")]
    assert header.split("  ")[-1].strip() == "RR, Kendall"
    assert "Probabilities of relevance:" in ran.out


def test_json_is_stable_and_learned_prompts_can_be_asked(ppp, mine):
    told = json.loads(ppp("retrieve", "mine", "--json", "--k", "20").out)
    assert set(told) == KEYS
    assert (told["format"], told["n_queries"], told["n_images"], told["k"]) == (1, 10, 48, 20)
    assert [one["name"] for one in told["measures"]] == list(MEASURES)
    assert all(set(one) == CORRELATION_KEYS for one in told["correlations"])
    assert {one["predictor"] for one in told["correlations"]} == set(POST_RETRIEVAL)
    whole = json.loads(ppp("retrieve", "mine", "--json", "--learned", "--k", "all").out)
    assert (whole["n_queries"], whole["k"]) == (12, 48)
    assert "colours was trained on 2 of 12 prompts: figures that include them flatter it." in whole["notes"]


def test_what_is_written_gives_the_same_again(ppp, mine, tmp_path):
    out = tmp_path / "out"
    ran = ppp("retrieve", "mine", "--k", "all", "--json", "--out", out)
    assert ran.status == 0, ran
    assert ran.err.count("Written: ") == 5
    first = json.loads(ran.out)
    files = ["--run", out / "run.txt", "--qrels", out / "qrels.txt", "--queries", out / "queries.tsv"]
    again = json.loads(ppp("retrieve", *files, "--k", "all", "--json").out)
    assert again["measures"] == first["measures"]
    known = {(one["predictor"], one["measure"]): one["pearson"] for one in first["correlations"]}
    for one in again["correlations"]:
        if one["predictor"] in {"top-score", "length"}:
            assert one["pearson"] == pytest.approx(known[one["predictor"], one["measure"]], abs=1e-5)


def test_a_users_run_needs_no_encoder(ppp, files, monkeypatch):
    monkeypatch.setattr("ppp_core.encoders.load_joint_encoder", None)
    run, qrels, queries = files
    ran = ppp("retrieve", "--run", run, "--qrels", qrels)
    assert ran.status == 0, ran
    assert ran.out.startswith("run.txt: 12 queries, 20 documents, 20 kept of each ranking.")
    assert "Visual clarity is not given: it needs vectors of the images, which an encoder gives." in ran.out
    assert "Words of the prompt is not given: it needs the texts of the queries (--queries FILE)." in ran.out
    assert "the mean score of what it found" in ran.out
    told = json.loads(ppp("retrieve", "--run", run, "--qrels", qrels, "--queries", queries, "--json").out)
    assert told["encoder"] == ""
    assert {one["predictor"] for one in told["correlations"]} == {
        "length", "top-score", "sigma-k", "sigma-max", "nqc", "wig", "wig-by-length", "smv", "expected-p10",
        "expected-rr",
    }  # fmt: skip
    assert set(told["absent"]) == {"prompt-density", "text-probe", "clarity", "cohesion", "autocorrelation"}


def test_nothing_is_written_in_a_public_demo(refused, files, monkeypatch, tmp_path):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    run, qrels, _ = files
    assert "public" in refused("retrieve", "--run", run, "--qrels", qrels, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "ppp retrieve wants a data set, or --run FILE --qrels FILE; not both, not neither."),
        (["mine", "--run", "RUN", "--qrels", "QRELS"], "not both, not neither"),
        (["--run", "RUN"], "--run goes with --qrels, which was not given."),
        (["mine", "--seed", -1], "greater than or equal to 0"),
        (["mine", "--qrels", "QRELS"], "--qrels goes with --run, which was not given."),
        (["mine", "--queries", "QUERIES"], "--queries goes with --run; a data set brings its own prompts."),
        (["--run", "RUN", "--qrels", "QRELS", "--encoder", "x"], "--encoder needs a data set"),
        (["--run", "RUN", "--qrels", "QRELS", "--learned"], "--learned needs a data set"),
        (["--run", "RUN", "--qrels", "QRELS", "--k", "many"], "--k wants a whole number of at least 10, or"),
        (["--run", "RUN", "--qrels", "QRELS", "--k", "5"], "k of at least 10 documents a query, got 5"),
        (["--run", "QRELS", "--qrels", "QRELS"], "qrels.txt, line 1: 6 columns were wanted"),
        (
            ["--run", "RUN", "--qrels", "QRELS", "--out", "RUN"],
            "run.txt is a file; a folder to write into was",
        ),
        (["scnes"], "Unknown data set 'scnes'. Did you mean 'scenes'"),
    ],
)
def test_errors_are_one_line(refused, files, monkeypatch, tmp_path, arguments, told):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    names = dict(zip(("RUN", "QRELS", "QUERIES"), files, strict=True))
    assert told in refused("retrieve", *(names.get(one, one) for one in arguments))


def test_scenes_through_the_stand_in(ppp, tmp_path, monkeypatch):
    """A few simulated pictures end to end: the real encoder, its own default."""
    from ppp_core.datasets import scenes

    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    few = scenes.make(n_prompts=14, seeds=1, pictures=tmp_path / "pictures")
    paths = [str(tmp_path / "pictures" / name) for name in few.images["path"]]
    few = replace(few, images=few.images.assign(path=paths))
    monkeypatch.setattr("ppp_core.datasets.load_dataset", lambda name: few)
    monkeypatch.setattr("ppp_core.encoders.best_joint_encoder", lambda: "dual-lite")
    ran = ppp("retrieve", "scenes", "--json")
    assert ran.status == 0, ran
    told = json.loads(ran.out)
    assert (told["encoder"], told["n_queries"]) == ("dual-lite", 14)
    assert told["n_images"] == few.images["path"].nunique()
    assert "dual-lite is a small stand-in, not CLIP." in ran.err
    values = {one["name"]: one["value"] for one in told["measures"]}
    assert values["RR"] > 1.3 * np.mean(1 / np.arange(1, told["n_images"] + 1))
