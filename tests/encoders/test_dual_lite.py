"""dual-lite: its heads against a plain computation, its card against its shapes and its data."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ppp_core.encoders import embed_images, load_image_encoder, load_joint_encoder
from ppp_core.encoders.dual_lite import (
    ARRAYS,
    JOINT_DIM,
    SHIPPED,
    DualLite,
    Heads,
    load_heads,
    prompt_hash,
    save_heads,
)
from ppp_core.errors import PPPError
from ppp_core.store import EmbeddingStore
from ppp_core.store.artefacts import CARD

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = ["a photo of a cat", "a cup of coffee on a table", "a castle, in the style of an oil painting"]
FIGURES = ("R@1", "R@5", "R@10")


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def random_heads(k=4, seed=0):
    rng = np.random.default_rng(seed)
    shapes = {
        "text_weight": (k, 384),
        "text_bias": (k,),
        "image_weight": (k, 1280),
        "image_bias": (k,),
        "classes": (1000, 384),
        "centre": (384,),
    }
    arrays = {name: rng.normal(size=shape).astype(np.float16) for name, shape in shapes.items()}
    offset = rng.normal(size=k + 384).astype(np.float16)
    return Heads.from_arrays(
        {**arrays, "share": np.array([0.5]), "text_offset": offset, "image_offset": -offset}
    )


@pytest.fixture
def encoder():
    return load_joint_encoder("dual-lite")


@pytest.fixture(scope="module")
def photographs():
    from skimage import data

    return [Image.fromarray(one) for one in (data.chelsea(), data.coffee())]


@pytest.fixture(scope="module")
def card():
    return json.loads((SHIPPED / CARD).read_text(encoding="utf-8"))


def test_heads_are_what_the_formula_says():
    """The same in torch, one row at a time."""
    import torch
    from torch.nn.functional import normalize

    heads, rng = random_heads(), np.random.default_rng(1)
    texts, features = rng.normal(size=(3, 384)).astype(np.float32), rng.random((3, 1280), np.float32)
    logits = (5 * rng.normal(size=(3, 1000))).astype(np.float32)
    wide = {name: torch.tensor(value) for name, value in vars(heads).items()}
    for row in range(3):
        text = torch.from_numpy(texts[row])
        learned = normalize(wide["text_weight"] @ text + wide["text_bias"], dim=0)
        said = normalize(normalize(text, dim=0) - wide["centre"], dim=0) * wide["share"]
        expected = torch.cat([learned, said]) + wide["text_offset"]
        np.testing.assert_allclose(heads.texts(texts)[row], expected.numpy(), atol=1e-5)
        learned = normalize(
            wide["image_weight"] @ torch.from_numpy(features[row]) + wide["image_bias"], dim=0
        )
        named = torch.softmax(torch.from_numpy(logits[row]), 0) @ wide["classes"]
        expected = torch.cat([learned, normalize(named - wide["centre"], dim=0) * wide["share"]])
        found = heads.images(features, logits)[row]
        np.testing.assert_allclose(found, (expected + wide["image_offset"]).numpy(), atol=1e-5)


def test_prompts_and_pictures_share_a_space(encoder, photographs):
    texts, images = encoder.encode(PROMPTS), encoder.encode_images(photographs)
    assert (texts.vectors.shape, images.shape, encoder.dim) == ((3, JOINT_DIM), (2, JOINT_DIM), JOINT_DIM)
    assert (texts.vectors.dtype, images.dtype) == (np.float32, np.float32)
    cosines = unit(images) @ unit(texts.vectors).T
    assert cosines.argmax(axis=1).tolist() == [0, 1]
    assert cosines[:, :2].argmax(axis=0).tolist() == [0, 1]


def test_vectors_do_not_depend_on_the_batch_and_stay_the_same(encoder, photographs):
    together = encoder.encode_images(photographs * 10)
    alone = np.concatenate([encoder.encode_images([one]) for one in photographs])
    np.testing.assert_allclose(together, np.tile(alone, (10, 1)), atol=1e-5)
    assert np.array_equal(together, encoder.encode_images(photographs * 10))
    assert np.array_equal(encoder.encode(PROMPTS).vectors, encoder.encode(PROMPTS).vectors)


def test_a_text_vector_does_not_depend_on_the_batch(encoder):
    prompts = [*PROMPTS, "", "cat " * 120]
    together = encoder.encode(prompts * 4).vectors
    alone = np.concatenate([encoder.encode([one]).vectors for one in prompts])
    np.testing.assert_allclose(together, np.tile(alone, (4, 1)), atol=1e-5)


def test_it_reads_prompts_as_minilm_does(encoder):
    from ppp_core.encoders import load_encoder

    long = "cat " * 300
    ours, minilm = encoder.encode([long, ""], layers="all"), load_encoder("minilm-l6").encode([long, ""])
    assert ours.vectors.shape == (2, 1, JOINT_DIM)
    assert ours.tokens.tolist() == minilm.tokens.tolist()
    assert ours.truncated.tolist() == minilm.truncated.tolist()
    assert encoder.spans("a cat") == [(0, 1), (2, 5)]
    with pytest.raises(PPPError, match="layers must be 'last' or 'all', got 'first'"):
        encoder.encode(PROMPTS, layers="first")


def test_the_features_below_are_kept_for_both(encoder, photographs, tmp_path, monkeypatch):
    store = EmbeddingStore(tmp_path)
    below = embed_images(load_image_encoder("efficientnet-lite0"), photographs, store=store)
    monkeypatch.setattr(encoder.base, "encode_images", lambda _: pytest.fail("embedded again"))
    ours = embed_images(encoder, photographs, store=store)
    np.testing.assert_allclose(ours.vectors, encoder.project_images(below.vectors), atol=1e-6)


def test_a_process_that_uses_it_loads_no_torch(encoder, shared_home):
    code = (
        "import sys; from PIL import Image; from ppp_core.encoders import load_joint_encoder\n"
        "encoder = load_joint_encoder('dual-lite')\n"
        "print(encoder.encode(['a cat']).vectors.shape)\n"
        "print(encoder.encode_images([Image.new('L', (9, 9))]).shape)\n"
        "heavy = ('torch', 'timm', 'transformers', 'open_clip', 'sklearn')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PPP_HOME": str(shared_home)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"(1, {JOINT_DIM})\n(1, {JOINT_DIM})\n[]\n"


def test_what_is_shipped_is_small():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 5_000_000


def test_the_card_tells_of_its_data_and_its_figures(card):
    data, retrieval = card["data"], card["retrieval"]
    assert (data["name"], data["licence"]) == ("agiqa-3k", "MIT")
    assert len(set(data["learned"])) == data["n_prompts"]
    held_out, everything = retrieval["held_out"], retrieval["cross_validated"]
    assert held_out["n"] == held_out["candidates"] == data["n_held_out"]
    assert everything["n"] == data["n_held_out"] + data["n_prompts"]
    for part in (held_out, everything):
        assert part["chance"] == {f"R@{k}": round(k / part["candidates"], 4) for k in (1, 5, 10)}
        for way in ("text_to_image", "image_to_text"):
            found = [part[way][name] for name in FIGURES]
            assert all(one["low"] <= one["value"] <= one["high"] for one in found)
            assert [one["value"] for one in found] == sorted(one["value"] for one in found)
            assert all(part[way][name]["low"] > part["chance"][name] for name in FIGURES)
    own = held_out["text_to_image"]["R@10"]
    said = f"for {100 * own['value']:.0f} % of prompts [{100 * own['low']:.0f}, {100 * own['high']:.0f}]"
    assert said in retrieval["line"]


def test_it_says_that_it_is_a_stand_in_and_how_good_it_is(encoder, card):
    assert encoder.is_stand_in
    assert encoder.retrieval == card["retrieval"]["line"]


@pytest.mark.real_data
def test_the_card_knows_which_prompts_were_learned(encoder, data_folder):
    import pandas as pd

    prompts = pd.read_csv(data_folder / "agiqa-3k" / "data.csv")["prompt"].str.strip().unique()
    learned = encoder.has_learned(prompts.tolist())
    data = encoder.card["data"]
    assert (learned.sum(), len(prompts)) == (data["n_prompts"], data["n_prompts"] + data["n_held_out"])
    known = [prompts[learned][0].upper(), "a prompt that nobody wrote"]
    assert encoder.has_learned(known).tolist() == [True, False]


@pytest.mark.real_data
def test_held_out_pictures_are_found_as_the_card_says(encoder, data_folder):
    """One picture of each held-out prompt, by another program: within the card's interval."""
    import pandas as pd

    table = pd.read_csv(data_folder / "agiqa-3k" / "data.csv")
    table["prompt"] = table["prompt"].str.strip()
    table = table[~encoder.has_learned(table["prompt"].tolist())]
    table = table[~table["name"].str.startswith("AttnGAN")].drop_duplicates("prompt")
    pictures = embed_images(encoder, [data_folder / "agiqa-3k" / "images" / name for name in table["name"]])
    cosines = unit(encoder.encode(table["prompt"].tolist()).vectors) @ unit(pictures.vectors).T
    rank = (cosines > np.diag(cosines)[:, None]).sum(axis=1)
    figure = encoder.card["retrieval"]["held_out"]["text_to_image"]["R@10"]
    assert len(rank) == encoder.card["data"]["n_held_out"]
    assert (rank < 10).mean() > figure["low"] - 0.1
    shuffled = np.roll(cosines, 7, axis=0)
    assert ((shuffled > np.diag(shuffled)[:, None]).sum(axis=1) < 10).mean() < figure["low"]


