"""What the tests of the page about the gap share: a small data set, encoders done in the head, the page."""

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages import _cache_gap as cache
from pages._gap import maps, work
from pages._gap.live import View
from ppp_core.datasets import import_dataset
from ppp_core.encoders import Encoded

SOURCE = Path(__file__).resolve().parents[3] / "pages" / "modality_gap.py"
N = 48


class Colours:
    """A picture's mean colour, and the one that a prompt names in numbers; each modality with an offset."""

    name, revision, dim, preprocessing, n_layers, max_tokens = "colours", "1", 4, "none", 1, 99
    is_stand_in, retrieval = True, "finds half of them"

    def encode(self, prompts, *, layers="last"):
        named = [[float(word) for word in prompt.split() if word.isdigit()][:3] for prompt in prompts]
        vectors = [[*(part / 255 for part in (*one, 0, 0, 0)[:3]), 1.0] for one in named]
        return Encoded(np.array(vectors, np.float32), np.full(len(prompts), 4), np.zeros(len(prompts), int))

    def encode_images(self, pictures):
        return np.array([[*np.asarray(one).mean(axis=(0, 1)) / 255, -1] for one in pictures], np.float32)


class Learned(Colours):
    name = "learned"

    def has_learned(self, prompts):
        return np.array([prompt.startswith("old") for prompt in prompts])


class Real(Colours):
    name, is_stand_in, retrieval = "real-clip", False, ""


class Page:
    """The page in Streamlit's own tester, to which everything else is passed on."""

    def __init__(self):
        self.app = AppTest.from_file(str(SOURCE), default_timeout=120)

    def __getattr__(self, name):
        return getattr(self.app, name)

    def open(self, **address):
        """Opens it on the small data set with an address, and waits for what that starts."""
        for name, value in {"data": "mine", **address}.items():
            self.app.query_params[name] = value
        return self.finish()

    def finish(self):
        """Runs the page, waits for what it started, and runs it again."""
        self.app.run()
        for one in list(work.works().values()):
            assert one.wait(120)
        self.app.run()
        assert not self.app.exception
        return self

    def fine(self):
        assert not self.app.exception
        assert not self.app.error

    def texts(self):
        app = self.app
        parts = (app.markdown, app.caption, app.info, app.warning, app.error, app.success)
        return "\n".join(element.value for part in parts for element in part).replace("\\", "")

    def address(self, name):
        value = self.app.query_params.get(name)
        return value[0] if isinstance(value, list) else value

    def charts(self):
        return len(self.app.get("plotly_chart"))

    def figures(self):
        return {one.label: one.value for one in self.app.metric}

    def view(self):
        """Key and pairs of what the page shows."""
        choice = cache.Choice("mine", cache.revision("mine"), "dual-lite", "one", False)
        pairs = work.outcome(f"pairs {choice}").pairs
        return View(choice, pairs, pairs, "mine").key, pairs


@pytest.fixture
def encoders():
    """Encoders whose vectors are colours: one that learned from old prompts, one that is no stand-in."""
    return SimpleNamespace(Colours=Colours, Learned=Learned, Real=Real)


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A machine without any data set, on which nothing is kept from other tests, nor for them."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    monkeypatch.setattr(maps, "AT_ONCE", 0)  # a process a page, which most tests have no use for
    st.cache_resource.clear()
    yield
    for one in work.works().values():
        one.cancel()
        one.wait(60)
    st.cache_resource.clear()


@pytest.fixture
def imported(fresh, tmp_path, monkeypatch):
    """Imports a data set whose prompts name the colour of their two pictures: ``imported(name, n)``."""
    monkeypatch.setattr(cache, "load_joint_encoder", lambda name: Colours())

    def make(name, n, start=0):
        rows = []
        for place in range(start, start + n):
            colour, kind = shade(place), "old" if place % 4 == 0 else "new"
            for number in range(2):
                file = f"{name}-{place}-{number}.png"
                near = tuple(max(0, part - 5 * number) for part in colour)
                Image.new("RGB", (8, 8), near).save(tmp_path / file)
                rows.append((f"{kind} {' '.join(map(str, colour))}", file, sum(colour) / 100 + number))
        table = pd.DataFrame(rows, columns=["prompt", "image", "look"])
        file = io.BytesIO(table.to_csv(index=False).encode())
        import_dataset(file, name=name, format="csv", images=tmp_path)
        return n

    return make


@pytest.fixture
def mine(imported):
    """A data set of one's own, mine. Gives the number of its prompts."""
    return imported("mine", N)


@pytest.fixture
def page():
    return Page()


def shade(place):
    return 37 * place % 256, 91 * place % 256, 53 * place % 256
