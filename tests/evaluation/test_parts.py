"""Nothing that judges is learned from."""

import pandas as pd
import pytest

from ppp_core.datasets import load_dataset
from ppp_core.datasets.cards import Card
from ppp_core.datasets.frames import build
from ppp_core.errors import PPPError
from ppp_core.evaluation.parts import target_data
from ppp_core.splits import check_disjoint, normalise_text
from ppp_core.targets import Target

TARGET = Target("own/score", "Score", "score", 0, 100, "user", "about {value}", "")


def dataset(rows):
    """A data set of (prompt, split, value) rows."""
    ids = [f"p{number}" for number in range(len(rows))]
    card = Card("own", "Own", "", "", "", "CC0", "Us", targets=(TARGET,))
    prompts = pd.DataFrame({"prompt_id": ids, "prompt": [r[0] for r in rows], "split": [r[1] for r in rows]})
    ratings = pd.DataFrame({"prompt_id": ids, "target": TARGET.name, "value": [float(r[2]) for r in rows]})
    return build(card, prompts, None, ratings)


def plain(n, split, start=0):
    return [(f"prompt number {start + k}", split, (start + k) % 100) for k in range(n)]


def test_training_prompts_that_judge_elsewhere_are_left_out():
    rows = [
        *plain(70, "train"),
        ("A cat, sleeping!", "train", 1),
        ("the DOG'S bed", "train", 2),
        *plain(20, "validation", start=100),
        ("a cat sleeping", "validation", 3),
        ("The dogs bed.", "test", 4),
        *plain(9, "test", start=200),
    ]
    data = target_data(dataset(rows), TARGET.name)
    assert (len(data.train), len(data.held_out), data.n_left_out) == (70, 21, 2)
    check_disjoint(data.train.prompts, [row[0] for row in rows if row[1] != "train"])
    tested = {normalise_text(row[0]) for row in rows if row[1] == "test"}
    assert not tested & {normalise_text(p) for p in (*data.train.prompts, *data.held_out.prompts)}
    assert (data.licence, data.attribution) == ("CC0", "Us")


def test_without_a_validation_part_all_but_the_test_part_is_learned_from():
    rows = [*plain(40, "train"), *plain(40, None, start=50), *plain(5, "test", start=100)]
    data = target_data(dataset([*rows, ("Prompt, number 100?", None, 9)]), TARGET.name)
    assert data.held_out is None
    assert (len(data.train), data.n_left_out) == (80, 1)
    assert not any(p.endswith(f" {n}") for p in data.train.prompts for n in range(100, 105))


def test_too_few_prompts_are_refused():
    with pytest.raises(PPPError, match=r"at least 60 prompts with a value of own/score, got 59"):
        target_data(dataset([*plain(59, "train"), *plain(30, "validation", start=100)]), TARGET.name)


def test_unknown_target_is_answered_with_the_near_one():
    with pytest.raises(PPPError, match=r"Unknown target 'own/scor'\. Did you mean 'own/score'"):
        target_data(dataset(plain(70, "train")), "own/scor")


def test_a_digest_changes_with_a_prompt_a_value_and_their_order():
    one = target_data(dataset(plain(70, "train")), TARGET.name).train
    other = target_data(dataset(plain(70, "train")[::-1]), TARGET.name).train
    same = target_data(dataset(plain(70, "train")), TARGET.name).train
    assert one.digest() == same.digest() != other.digest()


@pytest.mark.real_data
def test_real_training_prompts_are_apart_from_those_that_judge(data_folder):
    real = load_dataset("pqpp", folder=data_folder)
    data = target_data(real, "pqpp/hbpp-average")
    check_disjoint(data.train.prompts, data.held_out.prompts)
    tested = real.prompts.loc[real.prompts["split"] == "test", "prompt"].tolist()
    check_disjoint(data.train.prompts, tested)
    assert not set(tested) & set(data.held_out.prompts)
