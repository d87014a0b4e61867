"""Pictures and encoders that a reader can do in the head."""

import numpy as np
import pytest
from PIL import Image

from ppp_core.encoders import Encoded

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}


class ColourEncoder:
    """A joint space: how red, green and blue a picture is; which of these a prompt names."""

    name, revision, dim, n_layers, max_tokens = "colours", "first", 3, 1, 9
    preprocessing, is_stand_in, retrieval = "none", False, ""

    def encode(self, prompts, *, layers="last"):
        vectors = np.array([[colour in one for colour in COLOURS] for one in prompts], np.float32)
        counts = np.array([len(one.split()) for one in prompts])
        return Encoded(2 * vectors, counts, np.zeros(len(prompts), int))

    def encode_images(self, pictures):
        return np.array([np.asarray(one).mean(axis=(0, 1)) for one in pictures], np.float32)

    def spans(self, prompt):
        return []


@pytest.fixture
def colours():
    return ColourEncoder()


@pytest.fixture
def plain():
    """Makes a plain picture: ``plain("red")``."""
    return lambda colour, size=32: Image.new("RGB", (size, size), COLOURS.get(colour, colour))
