"""After retrieval: how well images are found, and what tells the good answers from the bad."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages import _downloads
from pages._correlations import own_run, published, state
from pages._text import plain
from ppp_core.charts.looks import picture_config
from ppp_core.charts.retrieval import predictors_forest
from ppp_core.evaluation.benchmark_view import NAMES, interval, short
from ppp_core.retrieval import FAMILIES, RetrievalEvaluation

MEASURES = ("P@10", "RR")
PLAINEST = "top-score"
LEFT_OUT = (
    "Not here: PQPP's own images and judgments (bring them as a run and qrels, below); relevance beyond "
    "“made from this prompt”, for nobody judged the other images; query drift, whose formula was not "
    "published."
)
COMMAND = """ppp retrieve agiqa-3k                                   # the prompts never learned from
ppp retrieve NAME                                       # your own data set, with images
ppp retrieve --run run.txt --qrels qrels.txt            # your own search, in the format of TREC"""


def show(rows: pd.DataFrame) -> None:
    """The answer, measures beside the forest of predictors, what others published, and one's own run."""
    reference = cache.retrieval()
    place = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        measure = state.choose_measure("corr_found_measure", list(NAMES))
        st.segmented_control(
            "Asked with",
            list(state.SEARCHED),
            key="corr_searched",
            format_func=state.SEARCHED.get,
            required=True,
            width="content",
            help="dual-lite was trained on most of these prompts. Either it is asked with the others only, "
            "or five encoders like it are trained, each on four fifths of the prompts and asked with the "
            "rest.",
        )
    chosen = reference.parts[st.session_state.corr_searched]
    place.info(plain(answer(chosen, measure)), icon=":material/target:")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _show_measures(reference)
        _show_calibration(chosen)
        _explain(reference, chosen)
    with right:
        show_forest(chosen, measure, key="corr_found")
    _downloads.offer(chosen.correlations, name="retrieval_predictors")
    with st.expander("Take the figure away"):
        _downloads.offer_figure(
            ["Predictors of retrieval"],
            lambda name: predictors_forest(chosen.correlations, measures=MEASURES, coefficient=measure),
            of=f"{chosen.name}, {state.SEARCHED[st.session_state.corr_searched].lower()}",
            file="retrieval_predictors",
            key="corr_found",
        )
    published.show(("pqpp/p10", "pqpp/rr"), "retrieved images", after="after retrieval")
    own_run.show(measure)
    st.markdown("**The commands** that measure it")
    st.code(COMMAND, language="bash", wrap_lines=True)


def answer(found: RetrievalEvaluation, measure: str) -> str:
    """How good the answers are, and what goes with that, in numbers."""
    first = MEASURES[0]
    good = found.measures.set_index("name").loc[first]
    mine = found.correlations[found.correlations["measure"] == first]
    clear = mine[f"{measure}_low"] > 0
    alone = mine["family"] == "text"
    best = mine.set_index("predictor").loc[PLAINEST]
    return (
        f"Of the first ten images that {found.encoder} finds for a prompt of {found.name}, "
        f"{10 * good.value:.1f} were made from it ({first} {short(good.value)}, 95 % interval "
        f"{interval(good.low, good.high)}; {found.n_queries} prompts). "
        f"{_share(clear, ~alone)} predictors that look at what was found clearly go with that (interval "
        f"above zero), {_share(clear, alone)} that read the prompt alone. The plainest, the best score, goes "
        f"with it at {NAMES[measure]} {short(best[measure])} "
        f"({interval(best[f'{measure}_low'], best[f'{measure}_high'])})."
    )


def _share(clear: pd.Series, among: pd.Series) -> str:
    return f"{int((clear & among).sum())} of {int(among.sum())}"


def show_forest(found: RetrievalEvaluation, measure: str, *, key: str) -> None:
    """Every predictor against P@10 and RR."""
    mine = found.correlations[found.correlations["measure"].isin(MEASURES)]
    st.markdown(f"**What goes with good answers?** {NAMES[measure]} with {' and '.join(MEASURES)}")
    st.plotly_chart(
        predictors_forest(found.correlations, measures=MEASURES, coefficient=measure),
        key=f"{key}_forest",
        config=picture_config("retrieval_predictors"),
        alt="; ".join(f"{r.title}, {r.measure}: {short(getattr(r, measure), 2)}" for r in mine.itertuples()),
    )


def _show_measures(reference) -> None:
    first, *_ = parts = reference.parts.values()
    heads = {
        name: f"{one.n_queries} prompts{', five folds' if name == 'folds' else ', unseen'}"
        for name, one in reference.parts.items()
    }
    table = pd.DataFrame({"measure": first.measures["title"]})
    for head, one in zip(heads.values(), parts, strict=True):
        table[head] = [
            f"{short(r.value)}  [{short(r.low)}, {short(r.high)}]" for r in one.measures.itertuples()
        ]
    st.markdown("**How well are they found?** Means with 95 % intervals over prompts")
    show_measures(table.assign(about=first.measures["about"]), key="corr_found_measures")
    _downloads.offer(
        pd.concat([one.measures.assign(part=name) for name, one in reference.parts.items()]),
        name="retrieval_measures",
    )


def show_measures(table: pd.DataFrame, *, key: str) -> None:
    """A table of measures, a line each."""
    st.dataframe(
        table,
        hide_index=True,
        key=key,
        column_config={"measure": st.column_config.TextColumn(width="small")},
        alt="Measures of retrieval with their intervals",
    )


def _show_calibration(found: RetrievalEvaluation) -> None:
    """Whether probabilities of relevance, which expected values are made of, mean what they say."""
    told = found.calibration
    if told is None:
        return
    st.markdown("**Are the probabilities true?** Ten bins of one size")
    st.caption(
        f"Probabilities of relevance, which the expected values are made of: {told.mean:.3f} on average, "
        f"{told.rate:.3f} of {told.n:,} images were relevant; calibration error {told.error:.3f}."
    )
    number = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(
        pd.DataFrame(told.bins, columns=["probability, mean", "share that was relevant"]),
        hide_index=True,
        height="content",
        key="corr_found_bins",
        column_config={"probability, mean": number, "share that was relevant": number},
        alt="Mean probability and share of relevant images in ten bins of one size",
    )


def _explain(reference, found: RetrievalEvaluation) -> None:
    st.caption(
        plain(
            f"{reference.title}: {found.n_images:,} different images; {reference.source} Encoder: "
            f"{found.encoder}, a small stand-in, not CLIP. {found.resamples:,} resamples of the prompts, "
            f"seed {found.seed}; {reference.made}."
        )
    )
    for note in found.notes:
        st.caption(plain(note))
    st.caption(
        "Values are never turned round: below zero, more of it goes with worse answers. Groups of the "
        f"figure: {'; '.join(words.lower() for words in FAMILIES.values())}."
    )
    st.caption(LEFT_OUT)
