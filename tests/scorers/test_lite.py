"""The scorers that come with PPP: their kernel against scikit-learn's, their cards, their files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import RBF

from ppp_core.encoders import load_image_encoder
from ppp_core.errors import PPPError
from ppp_core.scorers import load_scorer
from ppp_core.scorers.kernel_head import KernelHead
from ppp_core.scorers.lite import ARRAYS, SHIPPED, LiteScorer, load_head, prompt_features, save_head
from ppp_core.store.artefacts import CARD

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("quality-lite", "alignment-lite")
GOALS = {"quality-lite": 0.75, "alignment-lite": 0.60}


def made_head(m=5, k=2, d=3, features=4, **changed):
    rng = np.random.default_rng(0)
    texts = rng.normal(size=(2, d))
    arrays = {
        "mean": rng.normal(size=features),
        "axes": rng.normal(size=(features, k)),
        "points": rng.normal(size=(m, k)),
        "texts": texts / np.linalg.norm(texts, axis=1, keepdims=True),
        "text_of": np.array([0, 1, 0, 1, 1]),
        "matches": rng.normal(size=m),
        "widths": np.array([2.0, 1.0, 0.5]),
        "shares": np.array([0.5, 0.25, 0.5, 0.2]),
        "weights": rng.normal(size=m),
        "intercept": np.array([2.5]),
        "bounds": np.array([0.0, 5.0]),
        **changed,
    }
    return KernelHead.from_arrays(arrays)


def rbf(left, right, width):
    """scikit-learn's kernel, exp(−|a − b|² / 2 l²)."""
    return RBF(np.sqrt(width / 2))(left, right)


def test_the_kernel_is_the_sum_that_it_says():
    head, rng = made_head(), np.random.default_rng(1)
    features, matches = rng.uniform(size=(6, 4)), rng.normal(size=6)
    texts = rng.normal(size=(6, 3))
    points = (np.sqrt(features) - head.mean) @ head.axes
    alike = rbf(points, head.points, 2.0)
    prompts = rbf(texts, head.texts[head.text_of], 1.0)
    match = rbf(matches[:, None], head.matches[:, None], 0.5)
    kernel = 0.5 * alike + 0.25 * prompts + 0.5 * alike * prompts + 0.2 * match
    expected = np.clip(kernel @ head.weights + 2.5, 0, 5)
    assert head.predict(features, texts, matches) == pytest.approx(expected, abs=1e-5)
    alone = np.clip(0.5 * alike @ head.weights + 2.5, 0, 5)
    assert head.predict(features) == pytest.approx(alone, abs=1e-5)


def test_scores_stay_on_the_scale():
    head = made_head(weights=np.full(5, 1000.0))
    assert head.predict(np.ones((1, 4))).tolist() == [5.0]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"points": np.zeros((4, 2))}, "do not fit together: text_of, matches, weights"),
        ({"points": np.zeros((0, 2))}, "do not fit together"),
        ({"text_of": np.array([0, 1, 2, 0, 0])}, "text_of points at no text"),
        ({"text_of": np.array([0, 1, -1, 0, 0])}, "text_of points at no text"),
        ({"weights": np.array([1, 2, np.nan, 4, 5])}, "not finite: weights"),
        ({"more": np.zeros(1)}, "got axes, bounds, .* more"),
    ],
)
def test_arrays_that_are_no_head_are_refused(changed, message):
    with pytest.raises(PPPError, match=message):
        made_head(**changed)


def test_a_file_keeps_the_head(tmp_path):
    head = made_head().rounded()
    save_head(head, {"name": "made", "sees": "image"}, tmp_path)
    read, card, _ = load_head(tmp_path)
    for name, array in vars(head).items():
        assert np.array_equal(getattr(read, name), array)
    assert card["name"] == "made"


