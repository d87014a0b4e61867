"""Collections whose answers are known: some prompts' images are near them, some prompts' are not."""

import numpy as np
import pytest

from ppp_core.retrieval import rank_vectors


def made_ranking(n=60, images=6, dim=24, *, k=100, noise=0.35, seed=0, others=200, queries=True):
    """n prompts, each with images; how near they are to it falls from the first prompt to the last.

    Returns:
        The ranking, and each prompt's nearness, from 1 down to 0.
    """
    random = np.random.default_rng(seed)
    text = random.normal(size=(n, dim))
    nearness = np.linspace(1, 0, n)
    owners = np.repeat(np.arange(n), images)
    image = nearness[owners, None] * text[owners] + noise * random.normal(size=(n * images, dim))
    image = np.concatenate([image, noise * random.normal(size=(others, dim))])
    order = random.permutation(len(image))
    place = np.argsort(order)
    relevant = [place[np.flatnonzero(owners == one)] for one in range(n)]
    told = [f"prompt number {one}" + " more" * (7 * one % 5) for one in range(n)] if queries else []
    return rank_vectors(text, image[order], relevant, k=k, name="made", queries=told), nearness


@pytest.fixture(scope="session")
def make_ranking():
    """Makes a ranking with a known signal: ``make_ranking(n, images, dim, k=…, noise=…, seed=…)``."""
    return made_ranking


@pytest.fixture(scope="session")
def made():
    """A ranking and the nearness of each prompt's images. Read only."""
    return made_ranking()
