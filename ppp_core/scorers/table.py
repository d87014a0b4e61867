"""The table of scorers; one row a scorer."""

from functools import partial
from math import inf
from pathlib import Path

from ..encoders import image_encoder_status
from ..encoders.hub import cached_folder, download_command
from . import packaged, pickscore
from . import samp_net as samp
from .aesthetic import HEADS, aesthetic_head, is_kept
from .base import Scorer, ScorerEntry
from .packaged import Package
from .similarity import clip_score, match_lite

CLIP = "clip-vit-b32"
"""The CLIP of the published CLIPScore."""

_CC_MIT = "Apache-2.0; what was learned from AGIQA-3K: MIT"
_SCIKIT_IMAGE = "BSD-3-Clause (scikit-image)"
_PYIQA = "PolyForm Noncommercial 1.0.0 (pyiqa)"


def _lite(name: str, *, folder: str | Path | None = None, download: bool = False) -> Scorer:
    from .lite import SHIPPED, LiteScorer

    return LiteScorer(SHIPPED / name)


def _statistic(name: str, *, folder: str | Path | None = None, download: bool = False) -> Scorer:
    from .image_statistic import ImageStatistic

    return ImageStatistic(name)


def _row_of_statistic(name: str, title: str, measures: str, high: float, about: str) -> ScorerEntry:
    return ScorerEntry(
        name, title, measures, "higher", 0.0, high, "image", _SCIKIT_IMAGE, "nothing", "", about,
        partial(_statistic, name),
    )  # fmt: skip


def _row_of_clip(name: str, encoder: str, title: str, licence: str, about: str) -> ScorerEntry:
    get = _clip_command(encoder)
    return ScorerEntry(
        name, title, "2.5 · max(cosine, 0) of picture and prompt", "higher", 0.0, 2.5, "image+prompt",
        licence, "encoder", get, about, partial(clip_score, encoder),
    )  # fmt: skip


def _row_of_head(name: str, title: str, licence: str, where: str, about: str) -> ScorerEntry:
    kind = HEADS[name]
    clip = _clip_command(kind.encoder)
    get = f"download {kind.file} from {where}, give it as --folder, and run: {clip}"
    if kind.sha256 is not None:
        get = f"ppp rate NAME --scorer {name} --download (its file, and CLIP's weights)"
    return ScorerEntry(
        name, title, "aesthetic rating, about 1 to 10", "higher", -inf, inf, "image", licence, "file", get,
        about, partial(aesthetic_head, name),
    )  # fmt: skip


def _clip_command(encoder: str) -> str:
    return next(one.get for one in image_encoder_status() if one.name == encoder)


def _row_of_package(
    name: str,
    title: str,
    measures: str,
    bounds: tuple[float, float],
    licence: str,
    about: str,
    package: Package,
    *,
    sees_prompts: bool = False,
) -> ScorerEntry:
    make = partial(packaged.packaged, name, package, sees_prompts)
    sees = "image+prompt" if sees_prompts else "image"
    return ScorerEntry(
        name, title, measures, "higher", *bounds, sees, licence, "extra", package.command, about, make
    )


