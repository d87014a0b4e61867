"""What is computed on a button: closings on other pairs, PPP's experiment, and whether the gap matters."""

import streamlit as st

from pages import _cache_gap as cache
from pages import _downloads
from pages._gap import work
from pages._gap.live import View
from pages._text import plain
from ppp_core.charts.gap_closings import closing_figure, task_figure
from ppp_core.charts.looks import picture_config
from ppp_core.modality_gap import CLOSINGS, MEASURES, compare_closings, gap_relevance, quality_task

DRAWN = ("l2m", "separability", "t2i-r1")
LEARNED = "learned on other pairs than measured on"
HEADLINE = {
    "l2m": "L2M",
    "rmg": "RMG",
    "energy": "Energy",
    "separability": "Separability",
    "cosine-dprime": "Partners, d′",
    "t2i-r1": "Text → image R@1",
    "t2i-r10": "R@10",
    "i2t-r1": "Image → text R@1",
}
"""Name of a measure -> heading of its column; the whole title is told on pointing."""

SIDES = {"image": "pictures", "text": "prompts"}
ROW = 35
"""Pixels of a table's row."""

FIGURE = {"format": "%.3f", "width": "small"}


def show_closings(view: View) -> None:
    """Every closing, learned on one part and measured on another."""
    st.markdown("**What closes the gap, and what does that do?** Learned on one part, measured on another")
    found = work.offer(
        f"closings {view.key}",
        lambda *, progress, cancelled: compare_closings(view.pairs, progress=progress),
        label="Compare the ways to close it",
        words="Closings fitted and measured",
        name="closings",
        about="Takes some seconds to a minute.",
    )
    if found is not None:
        show_compared(found.frame, found.notes, facts=view.facts, task=_task_figure(view))


def _task_figure(view: View):
    """What closings do to prediction, where that was computed; None otherwise."""
    targets = cache.targets_of(view.everything)
    target = st.session_state.get("gap_task_target") or next(iter(targets), "")
    found = work.outcome(_task_key(view, target))
    return None if found is None else task_figure(found.frame, target, facts=_task_facts(view))


def _task_key(view: View, target: str) -> str:
    return f"task {view.choice._replace(held_out=False)} {target}"


def _task_facts(view: View) -> list[str]:
    return [view.title, view.choice.encoder, "a head that learned from pictures, fed with prompts"]


def show_compared(frame, notes, *, facts, task=None, name: str = "gap_closings") -> None:
    """A figure a headline measure, then all of them: a row a closing, a column a measure.

    Args:
        frame: of `ClosingComparison`.
        notes: of the comparison.
        facts: what the figures say of themselves.
        task: the figure of the task, beside the measures'; None where it was not computed.
        name: of the widgets.
    """
    drawn = [one for one in DRAWN if one in set(frame["name"])]
    figures = {one: closing_figure(frame, one, facts=[*facts, LEARNED]) for one in drawn}
    figures |= {} if task is None else {"task": task}
    for column, (one, figure) in zip(st.columns(len(figures), gap="medium"), figures.items(), strict=True):
        with column:
            st.plotly_chart(
                figure,
                key=f"{name}_figure_{one}",
                config=picture_config(f"closings_{one}"),
                alt="; ".join(f"{row.closing_title} {row.value:.3f}" for row in _of(frame, one)),
            )
    st.caption(
        "Dashed: as it is. Dotted: chance. Better and worse: the 95 % interval of the paired difference from "
        "as it is holds no zero."
        + " What closings do to prediction is drawn here, too, once the heads of “Prediction” are trained."
        * (task is None and not name.startswith("gap_clip"))
    )
    measures = [one for one in HEADLINE if one in set(frame["name"])]
    wide = frame.pivot_table(index="closing_title", columns="name", values="value", sort=False)[measures]
    told = {HEADLINE[one]: f"{MEASURES[one].title}. {MEASURES[one].about} {_better(one)}" for one in measures}
    st.dataframe(
        wide.rename(columns=HEADLINE).rename_axis("Closing").reset_index(),
        hide_index=True,
        key=f"{name}_wide",
        column_config={
            **{
                title: st.column_config.NumberColumn(format="%.3f", help=about)
                for title, about in told.items()
            },
            "Closing": st.column_config.TextColumn(width=200, pinned=True),
        },
        alt="; ".join(
            f"{row.closing_title}, {row.title}: {row.value:.3f}" for row in frame.head(40).itertuples()
        ),
    )
    _show_differences(frame, name)
    for note in notes:
        st.caption(plain(note))
    with st.expander("What each of them does"):
        for entry in CLOSINGS.values():
            source = f" ({plain(entry.source)})" if entry.source else ""
            st.markdown(f"- **{entry.title}**: {plain(entry.about)}{source}")
    _downloads.offer(frame, name=name)


def _of(frame, measure: str):
    return frame[frame["name"] == measure].itertuples()


