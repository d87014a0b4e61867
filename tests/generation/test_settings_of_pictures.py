"""Settings, and how they are written into pictures."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ppp_core.datasets.layouts import Told, read_webui
from ppp_core.errors import PPPError
from ppp_core.generation.settings import Settings, differences, webui_text

PLAIN = Settings("c0ffee" * 4, "float32", "DDIM", 20, 7.5, None, "")
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda text: text.split() and not text.lstrip().startswith(("Steps:", "Negative prompt:"))
)


@given(
    prompt=WORDS,
    negative=st.sampled_from(["", "blur", "Seed: 3\n\nSteps: 5, Seed: 4"]),
    seed=st.integers(0, 2**63 - 1),
)
def test_what_is_written_is_read_back(prompt, negative, seed):
    settings = Settings("c0ffee" * 4, "float32", "DDIM", 20, None, None, negative)
    text = webui_text(prompt, seed, settings, model="sd, 1.5", size=(8, 16))
    assert read_webui(text) == Told(" ".join(prompt.split()), seed, "sd  1.5")


def test_a_pipeline_without_guidance_tells_none():
    assert "CFG" not in webui_text(
        "a", 1, Settings("ab", "float32", "", 1, None, None, ""), model="m", size=(8, 8)
    )


def test_differences_name_both_sides():
    now = Settings("c0ffee" * 4, "float16", "DDIM", 20, 7.5, (8, 16), "").as_dict()
    assert differences(PLAIN.as_dict(), now) == [
        "dtype 'float32' then, 'float16' now",
        "size None then, 8 × 16 now",
    ]
    assert differences(PLAIN.as_dict(), PLAIN.as_dict()) == []


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"steps": 0}, "steps is a whole number from 1 to 10,000, got 0"),
        ({"steps": None}, "steps is .*, got None"),
        ({"guidance": -1.0}, r"guidance is a number from 0 on, got -1\.0"),
        ({"guidance": float("nan")}, "guidance is .* got nan"),
        ({"size": (12, 16)}, "multiples of 8 up to 8,192 pixels, got 12 × 16"),
        ({"size": (16, 0)}, "got 16 × 0"),
        ({"size": (16, 8200)}, "got 16 × 8200"),
    ],
)
def test_values_that_cannot_be_are_refused(changed, match):
    from dataclasses import replace

    with pytest.raises(PPPError, match=match):
        replace(PLAIN, **changed).checked()
