"""The loader of open_clip folders, on small models with random weights saved on the spot."""

import json

import numpy as np
import pytest

from ppp_core.encoders import load_encoder
from ppp_core.encoders.open_clip_text import LONGEST_CLIP_PROMPT, OpenClipText
from ppp_core.errors import PPPError

PROMPTS = ["a red cat", "", "Cat's café &amp; don't, 8k 😀", "very " * 100 + "long"]
VISION = {"image_size": 32, "layers": 1, "width": 32, "patch_size": 16, "head_width": 16}
TEXT = {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2}
SIGLIP = {**TEXT, "context_length": 16, "no_causal_mask": True, "pool_type": "last", "proj_bias": True}


def save_clip(folder, text, **settings):
    """A model of open_clip's own making, saved as it saves them; returns it."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    config = {"embed_dim": 16, "vision_cfg": VISION, "text_cfg": text, **settings}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": {}}))
    settings.pop("custom_text", None)
    maker = open_clip.model.CustomTextCLIP if config.get("custom_text") else open_clip.model.CLIP
    model = maker(**{key: value for key, value in config.items() if key != "custom_text"}).eval()
    weights = {key: value.contiguous() for key, value in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    return model


def reference(model, prompts, context):
    """open_clip's own way: every prompt padded to the full context, one at a time."""
    import open_clip
    import torch

    tokenizer = open_clip.SimpleTokenizer(context_length=context)
    with torch.inference_mode():
        return np.concatenate([model.encode_text(tokenizer([prompt])).numpy() for prompt in prompts])


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("clip")


@pytest.fixture(scope="module")
def clip(clip_folder):
    model = save_clip(clip_folder, TEXT, quick_gelu=True)
    return model, OpenClipText(clip_folder)


def test_trimmed_vectors_are_those_of_the_full_context(clip):
    model, encoder = clip
    encoded = encoder.encode(PROMPTS)
    assert encoded.vectors.shape == (4, 16)
    np.testing.assert_allclose(encoded.vectors, reference(model, PROMPTS, 77), atol=1e-5)


@pytest.mark.parametrize("pool_type", ["last", "argmax"])
def test_a_tower_that_sees_its_padding_is_not_trimmed(tmp_path, pool_type):
    model = save_clip(tmp_path, {**SIGLIP, "pool_type": pool_type}, custom_text=True)
    encoder = load_encoder(tmp_path)
    np.testing.assert_allclose(encoder.encode(PROMPTS).vectors, reference(model, PROMPTS, 16), atol=1e-5)
    assert encoder.max_tokens == 14


def test_all_layers_are_one(clip):
    encoder = clip[1]
    assert encoder.n_layers == 1
    everything = encoder.encode(PROMPTS, layers="all").vectors
    assert everything.shape == (4, 1, 16)
    assert np.array_equal(everything[:, 0], encoder.encode(PROMPTS).vectors)


def test_tokens_are_counted_and_so_are_those_cut(clip):
    encoder = clip[1]
    assert encoder.max_tokens == 75
    encoded = encoder.encode(["", "a red cat", "cat " * 75, "cat " * 100])
    assert encoded.tokens.tolist() == [0, 3, 75, 75]
    assert encoded.truncated.tolist() == [0, 0, 0, 25]


def test_spans_follow_the_prompt_through_cleaning(clip):
    encoder = clip[1]
    prompt = "İstanbul:  Cat's &amp; dogs"
    texts = [prompt[start:end] for start, end in encoder.spans(prompt)]
    assert texts[-4:] == ["Cat", "'s", "&", "dogs"]
    assert len(encoder.spans("cat " * 100)) == 100


@pytest.mark.parametrize("prompt", ["\ud800", "\x00\x07", "👩‍👩‍👧", "שלום עולם", "<end_of_text> a", "  "])
def test_any_text_is_encoded(clip, prompt):
    encoder = clip[1]
    encoded = encoder.encode([prompt])
    assert np.isfinite(encoded.vectors).all()
    assert len(encoder.spans(prompt)) == encoded.tokens[0]


def test_a_prompt_too_long_for_the_tokenizer_is_refused(clip):
    with pytest.raises(PPPError, match=r"Prompt 1 has 5,001 characters, at most 5,000 are read"):
        clip[1].encode(["a" * (LONGEST_CLIP_PROMPT + 1)])


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(PPPError, match=r"holds no open_clip model \(open_clip_config.json is absent\)"):
        OpenClipText(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"model_cfg": {}}'])
def test_a_broken_configuration_is_told(tmp_path, text):
    (tmp_path / "open_clip_config.json").write_text(text)
    with pytest.raises(PPPError, match="should describe a model under model_cfg and text_cfg"):
        OpenClipText(tmp_path)


def test_pickled_weights_are_refused(tmp_path):
    save_clip(tmp_path, TEXT)
    (tmp_path / "open_clip_model.safetensors").rename(tmp_path / "open_clip_pytorch_model.bin")
    with pytest.raises(
        PPPError, match=r"holds no open_clip_model.safetensors; other weights files \(pickles\)"
    ):
        load_encoder(tmp_path)


@pytest.mark.parametrize(
    "addition", [{"hf_model_name": "owner/name"}, {"tokenizer_kwargs": {"trust_remote_code": True}}]
)
def test_code_and_weights_from_elsewhere_are_refused(tmp_path, addition):
    save_clip(tmp_path, TEXT)
    config = {"model_cfg": {"embed_dim": 16, "vision_cfg": VISION, "text_cfg": {**TEXT, **addition}}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(PPPError, match="asks for a text model or code from elsewhere"):
        OpenClipText(tmp_path)


def test_weights_of_another_shape_are_told(tmp_path):
    save_clip(tmp_path, TEXT)
    config = {"model_cfg": {"embed_dim": 8, "vision_cfg": VISION, "text_cfg": TEXT}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(PPPError, match=r"open_clip cannot load .*: Error"):
        OpenClipText(tmp_path)
