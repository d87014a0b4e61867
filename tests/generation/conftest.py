"""A tiny Stable Diffusion, made on the spot with random weights, and a painter that a reader can check."""

import json

import pytest
from PIL import Image

from ppp_core.generation import Drawn
from ppp_core.generation.settings import Settings


def write_pipeline(folder):
    """Saves a Stable Diffusion of some 20,000 weights: pictures of 16 × 16 pixels, prompts of 8 tokens."""
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    ends = {"<|startoftext|>": 0, "<|endoftext|>": 1}
    letters = {letter: n for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz,", len(ends))}
    whole = {f"{letter}</w>": n for n, letter in enumerate(letters, len(ends) + len(letters))}
    vocabulary = {**ends, **letters, **whole}
    size = len(vocabulary)
    (folder / "words").mkdir(parents=True)
    (folder / "words" / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "words" / "merges.txt").write_text("#version: 0.2\n")
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=(8, 8), norm_num_groups=4, latent_channels=4, layers_per_block=1,
            down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        ),
        text_encoder=CLIPTextModel(
            CLIPTextConfig(
                vocab_size=size, hidden_size=8, intermediate_size=8, num_hidden_layers=1,
                num_attention_heads=2, max_position_embeddings=8, bos_token_id=0, eos_token_id=1,
            )
        ),
        tokenizer=CLIPTokenizer(
            str(folder / "words" / "vocab.json"), str(folder / "words" / "merges.txt"), model_max_length=8
        ),
        unet=UNet2DConditionModel(
            sample_size=8, block_out_channels=(8, 8), layers_per_block=1, norm_num_groups=4,
            cross_attention_dim=8, attention_head_dim=2,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ),
        scheduler=DDIMScheduler(clip_sample=False, steps_offset=1),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.save_pretrained(folder / "tiny", safe_serialization=True)
    return folder / "tiny"


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """The folder of the tiny pipeline; read only."""
    pytest.importorskip("diffusers", reason="diffusers is an extra: pip install -r requirements-dev.txt")
    return write_pipeline(tmp_path_factory.mktemp("pipelines"))


@pytest.fixture(scope="session")
def tiny(tiny_folder):
    from ppp_core.generation import load_pipeline

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PPP_THREADS", "1")  # so small that threads would wait for each other
        return load_pipeline(tiny_folder, device="cpu")


class Painter:
    """Paints a picture in one grey, the seed; ``flaws`` maps (prompt, seed) to why there is none."""

    name = "painter"
    revision = "first"

    def __init__(self, flaws=None, stop_after=None):
        self.flaws, self.stop_after, self.painted = flaws or {}, stop_after, []

    def settings(self, *, steps=None, guidance=None, size=None, negative=""):
        return Settings(self.revision, "float32", "Brush", steps or 20, guidance, size, negative).checked()

    def draw(self, prompts, seeds, settings):
        if self.stop_after is not None and len(self.painted) >= self.stop_after:
            raise KeyboardInterrupt
        self.painted += zip(prompts, seeds, strict=True)
        return [
            Drawn(None, self.flaws[pair]) if (pair := (prompt, seed)) in self.flaws
            else Drawn(Image.new("RGB", settings.size or (16, 16), (seed % 256,) * 3))
            for prompt, seed in zip(prompts, seeds, strict=True)
        ]  # fmt: skip

    def tokens_cut(self, prompt):
        return max(0, len(prompt.split()) - 5)


@pytest.fixture
def painter():
    """Makes a painter: ``painter(flaws=…, stop_after=…)``."""
    return Painter


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A PPP_HOME of the test's own, in a private machine."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    monkeypatch.setenv("PPP_THREADS", "1")
    return tmp_path / "home"
