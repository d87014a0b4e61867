"""A visitor's own search, as a run and its judgments in the format of TREC."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages import _downloads
from pages._correlations import after_retrieval
from pages._text import plain
from ppp_core import PPPError
from ppp_core.evaluation.benchmark_view import short
from ppp_core.retrieval import (
    POST_RETRIEVAL,
    RetrievalEvaluation,
    as_ranking,
    evaluate_retrieval,
    read_qrels,
    read_queries,
    read_run,
)

MOST_MEGABYTES, MOST_QUERIES = 5, 1000
ENDINGS = ["txt", "run", "trec", "qrels", "tsv"]


def show(measure: str) -> None:
    """Upload, then the same table and forest."""
    st.markdown(
        "**Your own search**: a run (query, Q0, document, rank, score, tag) and its judgments (query, "
        "iteration, document, grade), as TREC has them; from grade 1 a document is relevant. At most "
        f"{MOST_QUERIES:,} queries; nothing is kept."
    )
    with st.form("corr_search_form", border=False):
        columns = st.columns(3)
        run, qrels, queries = (
            column.file_uploader(
                label, type=ENDINGS, key=f"corr_search_{key}", max_upload_size=MOST_MEGABYTES
            )
            for column, (label, key) in zip(
                columns,
                {
                    "Run": "run",
                    "Judgments (qrels)": "qrels",
                    "Texts of queries, if you like": "queries",
                }.items(),
                strict=True,
            )
        )
        wanted = st.form_submit_button("Measure my search", type="primary", key="corr_search_go")
    if wanted:
        st.session_state.pop("corr_search_found", None)
        if run is None or qrels is None:
            st.error("Choose two files first: the run, and its judgments.")
        else:
            st.session_state.corr_search_found = _work(run, qrels, queries)
    if st.session_state.get("corr_search_found") is not None:
        _show(st.session_state.corr_search_found, measure)


def _work(run, qrels, queries) -> RetrievalEvaluation | None:
    bar = st.progress(0.0, text="Measuring your search …")
    try:
        return _measured(run, qrels, queries, bar)
    except PPPError as error:
        st.error(plain(error))
        return None
    finally:
        bar.empty()


def _measured(run, qrels, queries, bar) -> RetrievalEvaluation:
    for file in (run, qrels, queries):
        if file is not None:
            file.seek(0)
    answers, notes = read_run(run)
    judged, texts = read_qrels(qrels), read_queries(queries) if queries is not None else None
    ranking = as_ranking(answers, judged, queries=texts, name=run.name)
    if len(ranking) > MOST_QUERIES:
        raise PPPError(
            f"At most {MOST_QUERIES:,} queries are measured here, got {len(ranking):,}; "
            "`ppp retrieve --run FILE --qrels FILE` measures all."
        )
    found = evaluate_retrieval(ranking, progress=lambda done, total: bar.progress(done / max(total, 1)))
    return replace(found, notes=(*notes, *found.notes))


def _show(found: RetrievalEvaluation, measure: str) -> None:
    st.success(
        plain(f"{found.name}: {found.n_queries:,} queries, {found.n_images:,} documents, measured as ours.")
    )
    left, right = st.columns([2, 3], gap="medium")
    with left:
        values = found.measures
        told = [f"{short(r.value)}  [{short(r.low)}, {short(r.high)}]" for r in values.itertuples()]
        table = pd.DataFrame(
            {"measure": values["title"], "mean [95 % interval]": told, "about": values["about"]}
        )
        after_retrieval.show_measures(table, key="corr_search_measures")
        for why in dict.fromkeys(found.absent.values()):
            names = [POST_RETRIEVAL[name].title for name, one in found.absent.items() if one == why]
            st.caption(plain(f"Not given, {why}: {', '.join(names)}."))
        for note in found.notes:
            st.caption(plain(note))
    with right:
        if len(found.correlations):
            after_retrieval.show_forest(found, measure, key="corr_search")
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Every predictor** with every measure")
        _downloads.offer(found.correlations, name="my_retrieval_predictors")
    with right:
        st.markdown("**Every query** with its measures and predictors")
        _downloads.offer(found.per_query, name="my_queries")
