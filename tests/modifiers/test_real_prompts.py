"""AGIQA-3K tells of each prompt which adjectives and style were added to it."""

import pandas as pd
import pytest

from ppp_core.modifiers import lexicon, parse_all

FIELDS = ("adj1", "adj2", "style")


@pytest.fixture(scope="module")
def prompts(data_folder):
    table = pd.read_csv(data_folder / "agiqa-3k" / "data.csv", keep_default_na=False)
    return table.drop_duplicates("prompt")


def is_found(parsed, value: str) -> bool:
    """Whether modifiers that lie within a field cover all of it, with the kind that the lexicon says."""
    start = parsed.prompt.rindex(value)
    inside = [part for part in parsed.modifiers if start <= part.start and part.end <= start + len(value)]
    known = lexicon().get(value) or lexicon().get(value.removesuffix(" style"))
    covered = sum(part.end - part.start for part in inside)
    return covered == len(value) and {part.kind for part in inside} == {known.kind}


@pytest.mark.real_data
@pytest.mark.parametrize("grammar", [False, True])
def test_the_known_modifiers_are_found(prompts, grammar):
    texts = prompts["prompt"].tolist()
    missed = [
        (parsed.prompt, row[field])
        for parsed, row in zip(parse_all(texts, grammar=grammar), prompts.to_dict("records"), strict=True)
        for field in FIELDS
        if row[field] and not is_found(parsed, row[field])
    ]
    assert len(texts) == 300
    assert len({prompt for prompt, _ in missed}) <= 0.03 * len(texts), missed
