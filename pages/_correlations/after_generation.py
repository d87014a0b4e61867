"""After generation: what seeing pictures adds to the words alone."""

import pandas as pd
import streamlit as st

from pages import _cache_correlations as cache
from pages import _downloads
from pages._correlations import published, state
from pages._text import plain
from ppp_core.charts.images_added import AGAINST, MEASURES, images_added_figure
from ppp_core.charts.looks import picture_config
from ppp_core.evaluation.after.images_added import AddedRow, ImagesAdded
from ppp_core.evaluation.benchmark_view import NAMES, interval, prompts, short

ORDER = ("words", "both", "pictures")
DATA = "AGIQA-3K (Li and others, 2023, MIT licence)"
COMMAND = """ppp after --curve agiqa-3k                                         # the figures above
ppp after --curve agiqa-3k --predictor correlation-cnn --encoder dual-lite
ppp after --curve NAME --out curve.json                            # your own data set, with pictures"""


def show(rows: pd.DataFrame) -> None:
    """The answer, the curves, the table, what others published, and the way to one's own."""
    curves = cache.curves()
    place = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        measure = state.choose_measure("corr_added_measure", list(MEASURES))
        st.segmented_control(
            "What pictures are judged by",
            list(state.AGAINST),
            key="corr_against",
            format_func=state.AGAINST.get,
            required=True,
            width="content",
            help="What is predicted: people's mean score over all pictures of a prompt, those seen among "
            "them, or over its other pictures only.",
        )
    against = st.session_state.corr_against
    place.info(plain(answer(curves, against)), icon=":material/target:")
    for column, target in zip(st.columns(len(curves), gap="medium"), curves, strict=True):
        with column:
            _show_target(target, measure, against)
    _explain(curves, measure)
    table = figures([*curves.values(), *cache.cnn_curves().values()], against)
    _downloads.offer(table, name="images_added")
    with st.expander("Take a figure away"):
        labels = {state.label(target): target for target in curves}
        _downloads.offer_figure(
            list(labels),
            lambda name: _figure(labels[name], measure, against),
            of="what pictures add to the words",
            file="images_added",
            key="corr_added",
        )
    published.show("pqpp/hbpp", "images", after="after generation")
    st.markdown("**The commands** that measure it, here and on your own data")
    st.code(COMMAND, language="bash", wrap_lines=True)


def answer(curves: dict[str, ImagesAdded], against: str) -> str:
    """What pictures add, a sentence a target, in Spearman's ρ."""
    asked = {
        "all": "What do pictures add to the words alone?",
        "unseen": "What do pictures tell of a prompt's other pictures, beyond the words alone?",
    }[against]
    return " ".join([asked, *(_told(state.title(name), curve, against) for name, curve in curves.items())])


def _told(label: str, curve: ImagesAdded, against: str) -> str:
    sizes = sorted(row.n_images for row in curve.rows if (row.reads, row.against) == ("both", against))
    one, most = (curve.find(size, "both", against) for size in (sizes[0], sizes[-1]))
    if one.over_words.low > 0:
        verdict = f"a clear gain from {_pictures(one.n_images)} on"
    elif most.over_words.low > 0:
        verdict = f"a clear gain with {_pictures(most.n_images)}, not with {one.n_images}"
    else:
        verdict = "no gain is clear"
    gain = most.over_words
    return (
        f"{label}: {verdict}. Spearman ρ goes from {_words(curve, one)} to {short(one.spearman.value)} with "
        f"{_pictures(one.n_images)}, from {_words(curve, most)} to {short(most.spearman.value)} with "
        f"{most.n_images} (gain {short(gain.value)}, 95 % interval {interval(gain.low, gain.high)})."
    )


def _words(curve: ImagesAdded, row: AddedRow) -> str:
    """What the words alone come to, judged by the same."""
    n_images = row.n_images if row.against == "unseen" else 0
    return short(curve.find(n_images, "words", row.against).spearman.value)


def _pictures(count: int) -> str:
    return f"{count} picture{'s' * (count != 1)}"


