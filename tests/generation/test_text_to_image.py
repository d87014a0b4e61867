"""Pipelines of diffusers, on a tiny Stable Diffusion with random weights."""

import json
import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ppp_core.datasets.layouts import import_pictures
from ppp_core.errors import PPPError
from ppp_core.generation import TextToImage, generate, load_pipeline
from ppp_core.generation.folders import REQUIREMENT, check_folder
from ppp_core.generation.pipelines import BLACK, FLAGGED

PROMPTS = ["a red fox", "a blue owl", "snow"]


@pytest.fixture
def copied(tiny_folder, tmp_path):
    """A copy of the tiny pipeline, to be broken."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "copied"))


def pixels(drawn) -> np.ndarray:
    """Shape (n, height, width, 3), whole numbers."""
    return np.stack([np.asarray(one.picture, int) for one in drawn])


def change_index(folder, **parts):
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))


class TestDrawing:
    def test_a_seed_gives_one_picture(self, tiny):
        settings = tiny.settings(steps=2)
        first = pixels(tiny.draw(PROMPTS[:1], [3], settings))
        assert first.shape == (1, 16, 16, 3)
        assert first.std() > 10
        assert (first == pixels(tiny.draw(PROMPTS[:1], [3], settings))).all()
        assert np.abs(first - pixels(tiny.draw(PROMPTS[:1], [4], settings))).mean() > 10

    def test_a_picture_does_not_depend_on_the_batch(self, tiny):
        settings = tiny.settings(steps=2, negative="red")
        together = pixels(tiny.draw(PROMPTS, [7, 7, 8], settings))
        for number, (prompt, seed) in enumerate(zip(PROMPTS, [7, 7, 8], strict=True)):
            alone = pixels(tiny.draw([prompt], [seed], settings))
            assert np.abs(together[number] - alone[0]).max() <= 2

    def test_settings_count(self, tiny):
        plain = pixels(tiny.draw(PROMPTS[:1], [3], tiny.settings(steps=2)))
        for changed in ({"steps": 3}, {"guidance": 30}, {"guidance": 30, "negative": "snow"}):
            assert (
                plain != pixels(tiny.draw(PROMPTS[:1], [3], tiny.settings(**{"steps": 2, **changed})))
            ).any()
        (wide,) = tiny.draw(PROMPTS[:1], [3], tiny.settings(steps=1, size=(24, 16)))
        assert wide.picture.size == (24, 16)

    def test_what_is_not_told_is_the_pipelines_own(self, tiny, tiny_folder):
        settings = tiny.settings()
        assert (settings.steps, settings.guidance, settings.size, settings.sampler) == (50, 7.5, None, "DDIM")
        assert (tiny.name, tiny.kind, tiny.dtype) == (tiny_folder.name, "StableDiffusionPipeline", "float32")

    def test_tokens_that_are_cut_are_counted(self, tiny):
        assert tiny.tokens_cut("fox") == 0
        assert tiny.tokens_cut("foxes") == 0  # 5 letters and 2 ends, of 8
        assert tiny.tokens_cut("foxes and owls") == 6  # 12 letters and 2 ends

    def test_what_the_pipeline_refuses_is_told(self, tiny):
        with pytest.raises(
            PPPError, match=r"StableDiffusionPipeline cannot draw this: .*generators of length 2, but"
        ):
            tiny.draw(PROMPTS[:1], [1, 2], tiny.settings(steps=1))

    def test_a_data_set_from_a_folder_and_back(self, tiny, home):
        dataset = generate(PROMPTS, tiny, name="drawn", images=2, steps=1, seed=40, batch=4)
        again = import_pictures(home / "datasets" / "drawn" / "pictures", name="again")
        columns = ["image_id", "prompt_id", "generator", "seed"]
        assert again.images[columns].equals(
            dataset.images[columns].sort_values("image_id", ignore_index=True)
        )
        assert set(again.prompts["prompt"]) == set(PROMPTS)
        expected = pixels(tiny.draw(["a blue owl"], [41], tiny.settings(steps=1)))
        path = dataset.images["path"][3]
        assert np.abs(np.asarray(Image.open(path), int) - expected[0]).max() <= 2


class TestFolders:
    def test_the_revision_follows_weights_and_settings_alone(self, tiny, copied):
        revision = check_folder(copied).revision
        assert revision == tiny.revision
        (copied / "README.md").write_text("words")
        assert check_folder(copied).revision == revision
        scheduler = copied / "scheduler" / "scheduler_config.json"
        scheduler.write_text(scheduler.read_text().replace('"leading"', '"trailing"'))
        assert check_folder(copied).revision != revision

    def test_half_precision_is_taken_where_there_is_no_other(self, tiny, copied):
        for part in ("unet", "vae"):
            weights = copied / part / "diffusion_pytorch_model.safetensors"
            weights.rename(weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
        found = check_folder(copied)
        assert found.variant == "fp16"
        half = load_pipeline(copied, device="cpu")
        settings = half.settings(steps=1)
        assert (pixels(half.draw(["fox"], [1], settings)) == pixels(tiny.draw(["fox"], [1], settings))).all()

    def test_a_pipeline_saved_for_pictures_draws_from_words(self, copied):
        change_index(copied, _class_name="StableDiffusionImg2ImgPipeline")
        assert load_pipeline(copied, device="cpu").kind == "StableDiffusionPipeline"

    @pytest.mark.parametrize("part", ["unet", "text_encoder"])
    def test_pickled_weights_are_refused(self, copied, part):
        import torch
        from safetensors.torch import load_file

        (weights,) = (copied / part).glob("*.safetensors")
        pickled = weights.with_suffix(".bin")
        torch.save(load_file(weights), pickled)
        weights.unlink()
        with pytest.raises(
            PPPError, match=rf"weights of '{part}' as a pickle \({pickled.name}\), which is never"
        ):
            load_pipeline(copied, device="cpu")

    @pytest.mark.parametrize("part", ["unet", "text_encoder"])
    def test_a_pickle_beside_other_safetensors_is_not_loaded(self, copied, part):
        import torch
        from safetensors.torch import load_file

        (weights,) = (copied / part).glob("*.safetensors")
        torch.save(load_file(weights), weights.with_suffix(".bin"))
        weights.rename(weights.with_name("other.safetensors"))
        with pytest.raises(PPPError, match=rf"diffusers cannot load .*copied: .*{weights.name}"):
            load_pipeline(copied, device="cpu")

    def test_missing_weights_are_told(self, copied):
        (copied / "vae" / "diffusion_pytorch_model.safetensors").unlink()
        with pytest.raises(
            PPPError, match=r"weights of the part 'vae' are missing: .*\.safetensors in .*vae"
        ):
            load_pipeline(copied, device="cpu")

    def test_broken_weights_are_told(self, copied):
        (copied / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"no weights")
        with pytest.raises(PPPError, match=r"diffusers cannot load .*copied"):
            load_pipeline(copied, device="cpu")

    @pytest.mark.parametrize(
        ("parts", "match"),
        [
            (
                {"_class_name": ["my_pipeline", "Mine"]},
                r"brings its own code \(my_pipeline\), which is never run",
            ),
            (
                {"_class_name": None},
                r"holds no pipeline of diffusers \(model_index\.json is absent or broken\)",
            ),
            ({"unet": ["os", "system"]}, r"part 'unet' of the pipeline wants code that is neither .* \(os,"),
            (
                {"unet": ["diffusers", "NoSuchModel"]},
                "wants NoSuchModel of diffusers, which the version installed",
            ),
            ({"_class_name": "NoSuchPipeline"}, "diffusers cannot load .*copied: .*NoSuchPipeline"),
        ],
    )
    def test_an_index_that_wants_other_things_is_refused(self, copied, parts, match):
        change_index(copied, **parts)
        with pytest.raises(PPPError, match=match):
            load_pipeline(copied, device="cpu")

    def test_code_beside_a_part_is_refused(self, copied):
        (copied / "unet" / "diffusers.py").write_text("raise SystemExit('this ran')")
        with pytest.raises(PPPError, match="part 'unet' of the pipeline wants code"):
            load_pipeline(copied, device="cpu")
        (copied / "unet" / "diffusers.py").unlink()
        config = copied / "text_encoder" / "config.json"
        config.write_text(
            json.dumps({**json.loads(config.read_text()), "auto_map": {"AutoModel": "o/n--m.Mine"}})
        )
        with pytest.raises(PPPError, match="part 'text_encoder' of the pipeline wants code"):
            load_pipeline(copied, device="cpu")

    def test_code_that_a_tokenizer_names_is_refused(self, copied):
        (copied / "tokenizer" / "processor_config.json").write_text('{"auto_map": {"AutoProcessor": "o/n"}}')
        with pytest.raises(PPPError, match="part 'tokenizer' of the pipeline wants code"):
            load_pipeline(copied, device="cpu")

    @pytest.mark.parametrize("name", ["../absent", "./a/b", "owner/..", "a--b/c..d", "absent"])
    def test_a_folder_that_is_not_there(self, name):
        with pytest.raises(PPPError, match=r"there is no folder|is not on this machine"):
            load_pipeline(name)

    @pytest.mark.parametrize("content", [None, "{", "[]"])
    def test_a_folder_that_is_no_pipeline(self, tiny_folder, tmp_path, content):
        if content is not None:
            (tmp_path / "model_index.json").write_text(content)
        with pytest.raises(PPPError, match="holds no pipeline of diffusers"):
            load_pipeline(tmp_path)


class TestHub:
    @pytest.fixture
    def cache(self, tiny_folder, tmp_path, monkeypatch):
        from huggingface_hub import constants

        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        return tmp_path / "hub" / "models--owner--tiny"

    def test_what_is_absent_is_not_fetched_unasked(self, cache):
        with pytest.raises(
            PPPError, match=r"pipeline owner/tiny is not on this machine\. Fetch it with --download"
        ):
            load_pipeline("owner/tiny")
        with pytest.raises(PPPError, match=r"there is no folder \./owner/tiny"):
            load_pipeline("./owner/tiny")

    def test_what_the_cache_holds_is_loaded(self, cache, tiny, tiny_folder):
        (cache / "refs").mkdir(parents=True)
        (cache / "refs" / "main").write_text("abc")
        shutil.copytree(tiny_folder, cache / "snapshots" / "abc")
        found = load_pipeline("owner/tiny", device="cpu")
        assert (found.name, found.revision) == ("owner/tiny", tiny.revision)

    def test_a_download_takes_safetensors_alone(self, cache, tiny, tiny_folder, monkeypatch):
        import diffusers

        asked = []

        def download(name, **options):
            asked.append((name, options))
            return str(tiny_folder)

        monkeypatch.setattr(diffusers.DiffusionPipeline, "download", download)
        assert load_pipeline("owner/tiny", download=True, device="cpu").revision == tiny.revision
        assert asked == [("owner/tiny", {"use_safetensors": True})]

    def test_a_download_that_fails_is_told(self, cache, monkeypatch):
        import diffusers

        def download(name, **options):
            raise OSError("no such repository\nmore")

        monkeypatch.setattr(diffusers.DiffusionPipeline, "download", download)
        with pytest.raises(PPPError, match=r"Cannot fetch the pipeline owner/tiny: no such repository$"):
            load_pipeline("owner/tiny", download=True)
        monkeypatch.setenv("PPP_PUBLIC", "1")
        with pytest.raises(PPPError, match="Downloading weights is switched off"):
            load_pipeline("owner/tiny", download=True)


class FakePipeline:
    """Has the shape of a diffusers pipeline: black for "black", flagged for "bad"."""

    scheduler = None

    def __call__(self, prompt=None, num_inference_steps=9, generator=None):
        colours = [(0, 0, 0) if one == "black" else (9, 9, 9) for one in prompt]
        pictures = [Image.new("RGB", (8, 8), colour) for colour in colours]
        return SimpleNamespace(images=pictures, nsfw_content_detected=[one == "bad" for one in prompt])


class TestAnyPipeline:
    @pytest.fixture
    def fake(self, tiny_folder):
        return TextToImage(FakePipeline(), name="fake", revision="1")

    def test_flagged_and_black_pictures_are_no_pictures(self, fake):
        drawn = fake.draw(["good", "bad", "black"], [1, 2, 3], fake.settings())
        assert [one.flaw for one in drawn] == ["", FLAGGED, BLACK]
        assert [one.picture is None for one in drawn] == [False, True, True]

    @pytest.mark.parametrize(
        ("given", "match"),
        [
            ({"guidance": 3}, "FakePipeline takes no guidance scale. Leave it out"),
            ({"negative": "blur"}, "FakePipeline takes no negative prompt"),
            ({"size": (8, 8)}, "FakePipeline takes no width"),
            ({"steps": 0}, "steps is a whole number from 1 to 10,000, got 0"),
        ],
    )
    def test_settings_that_it_has_no_use_for(self, fake, given, match):
        assert (fake.settings().steps, fake.settings().guidance) == (9, None)
        with pytest.raises(PPPError, match=match):
            fake.settings(**given)

    @pytest.mark.parametrize(
        "call",
        [
            lambda batch_size=1, generator=None, num_inference_steps=9: None,
            lambda prompt, image, generator=None, num_inference_steps=9: None,
            lambda prompt=None, strength=1, generator=None, num_inference_steps=9: None,
            lambda prompt=None, num_frames=8, generator=None, num_inference_steps=9: None,
        ],
        ids=["without words", "needs a picture", "starts from a picture", "makes a film"],
    )
    def test_what_does_not_draw_from_words_is_refused(self, call):
        other = type("Other", (), {"__call__": staticmethod(call)})()
        with pytest.raises(PPPError, match="Other does not draw pictures from a prompt alone"):
            TextToImage(other, name="other", revision="1")


class TestMachines:
    def test_without_diffusers_the_line_that_installs_it_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "diffusers", None)
        with pytest.raises(PPPError, match=re.escape(f'pip install "{REQUIREMENT}"')):
            load_pipeline(tmp_path)

    def test_the_line_names_the_version_that_is_tested(self):
        pins = (Path(__file__).parents[2] / "requirements-dev.txt").read_text().splitlines()
        assert REQUIREMENT in pins

    @pytest.mark.parametrize(
        ("given", "match"),
        [
            ({"device": "toaster"}, "A device such as cuda, .* was wanted, got 'toaster'"),
            ({"dtype": "int8"}, "dtype is one of float32, float16, bfloat16, got 'int8'"),
        ],
    )
    def test_devices_and_types_that_are_none(self, tiny_folder, given, match):
        with pytest.raises(PPPError, match=match):
            load_pipeline(tiny_folder, **given)

    def test_a_graphics_card_that_is_not_there(self, tiny_folder, monkeypatch):
        import torch

        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        with pytest.raises(PPPError, match="cuda was wanted, and torch finds no graphics card here"):
            load_pipeline(tiny_folder, device="cuda")