SCORERS: dict[str, ScorerEntry] = {
    entry.name: entry
    for entry in (
        _row_of_statistic(
            "colourfulness",
            "Colourfulness",
            "how colourful",
            300.0,
            "Hasler and Süsstrunk (2003): 0 for grey, 109 or more is extremely colourful. The baseline.",
        ),
        _row_of_statistic(
            "contrast", "Contrast", "how much contrast", 0.5, "Standard deviation of luminance over pixels."
        ),
        _row_of_statistic(
            "sharpness",
            "Sharpness",
            "how sharp",
            1.0,
            "One less the blur effect of Crété-Roffet and others (2007); a plain picture counts as 0.",
        ),
        _row_of_statistic(
            "entropy", "Entropy", "how many bits a pixel", 8.0, "Shannon entropy of the grey levels."
        ),
        _row_of_statistic("brightness", "Brightness", "how bright", 1.0, "Mean luminance."),
        ScorerEntry(
            "quality-lite",
            "Look (small, embedded)",
            "how people would rate the look, 0 to 5",
            "higher",
            0.0,
            5.0,
            "image",
            _CC_MIT,
            "nothing",
            "",
            "Kernel regression on EfficientNet-Lite0's features, trained on people's quality scores of "
            "AGIQA-3K; its card tells how well it ranks pictures of held-out prompts.",
            partial(_lite, "quality-lite"),
        ),
        ScorerEntry(
            "alignment-lite",
            "Match (small, embedded)",
            "how people would rate the match with the prompt, 0 to 5",
            "higher",
            0.0,
            5.0,
            "image+prompt",
            _CC_MIT,
            "nothing",
            "",
            "Kernel regression on EfficientNet-Lite0's and MiniLM's features, trained on people's alignment "
            "scores of AGIQA-3K; part of what it knows is how good pictures look.",
            partial(_lite, "alignment-lite"),
        ),
        ScorerEntry(
            "match-lite",
            "Cosine in dual-lite",
            "cosine of picture and prompt",
            "higher",
            -1.0,
            1.0,
            "image+prompt",
            _CC_MIT,
            "nothing",
            "",
            "Cosine in the space of dual-lite, a small stand-in for CLIP: no CLIPScore. 240 prompts of "
            "AGIQA-3K and their pictures were trained on.",
            match_lite,
        ),
        _row_of_clip(
            "clipscore",
            CLIP,
            "CLIPScore (ViT-B/32)",
            "MIT (openai/CLIP)",
            "Hessel and others (2021), without references, the prompt after 'A photo depicts'.",
        ),
        _row_of_clip(
            "clipscore-l14",
            "clip-vit-l14",
            "CLIPScore (ViT-L/14)",
            "MIT (openai/CLIP)",
            "The formula of CLIPScore with a larger CLIP; not comparable with the published numbers.",
        ),
        _row_of_head(
            "aesthetic-v1",
            "LAION aesthetic v1",
            "MIT (LAION-AI/aesthetic-predictor)",
            "github.com/LAION-AI/aesthetic-predictor",
            "A linear head on CLIP ViT-L/14; PPP's first metric.",
        ),
        _row_of_head(
            "aesthetic-v2",
            "LAION aesthetic v2",
            "Apache-2.0 (christophschuhmann/improved-aesthetic-predictor)",
            "github.com/christophschuhmann/improved-aesthetic-predictor",
            "Five linear layers on CLIP ViT-L/14, trained on SAC, Logos and AVA.",
        ),
        _row_of_head(
            "aesthetic-simulacra",
            "Simulacra aesthetic",
            "MIT (crowsonkb/simulacra-aesthetic-models)",
            "github.com/crowsonkb/simulacra-aesthetic-models",
            "A linear head on CLIP ViT-L/14, trained on ratings of generated pictures.",
        ),
        _row_of_package(
            "resmem",
            "ResMem memorability",
            "how many people would remember it, 0 to 1",
            (0.0, 1.0),
            "ResMem Non-commercial License (The University of Chicago)",
            "Needell and Bainbridge (2022); the package brings its weights, half a gigabyte.",
            packaged.RESMEM,
        ),
        _row_of_package(
            "vitmem",
            "ViTMem memorability",
            "how many people would remember it, 0 to 1",
            (0.0, 1.0),
            "MIT (vitmem)",
            "Hagen and Espeseth (2023); the package fetches its weights when it is first used.",
            packaged.VITMEM,
        ),
        ScorerEntry(
            "samp-net",
            "SAMP-Net composition",
            "how well it is composed, 1 to 5",
            "higher",
            1.0,
            5.0,
            "image",
            "not stated by its authors",
            "file",
            f"download {samp.FILE} (about 180 MB) by hand from the drive that "
            "github.com/bcmi/Image-Composition-Assessment-Dataset-CADB names, and give it as --folder",
            "Zhang, Niu and Zhang (2021), trained on people's ratings of photographs. Written anew from the "
            "published architecture.",
            samp.samp_net,
        ),
        _row_of_package(
            "brisque",
            "BRISQUE, negative",
            "how natural the statistics of patches are",
            (-inf, inf),
            _PYIQA,
            "Mittal, Moorthy and Bovik (2012). It counts distortion: the score is its negative.",
            packaged.BRISQUE,
        ),
        _row_of_package(
            "niqe",
            "NIQE, negative",
            "how natural the statistics of patches are",
            (-inf, inf),
            _PYIQA,
            "Mittal, Soundararajan and Bovik (2013). It counts distortion: the score is its negative.",
            packaged.NIQE,
        ),
        _row_of_package(
            "musiq",
            "MUSIQ",
            "quality, about 0 to 100",
            (-inf, inf),
            _PYIQA,
            "Ke and others (2021), trained on KonIQ-10k.",
            packaged.MUSIQ,
        ),
        _row_of_package(
            "imagereward",
            "ImageReward",
            "which picture people would prefer for the prompt",
            (-inf, inf),
            "Apache-2.0 (image-reward)",
            "Xu and others (2023); the package fetches its weights when it is first used.",
            packaged.IMAGE_REWARD,
            sees_prompts=True,
        ),
        ScorerEntry(
            "pickscore",
            "PickScore",
            "logit scale · cosine: which picture people would pick for the prompt",
            "higher",
            -inf,
            inf,
            "image+prompt",
            "not stated by its authors",
            "encoder",
            download_command(pickscore.REPOSITORY),
            "Kirstain and others (2023), a CLIP-H trained on Pick-a-Pic. Made to compare pictures of one "
            "prompt: a difference counts, a number by itself says little.",
            pickscore.pick_score,
        ),
        _row_of_package(
            "hps-v2",
            "HPS v2.1",
            "which picture people would prefer for the prompt",
            (-inf, inf),
            "Apache-2.0 (hpsv2)",
            "Wu and others (2023). The package pins old libraries: rate in an environment of its own, and "
            "import the scores.",
            packaged.HPS,
            sees_prompts=True,
        ),
    )
}
"""Statistics of pixels first: the baseline. Then what comes with PPP, CLIP, and what must be got."""

