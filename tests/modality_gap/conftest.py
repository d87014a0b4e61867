"""Clouds with a gap that is known, and the real pairs."""

import numpy as np
import pytest

from ppp_core.modality_gap import read_npz


def made_clouds(n=200, dim=16, *, gap=0.0, noise=0.3, seed=0):
    """Prompts and pictures of one meaning each, some noise, and ``gap`` between them along one direction."""
    random = np.random.default_rng(seed)
    meaning = random.normal(size=(n, dim))
    text = meaning + noise * random.normal(size=(n, dim))
    image = meaning + noise * random.normal(size=(n, dim))
    direction = np.zeros(dim)
    direction[0] = 1
    return text - gap / 2 * direction, image + gap / 2 * direction


@pytest.fixture(scope="session")
def clouds():
    """Makes clouds: ``clouds(n, dim, gap=…, noise=…, seed=…)``."""
    return made_clouds


@pytest.fixture(scope="session")
def coco(data_folder):
    """The 500 pairs of MS COCO that the authors of "Mind the Gap" publish, embedded by CLIP."""
    return read_npz(data_folder / "modality-gap" / "coco500_clip.npz")
