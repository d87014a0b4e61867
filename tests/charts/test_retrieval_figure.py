"""The forest of predictors shows the coefficients that it is given."""

import pandas as pd
import pytest

from ppp_core.charts.retrieval import predictors_forest
from ppp_core.errors import PPPError


def row(predictor, family, measure, value, low=None, high=None):
    numbers = {
        f"{one}{end}": number
        for one in ("pearson", "spearman", "kendall")
        for end, number in (("", value), ("_low", low), ("_high", high))
    }
    words = {"predictor": predictor, "title": predictor.upper() + " <b>", "family": family}
    return {**words, "measure": measure, "n": 60, **numbers}


@pytest.fixture
def correlations():
    return pd.DataFrame(
        [
            row("nqc", "scores", "RR", 0.2, 0.1, 0.3),
            row("nqc", "scores", "P@10", 0.4, 0.2, 0.5),
            row("length", "text", "P@10", -0.1, -0.3, 0.1),
            row("length", "text", "RR", None),
            row("length", "text", "AP", 0.9, 0.8, 1.0),
            row("smv", "scores", "P@10", 0.3),
        ]
    ).astype({"pearson_low": float, "pearson": float, "pearson_high": float})


def test_a_line_a_predictor_and_measure(correlations):
    figure = predictors_forest(correlations)
    found = {trace.name: trace for trace in figure.data}
    assert set(found) == {"P@10", "RR"}
    assert list(found["P@10"].x) == [-0.1, 0.4, 0.3]
    assert list(found["P@10"].y) == sorted(found["P@10"].y), "families in the order of the table"
    assert list(found["P@10"].error_x.array) == pytest.approx([0.2, 0.1, 0])
    assert list(found["P@10"].error_x.arrayminus) == pytest.approx([0.2, 0.2, 0])
    assert list(found["RR"].x) == [0.2]
    assert found["P@10"].marker.color != found["RR"].marker.color
    texts = [one.text for one in figure.layout.annotations]
    assert "<b>The prompt alone, before retrieval</b>" in texts
    assert any("NQC &lt;b&gt;" in one for one in texts)
    assert ".400 [.200, .500]" in found["P@10"].text[1]
    assert "60 queries" in found["P@10"].text[1]


def test_measures_and_coefficients_are_chosen(correlations):
    figure = predictors_forest(correlations, measures=["AP"], coefficient="kendall")
    assert [trace.name for trace in figure.data] == ["AP"]
    assert figure.layout.xaxis.title.text.startswith("Kendall τ")
    with pytest.raises(PPPError, match="Unknown measure 'P@5'"):
        predictors_forest(correlations, measures=["P@5"])
    with pytest.raises(PPPError, match=r"Unknown coefficient 'pearsn'\. Did you mean 'pearson'"):
        predictors_forest(correlations, coefficient="pearsn")
    with pytest.raises(PPPError, match="No predictor has a correlation with R@10 to draw"):
        predictors_forest(correlations, measures=["R@10"])


def test_what_comes_with_ppp_can_be_drawn():
    from ppp_core.retrieval.reference import load_retrieval_reference

    for part in load_retrieval_reference().parts.values():
        figure = predictors_forest(part.correlations)
        assert sum(len(trace.x) for trace in figure.data) == 30
