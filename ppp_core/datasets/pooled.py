"""The data set ``ppp``: people's judgments from several data sets, on one scale.

It has no files of its own: it is made of the data sets that are on this machine, in their `observed` form.

Each rating becomes a normal score of its rank among the ratings of the same data set and generator, so
neither a generator's strength nor a data set's scale counts. A prompt's score is the mean over its ratings,
less its data set's mean, over its data set's spread; and that is told on a familiar scale, see `Pool`.

Reference:
    Conover and Iman, Rank transformations as a bridge between parametric and nonparametric statistics, The
    American Statistician 35 (1981), for scores by rank; here within each data set and generator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

from ..errors import PPPError
from . import agiqa_3k, genai_bench, pqpp, tifa160
from .cards import Card, Target

if TYPE_CHECKING:
    import pandas as pd

    from .frames import DataSet

SOURCE_CARDS = {entry.CARD.name: entry.CARD for entry in (pqpp, genai_bench, agiqa_3k, tifa160)}


@dataclass(frozen=True)
class Pool:
    """One target made of several.

    A score z, with mean 0 and standard deviation 1 in each data set, is told as ``mean + spread * z``, kept
    inside the target's bounds.

    Attributes:
        target: what it is called, and its scale.
        sources: the targets that it is made of.
        mean: what an average prompt of its data set gets.
        spread: how much one standard deviation within a data set counts.
    """

    target: Target
    sources: tuple[str, ...]
    mean: float
    spread: float


ALIGNMENT = Pool(
    target=Target(
        name="ppp/alignment",
        title="Will the picture match the words",
        measure="expected rating",
        low=1.0,
        high=5.0,
        judged_by="people",
        reads_as="on 1 to 5, people would rate how well images match this prompt about {value}",
        about="People's judgments of SDXL images (PQPP) and of images by many generators (GenAI-Bench, "
        "AGIQA-3K, TIFA160), ranked within each data set and generator and put on the 1 to 5 scale of "
        "GenAI-Bench and TIFA160: the average prompt of its data set stands at 3.4, one standard deviation "
        "is 0.84.",
        label="Match",
    ),
    sources=("pqpp/hbpp-sdxl", "genai-bench/alignment", "agiqa-3k/alignment", "tifa160/alignment"),
    mean=3.39,  # mean and standard deviation of the 687 prompts' mean ratings in GenAI-Bench and TIFA160
    spread=0.84,
)

QUALITY = Pool(
    target=Target(
        name="ppp/quality",
        title="How good the picture will look",
        measure="expected rating",
        low=0.0,
        high=5.0,
        judged_by="people",
        reads_as="on 0 to 5, people would rate the look of images of this prompt about {value}",
        about="People's scores of perceptual quality in AGIQA-3K, ranked within each generator and put back "
        "on that data set's scale. No second data set at hand has such scores, so how well it holds on "
        "prompts of another kind is not known.",
        label="Look",
    ),
    sources=("agiqa-3k/quality",),
    mean=2.5,  # mean and standard deviation of the 300 prompts' mean scores
    spread=0.27,
)

POOLS = {pool.target.name: pool for pool in (ALIGNMENT, QUALITY)}

CARD = Card(
    name="ppp",
    title="PPP's pooled judgments",
    about="People's judgments of generated images from several data sets, each prompt's standing within its "
    "own data set and generators, on one scale.",
    citation="Made of "
    + ", ".join(card.title for card in SOURCE_CARDS.values())
    + "; cite those that you use.",
    homepage="",
    licence="; ".join(f"{card.title}: {card.licence}" for card in SOURCE_CARDS.values()),
    attribution=" ".join(card.attribution for card in SOURCE_CARDS.values()),
    targets=tuple(pool.target for pool in POOLS.values()),
    notes=(
        "It is made of the data sets that are on this machine; it has no files of its own.",
        "A value tells how a prompt stands among those of its own data set: that one data set's prompts are "
        "harder than another's does not show in it.",
        "PQPP's validation prompts are the validation part; its test prompts are left out. Everything else "
        "is for training.",
        "GLIDE's images are left out of ppp/alignment: what is hard for that early generator is not what is "
        "hard for later ones, and more of it lowered the correlation with data sets left out.",
    ),
)


def source_names() -> tuple[str, ...]:
    """The data sets that it can be made of."""
    return tuple(SOURCE_CARDS)


def pool(load: Callable[[str], DataSet], here: tuple[str, ...] | None = None) -> DataSet:
    """Makes the pooled data set of those that are there.

    Args:
        load: gives a data set by its name.
        here: which of `source_names` can be loaded; None for all.

    Returns:
        Prompts named ``<data set>:<their own name>``, with the column source (the data set); no images; one
        rating a prompt and target, with the further column people (people's mean in the source's own unit).
        Its card and notes name what is not there.

    Raises:
        PPPError: when none is there, naming the line that gets them.
    """
    import pandas as pd

    from ..splits import normalise_text
    from .frames import build

    there = [name for name in source_names() if here is None or name in here]
    if not there:
        names = " ".join(source_names())
        raise PPPError(
            f"The data set ppp is made of others, and none is on this machine. Get: ppp get {names}"
        )
    loaded = {name: load(name) for name in there}
    prompts = pd.concat([_prompts(dataset) for dataset in loaded.values()], ignore_index=True)
    ratings = pd.concat(
        [
            _ratings(each, loaded, source)
            for each in POOLS.values()
            for source in each.sources
            if _is_in(source, loaded)
        ],
        ignore_index=True,
    )
    prompts = prompts[prompts["prompt_id"].isin(ratings["prompt_id"])]
    twins = prompts["prompt"].map(normalise_text).isin(_test_texts(loaded))
    prompts, notes = prompts[~twins], _notes(loaded)
    if twins.any():
        notes = (*notes, f"{int(twins.sum())} prompts that a test part holds too are left out.")
    ratings = ratings[ratings["prompt_id"].isin(prompts["prompt_id"])]
    return build(_card(tuple(there)), prompts, None, ratings, notes)


def _test_texts(loaded: Mapping[str, DataSet]) -> set[str]:
    """Normalised texts of every test prompt of the sources."""
    from ..splits import normalise_text

    frames = (dataset.prompts for dataset in loaded.values())
    return {
        normalise_text(text) for frame in frames for text in frame.loc[frame["split"].eq("test"), "prompt"]
    }


def _is_in(source: str, loaded: Mapping[str, DataSet]) -> bool:
    return source.partition("/")[0] in loaded


def _card(there: tuple[str, ...]) -> Card:
    cards = [SOURCE_CARDS[name] for name in there]
    return replace(
        CARD,
        citation="Made of "
        + ", ".join(card.title for card in cards)
        + ". "
        + " ".join(c.citation for c in cards),
        licence="; ".join(f"{card.title}: {card.licence}" for card in cards),
        attribution=" ".join(card.attribution for card in cards),
    )


def _notes(loaded: Mapping[str, DataSet]) -> tuple[str, ...]:
    counts = ", ".join(f"{name} {_learnable(dataset).shape[0]:,}" for name, dataset in loaded.items())
    absent = [name for name in source_names() if name not in loaded]
    told = (f"Made of: {counts} prompts.",)
    return (*told, f"Not on this machine, so left out: ppp get {' '.join(absent)}") if absent else told


def _learnable(dataset: DataSet) -> pd.DataFrame:
    """The prompts that are not of a test part."""
    return dataset.prompts[dataset.prompts["split"].ne("test").fillna(True).astype(bool)]


def _prompts(dataset: DataSet) -> pd.DataFrame:
    name, kept = dataset.card.name, _learnable(dataset)
    split = kept["split"].where(kept["split"].eq("validation").fillna(False).astype(bool), "train")
    return kept[["prompt"]].assign(prompt_id=name + ":" + kept["prompt_id"], split=split, source=name)


def _ratings(each: Pool, loaded: Mapping[str, DataSet], source: str) -> pd.DataFrame:
    dataset = loaded[source.partition("/")[0]]
    ratings = dataset.ratings[dataset.ratings["target"] == source]
    ratings = ratings[ratings["prompt_id"].isin(_learnable(dataset)["prompt_id"])]
    scores = standard_scores(ratings)
    values = (each.mean + each.spread * scores["score"]).clip(each.target.low, each.target.high)
    return scores.assign(
        prompt_id=dataset.card.name + ":" + scores["prompt_id"], target=each.target.name, value=values
    ).drop(columns="score")


def standard_scores(ratings: pd.DataFrame) -> pd.DataFrame:
    """How prompts stand among those rated with them, whatever the generators and the scale.

    Args:
        ratings: columns prompt_id, generator, value; of one target of one data set.

    Returns:
        Columns prompt_id, score (mean 0 and standard deviation 1 over the prompts; 0 where all are rated
        alike) and people (mean of the values), one row a prompt, in the order of their first rating.

    Example:
        >>> import pandas as pd
        >>> rows = [("a", "old", 1.0), ("b", "old", 2.0), ("a", "new", 8.0), ("b", "new", 9.0)]
        >>> scores = standard_scores(pd.DataFrame(rows, columns=["prompt_id", "generator", "value"]))
        >>> scores["score"].round(3).tolist(), scores["people"].tolist()
        ([-1.0, 1.0], [4.5, 5.5])
    """
    generators = ratings["generator"].fillna("")
    marked = ratings.assign(score=ratings.groupby(generators)["value"].transform(_normal_scores))
    means = marked.groupby("prompt_id", sort=False)[["score", "value"]].mean()
    spread = means["score"].std(ddof=0)
    score = (means["score"] - means["score"].mean()) / (spread if spread > 0 else 1.0)
    return means.assign(score=score).rename(columns={"value": "people"}).reset_index()


def _normal_scores(values: pd.Series) -> pd.Series:
    """The normal distribution's quantile at each value's mid-rank: ties stay ties."""
    share = (values.rank(method="average") - 0.5) / len(values)
    quantiles = {one: NormalDist().inv_cdf(one) for one in share.unique()}
    return share.map(quantiles)