def _show_differences(frame, name: str) -> None:
    """One measure, with its interval and the difference from no closing."""
    titles = {one: MEASURES[one].title for one in frame["name"].unique()}
    measure = st.selectbox(
        "With intervals", list(titles), format_func=titles.get, key=f"{name}_measure", width=330
    )
    columns = {
        "closing_title": "Closing",
        "value": "Value",
        "low": "Low",
        "high": "High",
        "difference": "Difference from as it is",
        "difference_low": "its low",
        "difference_high": "its high",
    }
    mine = frame.loc[frame["name"] == measure, list(columns)].rename(columns=columns)
    number = st.column_config.NumberColumn(**FIGURE)
    st.dataframe(
        mine,
        hide_index=True,
        key=f"{name}_one",
        column_config=dict.fromkeys(list(columns.values())[1:], number),
        alt=f"{titles[measure]} after each closing",
    )
    st.caption(plain(f"{MEASURES[measure].about} {_better(measure)}"))


def _better(measure: str) -> str:
    better = MEASURES[measure].better
    return f"{better.capitalize()} is better." if better else ""


def _target(view: View, key: str, action: str) -> str | None:
    """The score that is asked about; None where there is none."""
    targets = cache.targets_of(view.everything)
    if not targets:
        st.info(f"{plain(view.title)} has no scores of its pictures, so {action}.")
        return None
    return st.selectbox("Score", targets, key=key, width=330)


def show_task(view: View) -> None:
    """PPP's experiment."""
    st.markdown(
        "**Does the gap cost prediction?** PPP's experiment: a head learns people's scores from pictures, "
        "and is then fed with prompts"
    )
    target = _target(view, "gap_task_target", "no head can be trained on them")
    if target is None:
        return
    found = work.offer(
        _task_key(view, target),
        lambda *, progress, cancelled: quality_task(view.everything, target, progress=progress),
        label="Train the heads",
        words="Heads trained",
        name="task",
        about="Takes seconds to minutes. Prompts that the encoder was trained on judge nothing.",
    )
    if found is None:
        return
    st.markdown(plain(found.answer))
    frame = found.frame
    st.plotly_chart(
        task_figure(frame, target, facts=_task_facts(view)),
        key="gap_task_figure",
        config=picture_config("gap_task"),
        alt=found.answer,
    )
    ways = [f"{SIDES[row.head]} → {SIDES[row.fed]}" for row in frame.itertuples()]
    columns = {
        "closing_title": "Closing",
        "pearson": "Pearson",
        "pearson_low": "Low",
        "pearson_high": "High",
        "spearman": "Spearman",
        "spearman_low": "its low",
        "spearman_high": "its high",
        "bias": "Bias",
        "rmse": "RMSE",
    }
    shown = frame[list(columns)].rename(columns=columns)
    shown.insert(0, "Learned from → fed with", ways)
    st.dataframe(
        shown,
        hide_index=True,
        key="gap_task_table",
        column_config={
            **dict.fromkeys(list(columns.values())[1:], st.column_config.NumberColumn(**FIGURE)),
            "Learned from → fed with": st.column_config.TextColumn(width=190, pinned=True),
        },
        alt="; ".join(
            f"{way}, {row.closing_title}: {row.pearson:.2f}"
            for way, row in zip(ways, frame.itertuples(), strict=True)
        ),
    )
    st.caption("Low and high: 95 % intervals over prompts. Bias: mean of predicted less observed.")
    for note in found.notes:
        st.caption(plain(note))
    _downloads.offer(frame, name="gap_task")


def show_relevance(view: View) -> None:
    """Whether the gap of a single pair says anything."""
    st.markdown(
        "**Does the gap of a pair matter?** One minus the cosine of a prompt and its picture, against scores"
    )
    target = _target(view, "gap_relevance_target", "the gap cannot be held against any")
    if target is None:
        return
    found = work.offer(
        f"relevance {view.choice._replace(held_out=False)} {target}",
        lambda *, progress, cancelled: gap_relevance(view.everything, target),
        label="Correlate them",
        words="Correlating",
        name="relevance",
        about="Takes seconds.",
    )
    if found is None:
        return
    st.markdown(plain(found.answer))
    columns = {
        "question": "The gap of a pair against",
        "spearman": "Spearman",
        "low": "Low",
        "high": "High",
        "level": "A value",
        "n": "n",
    }
    number = st.column_config.NumberColumn(**FIGURE)
    st.dataframe(
        found.frame[list(columns)].rename(columns=columns),
        hide_index=True,
        key="gap_relevance_table",
        height=ROW * (len(found.frame) + 1) + 3,
        column_config={
            **dict.fromkeys(("Spearman", "Low", "High"), number),
            "The gap of a pair against": st.column_config.TextColumn(width=300),
        },
        alt="; ".join(f"{row.question}: {row.spearman:.2f}" for row in found.frame.itertuples()),
    )
    for note in found.notes:
        st.caption(plain(note))
    _downloads.offer(found.frame, name="gap_relevance")
