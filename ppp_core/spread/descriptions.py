"""The tests of an analysis: their plain names, what each asks, and where it comes from."""

from dataclasses import dataclass

RANK = "rank correlation"
SHARE = "change of the standard deviation with each further modifier"
RATIO = "spread at the most modifiers as a share of that at the fewest"
STEP = "change with each further modifier, in the target's unit"


@dataclass(frozen=True)
class Described:
    """What a test is.

    Attributes:
        title: plain words for a table.
        asks: the question that it answers.
        unit: what its estimate is.
        source: who describes it, and how it is made here.
    """

    title: str
    asks: str
    unit: str
    source: str


_BONETT = "Interval: Fisher's z (Bonett and Wright 2000); p: Student's t."
_PERMUTED = (
    "Values: distances from the prompt's own centre; p: prompts' counts permuted, a prompt's values staying "
    "together. Across prompts: scipy's test of the prompts' means."
)

_HALVES = (
    "Spread from one half of a prompt's values, mean from the other, over random splits; errors: sandwich "
    "over prompts. Half the values make ranks noisier, so it lies nearer to 0 than the plain one."
)

SPREAD_TESTS: dict[str, Described] = {
    "spearman": Described(
        "Rank correlation",
        "Do prompts with more modifiers rank lower, or higher, in spread?",
        RANK,
        "Spearman's rho; interval: bootstrap over prompts; p: scipy.stats.spearmanr.",
    ),
    "kendall": Described(
        "Pairs in order",
        "Of two prompts, has the one with more modifiers less spread, or more?",
        RANK,
        "Kendall's tau-b; interval: jackknife on Fisher's z scale; p: scipy.stats.kendalltau.",
    ),
    "location-scale": Described(
        "Spread per modifier (model)",
        "By how many per cent does the spread change with each further modifier?",
        SHARE,
        "Gamma regression of the variances, log link (Smyth 1989), statsmodels GLM; robust errors (HC3). "
        "Across prompts: of the means' distances from that of their count.",
    ),
    "log-spread": Described(
        "Spread per modifier (logarithms)",
        "The same, by least squares of the logarithm of the standard deviation.",
        SHARE,
        "Weighted least squares, statsmodels WLS, small-sample bias of the logarithm removed; HC3 errors.",
    ),
    "quantile-25": Described(
        "Steady prompts",
        "Does the spread of prompts that vary little (lower quartile) change?",
        STEP,
        "Quantile regression (Koenker and Bassett 1978), statsmodels QuantReg.",
    ),
    "quantile-50": Described(
        "Typical prompts",
        "Does the spread of the typical prompt (median) change?",
        STEP,
        "Quantile regression (Koenker and Bassett 1978), statsmodels QuantReg.",
    ),
    "quantile-75": Described(
        "Unsteady prompts",
        "Does the spread of prompts that vary much (upper quartile) change?",
        STEP,
        "Quantile regression (Koenker and Bassett 1978), statsmodels QuantReg.",
    ),
    "brown-forsythe": Described(
        "Equal spread at all counts (medians)",
        "Does the spread differ between counts in any way, rising, falling or neither?",
        RATIO,
        f"Brown and Forsythe 1974. {_PERMUTED}",
    ),
    "fligner-killeen": Described(
        "Equal spread at all counts (ranks)",
        "The same, by ranks, so that extreme values count little.",
        RATIO,
        f"Fligner and Killeen 1976. {_PERMUTED}",
    ),
    "levene": Described(
        "Equal spread at all counts (means)",
        "The same, by distances from means.",
        RATIO,
        f"Levene 1960. {_PERMUTED}",
    ),
    "spearman-mean": Described(
        "Rank correlation, mean held equal",
        "Does it hold among prompts that do equally well, so that the ends of the scale play no part?",
        RANK,
        f"Partial Spearman given a smooth curve of the mean. {_HALVES}",
    ),
    "location-scale-mean": Described(
        "Spread per modifier, mean held equal",
        "By how many per cent does the spread change among prompts that do equally well?",
        SHARE,
        "Gamma regression, a natural cubic spline of the mean beside the count. Spread from one half of a "
        "prompt's values, mean from the other, over random splits; HC3 errors over prompts.",
    ),
    "share-of-possible": Described(
        "Spread as a share of the possible",
        "Does the spread change as a share of the largest that the scale allows at that mean?",
        RANK,
        "Spearman's rho of SD / sqrt((mean - low)(high - mean)) (Bhatia and Davis 2000); bootstrap. It "
        "takes out too much unless ratings crowd at the ends; the answer does not rest on it.",
    ),
    "spearman-words": Described(
        "Rank correlation, length held equal",
        "Does it hold among prompts whose description, without modifiers, is of one length?",
        RANK,
        f"Partial Spearman given the number of words outside modifiers. {_BONETT}",
    ),
    "spearman-subject": Described(
        "Rank correlation, subject held equal",
        "Does it hold among prompts of one subject?",
        RANK,
        f"Partial Spearman given the subject, or dimensions of its embedding. {_BONETT}",
    ),
    "spearman-generators": Described(
        "Rank correlation, generators held equal",
        "Does it hold when prompts that lack a generator are compared with their like?",
        RANK,
        f"Partial Spearman given which generators a prompt has. {_BONETT}",
    ),
    "spearman-all": Described(
        "Rank correlation, all of these held equal",
        "What remains when mean, length, subject and generators are held equal together?",
        RANK,
        f"Partial Spearman. {_HALVES}",
    ),
    "location-scale-all": Described(
        "Spread per modifier, all of these held equal",
        "By how many per cent does the spread change with all of these held equal?",
        SHARE,
        "Gamma regression with all of these beside the count, as above.",
    ),
}
"""Name -> what it is, in the order of tables."""

MEAN_TESTS: dict[str, Described] = {
    "mean-spearman": Described(
        "Mean: rank correlation",
        "Do prompts with more modifiers do better, or worse?",
        RANK,
        "Spearman's rho; interval: bootstrap over prompts; p: scipy.stats.spearmanr.",
    ),
    "mean-kendall": Described(
        "Mean: pairs in order",
        "Of two prompts, does the one with more modifiers do better, or worse?",
        RANK,
        "Kendall's tau-b; interval: jackknife on Fisher's z scale; p: scipy.stats.kendalltau.",
    ),
    "mean-slope": Described(
        "Mean: change per modifier (model)",
        "By how much does the mean change with each further modifier?",
        STEP,
        "statsmodels MixedLM with a random intercept for each prompt and a fixed effect for each generator; "
        "one value a prompt or very many prompts: regression of means, HC3 errors.",
    ),
    "mean-all": Described(
        "Mean: rank correlation, length and subject held equal",
        "Does it hold among prompts of one length and subject?",
        RANK,
        f"Partial Spearman. {_BONETT}",
    ),
}
"""Name -> what it is, in the order of tables."""