def figures(curves: list[ImagesAdded], against: str) -> pd.DataFrame:
    """Every point of the curves that was measured so, with its intervals and where it comes from."""
    rows = []
    for curve in curves:
        for row in curve.rows:
            if row.against != against:
                continue
            told = {"target": curve.target, "predictor": curve.predictor, "encoder": curve.encoder}
            told |= {"words_by": curve.words, "reads": row.reads, "pictures_seen": row.n_images}
            told |= {"against": row.against, "n_prompts": row.n_prompts}
            for name in ("spearman", "pearson", "over_words"):
                found = getattr(row, name)
                for end, part in (("", "value"), ("_low", "low"), ("_high", "high")):
                    told[f"{name}{end}"] = getattr(found, part) if found else None
            rows.append(told | {"measured_by": "PPP", "how": curve.how})
    frame = pd.DataFrame(rows)
    words = frame["reads"].eq("words")
    frame.loc[words, ["predictor", "encoder"]] = ""
    return frame.drop_duplicates(
        ["target", "predictor", "words_by", "reads", "pictures_seen"], ignore_index=True
    )


def _show_target(target: str, measure: str, against: str) -> None:
    st.plotly_chart(
        _figure(target, measure, against),
        key=f"corr_added_{target}",
        config=picture_config(f"images_added_{target.partition('/')[2]}"),
        alt=f"{state.label(target)}: {NAMES[measure]} over the number of pictures seen; the table below "
        "holds every point",
    )
    mine = [found[target] for found in (cache.curves(), cache.cnn_curves()) if target in found]
    st.dataframe(
        _readable(figures(mine, against), measure),
        hide_index=True,
        height="content",
        key=f"corr_added_table_{target}",
        column_config={
            "reads": st.column_config.TextColumn(width=165),
            "pictures": st.column_config.NumberColumn(width=60),
        },
        alt=f"{state.label(target)}: every point of the curves with its interval",
    )


def _figure(target: str, measure: str, against: str):
    curves = cache.curves()
    return images_added_figure(
        [curves[target]],
        measure=measure,
        against=against,
        labels={target: state.label(target)},
        among=list(curves.values()),
    )


def _readable(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The table with intervals in words, for reading."""

    def read(row) -> str:
        return f"{row.reads}: {row.predictor or row.words_by}"

    def told(row, name: str) -> str:
        ends = interval(getattr(row, f"{name}_low"), getattr(row, f"{name}_high"))
        return f"{short(getattr(row, name))}  ({ends})" if ends else ""

    order = table["reads"].map(list(ORDER).index)
    return pd.DataFrame(
        {
            "reads": read(row),
            "pictures": row.pictures_seen,
            f"{NAMES[measure]} (95 %)": told(row, measure),
            "gain over the words, ρ (95 %)": told(row, "over_words"),
        }
        for row in table.iloc[order.argsort(kind="stable")].itertuples()
    )


def _explain(curves: dict[str, ImagesAdded], measure: str) -> None:
    first = next(iter(curves.values()))
    encoder, judged = first.encoder, AGAINST[st.session_state.corr_against]
    st.caption(
        f"{NAMES[measure]} {judged}, on {prompts(first.rows[0].n_prompts)} of {DATA}; pictures and prompts "
        f"seen by {encoder}, a small stand-in, not CLIP. {plain(first.how)}. Measured by us. "
        "Both: pictures and words."
    )
    if st.session_state.corr_against == "all":
        st.caption(
            "A part of what is predicted has been seen, so this is how well these pictures are judged. Of "
            "pictures to come, with other seeds and generators, see the other switch."
        )
    else:
        st.caption(
            "Fewer pictures not seen make a noisier mean, so figures fall with the number seen: compare with "
            "the words alone at the same number. Six very different generators drew the pictures, which is "
            "hard on whoever judges the others by some."
        )
    if cache.cnn_curves():
        st.caption(
            "correlation-cnn is PQPP's network on the correlations between a prompt's pictures; it never "
            "sees the words. With one picture nothing can be correlated: its value is the same for all, and "
            "figures lean below zero."
        )
    else:
        st.caption(
            "correlation-cnn was not measured yet: `ppp after --curve agiqa-3k --predictor correlation-cnn`."
        )
