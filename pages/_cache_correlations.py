"""What the correlation page keeps between reruns and visitors. Reference results do not change meanwhile."""

import pandas as pd
import streamlit as st

from ppp_core import PPPError, datasets
from ppp_core.evaluation.after.images_added import CNN_REFERENCE, ImagesAdded, load_images_added
from ppp_core.evaluation.benchmark import Board, load_board, load_published
from ppp_core.evaluation.benchmark.kept import beside_observed, load_predictions
from ppp_core.evaluation.benchmark_view import with_methods
from ppp_core.retrieval.reference import RetrievalReference, load_retrieval_reference

CNN_CURVES = CNN_REFERENCE


@st.cache_resource(show_spinner=False)
def boards() -> tuple[Board, Board, str]:
    """Our board, the published one, and what is wrong with ours, or nothing."""
    try:
        return load_board(), load_published(), ""
    except PPPError as error:
        return Board(), load_published(), str(error)


@st.cache_resource(show_spinner=False)
def rows() -> pd.DataFrame:
    """All rows of both boards, with what each is called; never changed by whoever gets it."""
    ours, published, _ = boards()
    return with_methods(pd.concat([ours.frame(), published.frame()], ignore_index=True))


@st.cache_resource(show_spinner=False)
def table(name: str) -> pd.DataFrame:
    """One of the tables beside our rows."""
    return boards()[0].table(name)


@st.cache_resource(show_spinner=False)
def predictions() -> pd.DataFrame:
    """Our predictions of held-out prompts, under hashes."""
    return load_predictions()


@st.cache_resource(max_entries=4, show_spinner="Reading the data set …")
def dataset(name: str, revision: str) -> datasets.DataSet:
    """An installed data set."""
    return datasets.load_dataset(name)


@st.cache_resource(max_entries=32, show_spinner=False)
def cell_pairs(name: str, revision: str, target: str, part: str, key: str) -> pd.DataFrame:
    """Predicted and observed of one row of the board, for the prompts of its part."""
    found = beside_observed(predictions(), key, dataset(name, revision), target)
    return found[found["split"] == part] if part in ("validation", "test") else found


@st.cache_resource(max_entries=8, show_spinner=False)
def two_targets(name: str, revision: str, x: str, y: str) -> pd.DataFrame:
    """What was observed on two targets, for the prompts that have both, without the test part."""
    loaded = dataset(name, revision)
    first, second = (datasets.observed(loaded, target) for target in (x, y))
    both = first[["prompt_id", "split", "observed"]].merge(
        second[["prompt_id", "observed"]], on="prompt_id", suffixes=("_x", "_y")
    )
    both = both[both["split"] != "test"]
    return both.rename(columns={"observed_x": "predicted", "observed_y": "observed"})


@st.cache_resource(show_spinner=False)
def curves() -> dict[str, ImagesAdded]:
    """What pictures add to the words, by target: the predictor that comes with PPP."""
    return load_images_added()


@st.cache_resource(show_spinner=False)
def cnn_curves() -> dict[str, ImagesAdded]:
    """The same of `correlation-cnn`; nothing where it was not measured."""
    return load_images_added(CNN_CURVES) if CNN_CURVES.is_file() else {}


@st.cache_resource(show_spinner=False)
def retrieval() -> RetrievalReference:
    """Retrieval and its prediction, measured by us."""
    return load_retrieval_reference()


def installed() -> dict[str, datasets.Installed]:
    """The data sets on this machine, by name."""
    return {one.name: one for one in datasets.installed()}
