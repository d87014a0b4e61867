"""PickScore on a tiny CLIP made here, against the model card's formula computed by transformers itself."""

import json

import numpy as np
import pytest

from ppp_core.errors import PPPError
from ppp_core.scorers import SCORERS, load_scorer, scorer_status
from ppp_core.scorers.pickscore import REPOSITORY, TransformersClip
from ppp_core.store import EmbeddingStore

PROMPTS = ["red fox", "a blue car in a street", "fox"]


def save_clip(folder, *, scale=3.0, side=32):
    """A small CLIP with random weights, its tokenizer and its picture processor, as transformers saves."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizer

    torch.manual_seed(0)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={**small, "vocab_size": len(pieces), "bos_token_id": 0, "eos_token_id": 1},
        vision_config={**small, "image_size": side, "patch_size": 16},
        projection_dim=16,
        logit_scale_init_value=scale,
    )
    CLIPModel(config).save_pretrained(folder)
    tokenizer = CLIPTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[])
    prepared = CLIPImageProcessor(
        size={"shortest_edge": side}, crop_size={"height": side, "width": side}, image_mean=[0.4] * 3
    )
    CLIPProcessor(prepared, tokenizer).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_clip(tmp_path_factory.mktemp("pickscore"))


@pytest.fixture
def pictures(plain):
    return [plain("red", 40), plain("blue", 64), plain((9, 200, 120), 33)]


def by_the_card(folder, pictures, prompts):
    """The model card's own lines, a pair at a time."""
    import torch
    from transformers import AutoModel, AutoProcessor

    processor, model = AutoProcessor.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    found = []
    for picture, prompt in zip(pictures, prompts, strict=True):
        options = {"padding": True, "truncation": True, "max_length": 77, "return_tensors": "pt"}
        with torch.no_grad():
            image = model.get_image_features(**processor(images=picture, return_tensors="pt")).pooler_output
            text = model.get_text_features(**processor(text=prompt, **options)).pooler_output
            image, text = (one / torch.norm(one, dim=-1, keepdim=True) for one in (image, text))
            found.append((model.logit_scale.exp() * (text @ image.T)[0]).item())
    return found


def test_scores_are_the_model_cards(folder, pictures):
    scorer = load_scorer("pickscore", folder=folder)
    found = scorer.score(pictures, PROMPTS)
    assert found.tolist() == pytest.approx(by_the_card(folder, pictures, PROMPTS), abs=1e-4)
    assert abs(found).max() <= np.exp(3.0)
    assert found.std() > 0.01


def test_a_prompt_of_any_length_is_cut_as_the_card_cuts_it(folder, pictures):
    scorer = load_scorer("pickscore", folder=folder)
    long = "fox " * 200
    assert scorer.score(pictures[:1], [long]).tolist() == pytest.approx(
        by_the_card(folder, pictures[:1], [long]), abs=1e-4
    )
    encoded = scorer.encoder.encode([long, "fox", ""])
    assert encoded.tokens.tolist() == [75, 3, 0]
    assert encoded.truncated.tolist() == [525, 0, 0]


def test_a_score_does_not_depend_on_the_batch_and_stays_the_same(folder, pictures):
    scorer = load_scorer("pickscore", folder=folder)
    together = scorer.score(pictures * 6, PROMPTS * 6)
    alone = [scorer.score([one], [text])[0] for one, text in zip(pictures, PROMPTS, strict=True)]
    assert together.tolist() == pytest.approx(alone * 6, abs=1e-4)
    assert together.tolist() == scorer.score(pictures * 6, PROMPTS * 6).tolist()


def test_a_broken_picture_has_no_score_and_vectors_are_kept(folder, pictures, tmp_path, monkeypatch):
    scorer, store = load_scorer("pickscore", folder=folder), EmbeddingStore(tmp_path)
    first = scorer.score([b"no picture", *pictures], ["fox", *PROMPTS], store=store)
    assert np.isnan(first[0])
    monkeypatch.setattr(scorer.encoder, "_model", None)
    again = scorer.score([b"no picture", *pictures], ["fox", *PROMPTS], store=store)
    assert again[1:].tolist() == first[1:].tolist()


def test_a_strip_is_its_middle_and_costs_no_more(folder, plain):
    scorer = load_scorer("pickscore", folder=folder)
    strip = plain("red").resize((1_000_000, 1))
    assert scorer.score([strip], ["fox"]) == pytest.approx(scorer.score([plain("red")], ["fox"]), abs=1e-4)


def test_another_scale_is_another_revision(folder, tmp_path):
    other = load_scorer("pickscore", folder=save_clip(tmp_path, scale=2.0))
    assert other.revision != load_scorer("pickscore", folder=folder).revision
    assert other.encoder.scale == pytest.approx(np.exp(2.0), rel=1e-5)


def test_absent_weights_are_told_with_their_command(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(PPPError, match=rf"pickscore are not on this machine. Run: hf download {REPOSITORY}"):
        load_scorer("pickscore")
    status = next(one for one in scorer_status() if one.name == "pickscore")
    assert (status.available, REPOSITORY in status.get) == (False, True)
    assert SCORERS["pickscore"].sees == "image+prompt"


def test_what_is_no_such_model_is_told(folder, tmp_path):
    with pytest.raises(PPPError, match=r"holds no model in transformers' format"):
        load_scorer("pickscore", folder=tmp_path)
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    (pickled / "config.json").write_text((folder / "config.json").read_text())
    (pickled / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(PPPError, match=r"as a pickle \(pytorch_model.bin\), which is never loaded"):
        load_scorer("pickscore", folder=pickled)
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("config.json", "model.safetensors"):
        (bare / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(PPPError, match=r"transformers cannot load a processor from .*bare"):
        load_scorer("pickscore", folder=bare)


def test_a_model_of_another_kind_is_told(tmp_path):
    from transformers import BertConfig, BertModel

    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=20, **small)).save_pretrained(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["model_type"] == "bert"
    with pytest.raises(PPPError, match=r"needs a CLIP, .* holds a model of the type 'bert'"):
        TransformersClip(tmp_path, name="pickscore")
