"""Both towers of an open_clip folder, against open_clip's own encode_image and encode_text."""

import json

import numpy as np
import pytest
from PIL import Image

from ppp_core.encoders import embed_images, load_image_encoder, load_joint_encoder
from ppp_core.encoders.open_clip_joint import OpenClipJoint
from ppp_core.errors import PPPError

TEXT = {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2}
VISION = {"image_size": 32, "layers": 2, "width": 32, "patch_size": 16, "head_width": 16}
PREPARED = {
    "mean": [0.48, 0.46, 0.41],
    "std": [0.27, 0.26, 0.28],
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}
PROMPTS = ["a red cat", "", "a very long street in the fog"]


def pictures():
    rng = np.random.default_rng(0)
    sizes = [(32, 32), (50, 40), (64, 200), (33, 31)]
    return [Image.fromarray(rng.integers(0, 256, (*size, 3), dtype=np.uint8)) for size in sizes]


def save_model(folder, *, preprocessing=PREPARED, **settings):
    """A small model with random weights in open_clip's own folder format; open_clip's own load of it."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    config = {"embed_dim": 16, "vision_cfg": VISION, "text_cfg": TEXT, **settings}
    described = {"model_cfg": config, "preprocess_cfg": preprocessing}
    (folder / "open_clip_config.json").write_text(json.dumps(described))
    maker = open_clip.model.CustomTextCLIP if config.pop("custom_text", False) else open_clip.model.CLIP
    weights = {key: value.contiguous() for key, value in maker(**config).state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    model, prepare = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    return model.eval(), prepare, open_clip.get_tokenizer(f"local-dir:{folder}")


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("joint")
    return (*save_model(folder, quick_gelu=True), OpenClipJoint(folder))


def test_both_towers_give_what_open_clip_gives(clip):
    import torch

    model, prepare, tokenizer, encoder = clip
    with torch.inference_mode():
        images = model.encode_image(torch.stack([prepare(one) for one in pictures()]), normalize=True)
        texts = model.encode_text(tokenizer(PROMPTS), normalize=True)
    found = encoder.encode_images(pictures()), encoder.encode(PROMPTS).vectors
    assert [one.shape for one in found] == [(4, 16), (3, 16)]
    np.testing.assert_allclose(unit(found[0]), images.numpy(), atol=1e-5)
    np.testing.assert_allclose(unit(found[1]), texts.numpy(), atol=1e-5)


def test_a_vector_does_not_depend_on_the_batch_and_stays_the_same(clip):
    encoder = clip[3]
    together = encoder.encode_images(pictures() * 6)
    alone = np.concatenate([encoder.encode_images([one]) for one in pictures()])
    np.testing.assert_allclose(together, np.tile(alone, (6, 1)), atol=1e-5)
    assert np.array_equal(together, encoder.encode_images(pictures() * 6))


def test_pictures_are_prepared_as_the_folder_says(tmp_path):
    import torch

    settings = {**PREPARED, "mean": [0.5] * 3, "std": [0.5] * 3, "resize_mode": "squash"}
    model, prepare, _ = save_model(tmp_path, preprocessing=settings, custom_text=True)
    encoder = load_joint_encoder(tmp_path)
    with torch.inference_mode():
        expected = model.encode_image(torch.stack([prepare(one) for one in pictures()]))
    np.testing.assert_allclose(encoder.encode_images(pictures()), expected.numpy(), atol=1e-5)
    assert encoder.preprocessing == (
        "32 × 32 pixels (bicubic; stretched to that size), values from 0 to 1 less 0.5, 0.5, 0.5, "
        "divided by 0.5, 0.5, 0.5"
    )


def test_a_strip_is_its_middle_and_costs_no_more(clip):
    """A row of three million pixels, which the preparation by itself would make 32 rows of ninety million."""
    encoder = clip[3]
    colours = np.zeros((1, 3_000_000, 3), np.uint8)
    colours[:, 1_499_000:1_501_000] = (200, 30, 90)
    strip, middle = Image.fromarray(colours), Image.new("RGB", (64, 64), (200, 30, 90))
    np.testing.assert_allclose(encoder.encode_images([strip]), encoder.encode_images([middle]), atol=1e-5)
    upright = Image.fromarray(colours.transpose(1, 0, 2))
    np.testing.assert_allclose(encoder.encode_images([upright]), encoder.encode_images([middle]), atol=1e-5)


def test_a_text_vector_does_not_depend_on_the_batch_and_stays_the_same(clip):
    encoder = clip[3]
    together = encoder.encode(PROMPTS * 9).vectors
    alone = np.concatenate([encoder.encode([one]).vectors for one in PROMPTS])
    np.testing.assert_allclose(together, np.tile(alone, (9, 1)), atol=1e-5)
    assert np.array_equal(together, encoder.encode(PROMPTS * 9).vectors)


def test_it_says_that_it_is_the_real_thing(clip):
    encoder = clip[3]
    assert (encoder.is_stand_in, encoder.retrieval) == (False, "")
    assert encoder.preprocessing.startswith(
        "32 × 32 pixels (bicubic; short side to that size, the middle taken)"
    )


def test_a_folder_is_loaded_once_and_embeds_files(tmp_path):
    save_model(tmp_path)
    encoder = load_image_encoder(tmp_path)
    assert load_joint_encoder(str(tmp_path)) is encoder
    pictures()[1].save(tmp_path / "a.png")
    embedded = embed_images(encoder, [tmp_path / "a.png"])
    assert np.array_equal(embedded.vectors, encoder.encode_images(pictures()[1:2]))


def test_pickled_weights_are_refused(tmp_path):
    save_model(tmp_path)
    (tmp_path / "open_clip_model.safetensors").rename(tmp_path / "open_clip_pytorch_model.bin")
    with pytest.raises(PPPError, match=r"other weights files \(pickles\) are never loaded"):
        OpenClipJoint(tmp_path)