def test_the_gap_is_as_wide_as_clips(encoder, card, photographs):
    texts, images = unit(encoder.encode(PROMPTS).vectors), unit(encoder.encode_images(photographs))
    assert np.linalg.norm(texts.mean(0) - images.mean(0)) > 0.5
    assert 0.7 < card["gap"]["centroid_distance"] < 0.95


def test_heads_are_saved_and_read(tmp_path):
    heads = random_heads()
    save_heads(heads, {"name": "made"}, tmp_path)
    read, card, sha256 = load_heads(tmp_path)
    assert (card["name"], card["sha256"], read.dim) == ("made", sha256, 388)
    for name, value in vars(heads).items():
        assert np.array_equal(value, vars(read)[name])


def test_what_is_damaged_or_missing_is_told(tmp_path):
    with pytest.raises(PPPError, match=r"No dual-lite in .*: No such file"):
        DualLite(tmp_path)
    folder = tmp_path / "heads"
    shutil.copytree(SHIPPED, folder)
    content = bytearray((folder / ARRAYS).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / ARRAYS).write_bytes(content)
    with pytest.raises(PPPError, match=r"dual-lite in .*heads is damaged: its checksum does not match"):
        DualLite(folder)
    (folder / CARD).write_text("{")
    with pytest.raises(PPPError, match=r"card.json is damaged: it is no JSON"):
        DualLite(folder)


def test_heads_of_another_shape_are_refused():
    arrays = random_heads().arrays()
    with pytest.raises(PPPError, match=r"'centre': \(384,\).* got .*'centre': \(383,\)"):
        Heads.from_arrays({**arrays, "centre": arrays["centre"][:-1]})
    with pytest.raises(PPPError, match="should have the shapes"):
        Heads.from_arrays({})
    with pytest.raises(PPPError, match="numbers that are not finite: centre"):
        Heads.from_arrays({**arrays, "centre": np.full(384, np.inf)})


def test_revisions_follow_the_heads(encoder, tmp_path):
    save_heads(random_heads(), {"retrieval": {"line": ""}, "data": {"learned": []}}, tmp_path)
    other = DualLite(tmp_path)
    assert other.revision != encoder.revision == DualLite().revision
    assert (other.dim, other.encode(["a cat"]).vectors.shape) == (388, (1, 388))


def test_prompts_are_known_by_what_they_say():
    assert prompt_hash("A  cat\n") == prompt_hash("a cat") != prompt_hash("a cat.")