def test_a_changed_byte_or_a_missing_file_is_told(tmp_path):
    with pytest.raises(PPPError, match="No scorer in"):
        load_head(tmp_path)
    save_head(made_head(), {"name": "made"}, tmp_path)
    (tmp_path / ARRAYS).write_bytes((tmp_path / ARRAYS).read_bytes()[:-1] + b"x")
    with pytest.raises(PPPError, match="is damaged: its checksum does not match"):
        load_head(tmp_path)
    (tmp_path / CARD).write_text("{")
    with pytest.raises(PPPError, match=r"card.json is damaged: it is no JSON"):
        load_head(tmp_path)


@pytest.mark.parametrize("name", NAMES)
class TestShipped:
    def test_the_card_tells_the_figures_and_they_reach_the_goal(self, name):
        card = json.loads((SHIPPED / name / CARD).read_text(encoding="utf-8"))
        figures = card["validation"]["figures"]
        assert figures["spearman"]["value"] >= GOALS[name]
        for one in figures.values():
            assert one["low"] <= one["value"] <= one["high"]
        assert (card["validation"]["n_prompts"], card["validation"]["n_images"]) == (300, 2982)
        assert card["data"]["licence"] == "MIT"

    def test_a_score_does_not_depend_on_the_batch(self, name, plain):
        pictures = [plain("red", 64), plain("blue", 40), plain("#777777", 90)]
        prompts = ["a red square", "a dog", ""]
        scorer = load_scorer(name)
        together = scorer.score([*pictures, b"no picture"], [*prompts, "x"])
        assert np.isnan(together[3])
        assert ((together[:3] >= 0) & (together[:3] <= 5)).all()
        one_by_one = [
            scorer.score([picture], [prompt])[0] for picture, prompt in zip(pictures, prompts, strict=True)
        ]
        assert together[:3] == pytest.approx(one_by_one, abs=1e-4)

    def test_other_weights_are_another_revision(self, name, tmp_path):
        shutil.copytree(SHIPPED / name, tmp_path / name)
        head, card, _ = load_head(tmp_path / name)
        save_head(head.with_weights(head.weights * 2, 2.5), card, tmp_path / name)
        assert LiteScorer(tmp_path / name).revision != load_scorer(name).revision


def test_nothing_read_gives_no_number():
    assert np.isnan(load_scorer("quality-lite").score([b"a", b"b"])).all()


def test_alignment_wants_prompts(plain):
    with pytest.raises(PPPError, match="alignment-lite compares a picture with its prompt"):
        load_scorer("alignment-lite").score([plain("red")])


def test_together_they_are_small():
    sizes = [path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()]
    assert sum(sizes) < 4_000_000


def test_match_is_a_cosine():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4, 1000)).astype(np.float32)
    directions, matches = prompt_features(rng.normal(size=(4, 384)).astype(np.float32), logits)
    assert np.linalg.norm(directions, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert (np.abs(matches) <= 1).all()


def test_scoring_loads_neither_torch_nor_scikit_learn():
    load_image_encoder("efficientnet-lite0")  # exported here, if it was not
    code = (
        "import sys; from PIL import Image; from ppp_core.scorers import load_scorer; "
        "print(load_scorer('quality-lite').score([Image.new('RGB', (64, 64))]).shape, "
        "{'torch', 'sklearn', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(1,) set()"


@pytest.mark.real_data
def test_good_pictures_are_told_from_bad_ones(data_folder):
    from ppp_core.datasets import load_dataset

    dataset = load_dataset("agiqa-3k", folder=data_folder)
    rated = dataset.ratings[dataset.ratings["target"] == "agiqa-3k/quality"].sort_values("value")
    paths = dataset.images.set_index("image_id")["path"]
    if paths.isna().any():
        pytest.skip("the pictures of AGIQA-3K are not here")
    worst, best = (list(paths[part["image_id"]]) for part in (rated.head(6), rated.tail(6)))
    scores = load_scorer("quality-lite").score([*worst, *best])
    assert scores[:6].max() < scores[6:].min()
