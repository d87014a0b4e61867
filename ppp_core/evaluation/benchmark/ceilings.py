"""The highest correlation that any predictor could have with what a few people said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...datasets import DataSet
from ...errors import PPPError
from ..reliability import NOISE, Reliability, ceiling

HOW = {
    "raters": "raters are noise: other people, these images; an upper limit, since a rater's leaning recurs "
    "across a prompt's images",
    "generators": "generators and raters are noise: other people, images by other generators like these; "
    "somewhat high for the same reason",
}


def ceilings_table(
    targets: Iterable[str], datasets: Mapping[str, DataSet], *, resamples: int = 2_000
) -> list[dict]:
    """Reliability and ceiling of the targets whose ratings tell them.

    Args:
        targets: names.
        datasets: by name; targets of others are left out, and so are those whose files do not tell the
            spread between raters, their number, or several generators.
        resamples: of the intervals.

    Returns:
        Records with the columns of ``TABLES["ceilings"]``; unit says what counts as noise.
    """
    records = []
    for target in dict.fromkeys(targets):
        dataset = datasets.get(target.partition("/")[0])
        for noise in NOISE if dataset is not None else ():
            try:
                found = ceiling(dataset, target, noise=noise, resamples=resamples)
            except PPPError:  # the ratings do not tell
                continue
            records.append(_record(target, found))
    return records


def _record(target: str, found: Reliability) -> dict:
    return {
        "target": target,
        "unit": found.noise,
        "n": found.n,
        "n_raters": None if found.n_ratings is None else round(found.n_ratings / found.n_images),
        "reliability": found.reliability.value,
        "reliability_low": found.reliability.low,
        "reliability_high": found.reliability.high,
        "ceiling": found.ceiling.value,
        "ceiling_low": found.ceiling.low,
        "ceiling_high": found.ceiling.high,
        "how": HOW[found.noise],
    }