PPP_METRICS = ("aesthetic-v1", "aesthetic-v2", "aesthetic-simulacra", "resmem", "vitmem", "samp-net")
"""The six metrics of the paper on prompt performance prediction: CLIP aesthetic predictors, memorability by
two models, composition. Which aesthetic predictors its authors took is not known to us."""

_PACKAGES = {
    "resmem": packaged.RESMEM,
    "vitmem": packaged.VITMEM,
    "brisque": packaged.BRISQUE,
    "niqe": packaged.NIQE,
    "musiq": packaged.MUSIQ,
    "imagereward": packaged.IMAGE_REWARD,
    "hps-v2": packaged.HPS,
}
_CLIP_OF = {"clipscore": CLIP, "clipscore-l14": "clip-vit-l14"}


def is_available(entry: ScorerEntry) -> bool:
    """Whether what a scorer needs is on this machine; loads nothing heavy."""
    if entry.needs == "extra":
        return packaged.is_installed(_PACKAGES[entry.name])
    if entry.name == "pickscore":
        return cached_folder(pickscore.REPOSITORY) is not None
    here = {one.name: one.available for one in image_encoder_status()}
    if entry.needs == "file":
        return entry.name in HEADS and is_kept(HEADS[entry.name]) and here[HEADS[entry.name].encoder]
    if entry.needs == "encoder":
        return here[_CLIP_OF[entry.name]]
    return {
        "quality-lite": here["efficientnet-lite0"],
        "alignment-lite": here["dual-lite"],
        "match-lite": here["dual-lite"],
    }.get(entry.name, True)
