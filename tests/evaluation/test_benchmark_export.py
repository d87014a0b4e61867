"""What is taken away is escaped, whole, and says where it comes from."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppp_core.errors import PPPError
from ppp_core.evaluation.benchmark_export import (
    CITATIONS,
    benchmark_command,
    bibtex,
    escape_latex,
    escape_markdown,
    export_table,
    to_latex,
    to_markdown,
)


def row(target, method, value, source="measured", tied=True):
    ends = {
        f"pearson_{end}": None if source != "measured" else value + d
        for end, d in (("low", -0.1), ("high", 0.1))
    }
    return {
        "target": target,
        "method": method,
        "source": source,
        "by": "x",
        "pearson": value,
        "pearson_tied": tied,
        **ends,
    }


@pytest.fixture
def rows():
    return pd.DataFrame(
        [
            row("a/x_1", "BERT", 0.45, source="published", tied=None),
            row("a/x_1", "probe | 100 %", 0.5),
            row("a/x_1", "length", 0.45),
            row("b/y", "length", -0.2),
        ]
    )


def test_markdown_has_a_cell_a_figure_and_others_rows_are_marked(rows):
    lines = to_markdown(rows).splitlines()
    assert lines[0] == r"| predictor | a/x\_1 | b/y |"
    assert lines[2] == r"| probe \| 100 % | **.500** [.40 to .60] | – |"
    assert lines[3] == "| length | .450 ≈ [.35 to .55] | **−.200** [−.30 to −.10] |"
    assert lines[4] == "| BERT (published) | .450 | – |"


def test_latex_is_booktabs_with_a_rule_before_others(rows):
    text = to_latex(rows)
    lines = text.splitlines()
    assert lines[2] == r"\begin{tabular}{lrr}"
    assert lines[4] == r"Predictor & a/x\_1 & b/y \\"
    assert lines[6] == r"probe | 100 \% & \textbf{.500} {\scriptsize [.40 to .60]} & -- \\"
    assert lines[8] == r"\midrule"
    assert lines[9] == r"BERT (published) & .450 & -- \\"
    for line in lines[6:8]:
        assert len(re.findall(r"(?<!\\)&", line)) == 2
    assert text.count("{") - text.count("}") == text.count(r"\{") - text.count(r"\}")


@given(st.text(alphabet="ab&%$#_{}~^\\<> \n", min_size=1))
def test_no_character_of_a_name_is_obeyed_by_latex(name):
    escaped = escape_latex(name)
    bare = re.sub(r"\\(textbackslash|textasciitilde|textasciicircum|textless|textgreater)\{\}", "", escaped)
    bare = re.sub(r"\\[&%$#_{}]", "", bare)
    assert not set(bare) & set("&%$#_{}~^\\<>\n")


@given(st.text(alphabet="ab|*_`[]<>#\\~$ \n", min_size=1))
def test_no_character_of_a_name_is_obeyed_by_markdown(name):
    bare = re.sub(r"\\.", "", escape_markdown(name))
    assert not set(bare) & set("|*_`[]<>#~$\n")


def test_the_table_keeps_every_figure_and_origin(rows):
    table = export_table(rows)
    assert len(table) == 4
    assert list(table.columns)[:3] == ["target", "method", "source"]
    assert {"by", "pearson", "pearson_low", "pearson_tied"} <= set(table.columns)


def test_bibtex_names_ppp_and_pqpp_and_each_data_set_once():
    text = bibtex(["tifa160", "pqpp", "mine", "tifa160"])
    assert re.findall(r"@\w+\{(\w+),", text) == ["ppp2023", "poesina2025pqpp", "hu2023tifa"]
    assert all(entry.count("{") == entry.count("}") for entry in CITATIONS.values())


def test_the_command_is_quoted_and_names_each_once():
    words = benchmark_command(
        targets=["a/b", "a/b"], predictors=["length"], encoders=["", "my folder"], split="test", out="out x"
    )
    assert words == (
        "ppp benchmark --target a/b --predictor length --encoder 'my folder' --seeds 1 --split test "
        "--out 'out x'"
    )
    with pytest.raises(PPPError, match=r"at least one target, got none"):
        benchmark_command(targets=[])


def test_nothing_to_take_away(rows):
    for write in (to_markdown, to_latex):
        with pytest.raises(PPPError, match=r"no row is shown"):
            write(rows.head(0))
