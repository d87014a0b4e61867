"""The format of TREC: read strictly, written so that it is read back."""

import gzip
import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ppp_core.retrieval.trec as module
from ppp_core.errors import PPPError
from ppp_core.retrieval import (
    as_ranking,
    measure_queries,
    rank_vectors,
    read_qrels,
    read_queries,
    read_ranking,
    read_run,
    write_qrels,
    write_queries,
    write_run,
)

RUN = "q1 Q0 b 1 0.9 mine\nq1 Q0 a 2 .5 mine\n\nq2\tQ0\ta  1 -1e-3 mine\n"
QRELS = "q1 0 a 2\nq1 0 x 1\nq2 0 a 0\nq3 0 a -1\n"
READERS = {"run": (read_run, RUN), "qrels": (read_qrels, QRELS), "queries": (read_queries, "q1\ta fox\n")}


@pytest.fixture
def write(tmp_path):
    def made(content, name="file.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return made


def test_what_is_read(write):
    assert read_run(write(RUN)) == ({"q1": {"b": 0.9, "a": 0.5}, "q2": {"a": -0.001}}, ())
    assert read_qrels(write(QRELS)) == {"q1": {"a": 2, "x": 1}, "q2": {"a": 0}, "q3": {"a": -1}}
    assert read_queries(write("q1\ta red\tfox \r\nq2\t größe\n")) == {"q1": "a red\tfox", "q2": "größe"}
    with_mark = b"\xef\xbb\xbf" + QRELS.replace("\n", "\r\n").encode()
    assert read_qrels(write(with_mark)) == read_qrels(write(QRELS))
    assert read_run(write(gzip.compress(RUN.encode()), "run.TXT.gz")) == read_run(write(RUN))


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        ("run", "q1 Q0 a 1 0.9", r"file.txt, line 1: 6 columns were wanted \(query Q0 .*\), got 5"),
        ("run", RUN + "q3 Q0 a one 1 m", r"file.txt, line 5: the rank should be a whole number, got 'one'"),
        (
            "run",
            "q Q0 a 1 nan m",
            r"line 1: the score should be a finite number \(up to 1e\+100 in size\), got 'nan'",
        ),
        (
            "run",
            "q Q0 a 1 1e999 m",
            r"line 1: the score should be a finite number \(up to 1e\+100 in size\), got '1e999'",
        ),
        ("run", "q Q0 a 1 -1e101 m", r"the score should be a finite number \(.*\), got '-1e101'"),
        (
            "run",
            "q Q0 a 1 1_0 m",
            r"the score should be a finite number \(up to 1e\+100 in size\), got '1_0'",
        ),
        ("run", "q Q0 a 1 ٣ m", r"the score should be a finite number \(up to 1e\+100 in size\), got '٣'"),
        ("run", "q Q0 a 1 2 m\nq Q0 a 2 1 m", "line 2: document 'a' stands twice for query 'q'"),
        ("run", "q Q0 a 1 2 m\rq Q0 b 2 1 m", "line 1: text was wanted, got a control character"),
        ("run", "q Q0 a\0 1 2 m", "line 1: text was wanted, got a control character"),
        ("run", b"q Q0 \xff 1 2 m", "line 1: UTF-8 text was wanted, got the byte 0xff"),
        ("run", "", "file.txt is empty"),
        ("run", "q" * 20_000, "line 1: longer than 10,000 bytes"),
        ("qrels", "q 0 a 1 2", r"line 1: 4 columns were wanted \(query iteration .*\), got 5"),
        ("qrels", "q 0 a 1.5", "line 1: the grade should be a whole number from -1000 to 1000, got '1.5'"),
        ("qrels", "q 0 a 9999", "from -1000 to 1000, got '9999'"),
        ("qrels", "q 0 a 1\nq 0 a 1", "line 2: document 'a' is judged twice for query 'q'"),
        ("queries", "q1 a fox", "line 1: a query's name, a tab and its text were wanted, got 'q1 a fox'"),
        ("queries", "q1\t ", "a query's name, a tab and its text were wanted"),
        ("queries", "q1\ta\nq1\tb", "line 2: query 'q1' stands twice"),
    ],
)
def test_faults_are_told_with_their_line(write, kind, content, told):
    with pytest.raises(PPPError, match=told):
        READERS[kind][0](write(content))


def test_files_that_are_not_there_or_too_large(write, tmp_path, monkeypatch):
    with pytest.raises(PPPError, match=r"There is no file .*absent\.txt"):
        read_run(tmp_path / "absent.txt")
    with pytest.raises(PPPError, match=r"Cannot read .*: Is a directory"):
        read_run(tmp_path)
    with pytest.raises(PPPError, match="is no whole gzip file"):
        read_run(write(RUN, "run.gz"))
    with pytest.raises(PPPError, match="is no whole gzip file"):
        read_run(write(gzip.compress(RUN.encode())[:-9], "run.gz"))
    monkeypatch.setattr(module, "MAX_LINES", 3)
    with pytest.raises(PPPError, match="has more than 3 lines, which are the most that are read"):
        read_run(write(RUN))
    monkeypatch.setattr(module, "MAX_BYTES", 40)
    with pytest.raises(PPPError, match="is larger than 40 bytes, which are the most that are read"):
        read_run(write(RUN))
    bomb = gzip.compress(b"\n" * 100_000 + RUN.encode())
    monkeypatch.setattr(module, "MAX_LINES", 10**6)
    monkeypatch.setattr(module, "MAX_BYTES", len(bomb))
    with pytest.raises(PPPError, match=r"unpacks to more than [\d,]+ bytes"):
        read_run(write(bomb, "bomb.gz"))


@settings(max_examples=80, deadline=None)
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda one: one.encode())))
def test_any_bytes_are_read_or_refused(content, tmp_path_factory):
    for name in ("fuzz.txt", "fuzz.gz"):
        path = tmp_path_factory.getbasetemp() / name
        path.write_bytes(content)
        for read, _ in READERS.values():
            with suppress(PPPError):  # whatever else is raised is a fault
                read(path)


CELLS = st.sampled_from(
    ["q1", "q2", "Q0", "0", "1", "-3", "0.5", "1e400", "nan", "a", "b", "\u00a0", "é", ""]
)


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=7), max_size=6), tab=st.booleans())
def test_lines_nearly_right_are_read_or_refused(rows, tab, tmp_path_factory):
    content = "\n".join(("\t" if tab else " ").join(row) for row in rows)
    path = tmp_path_factory.getbasetemp() / "nearly.txt"
    path.write_text(content, encoding="utf-8")
    for kind, (read, _) in READERS.items():
        try:
            found = read(path)
        except PPPError:
            continue
        if kind == "run":
            scores = [score for one in found[0].values() for score in one.values()]
            assert len(scores) == sum(bool(one.strip()) for one in content.split("\n"))
            assert all(map(math.isfinite, scores))


@settings(max_examples=30, deadline=None)
@given(
    names=st.lists(st.text(min_size=1, max_size=8), min_size=12, max_size=12, unique=True),
    numbers=st.lists(st.integers(-3, 3), min_size=24, max_size=24),
)
def test_what_is_written_is_read_back_in_the_same_order(names, numbers, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp()
    names = [one.encode("utf-8", "replace").decode() + str(place) for place, one in enumerate(names)]
    image = np.column_stack([np.reshape(numbers, (12, 2)), np.ones(12)])
    text = np.array([[1, 0, 0.1], [0, 1, 0.1]])
    relevant = [np.array([0, 5]), np.array([7])]
    queries = {"doc_ids": names, "query_ids": ["q 1", "q\n2"], "queries": ["a\tred fox", "b"]}
    made = rank_vectors(text, image, relevant, **queries)
    for write, file in ((write_run, "run"), (write_qrels, "qrels"), (write_queries, "queries")):
        write(made, folder / file)
    read = read_ranking(folder / "run", folder / "qrels", queries=folder / "queries")
    told = [[made.doc_ids[at] for at in row] for row in made.docs]
    assert [[read.doc_ids[at] for at in row] for row in read.docs] == [
        [module.as_token(one) for one in row] for row in told
    ]
    assert read.query_ids == ("q%201", "q%0A2")
    assert read.queries == ("a red fox", "b")
    assert measure_queries(read).equals(measure_queries(made))
    np.testing.assert_allclose(read.scores, made.scores, atol=2e-8)


def test_ranks_that_contradict_the_scores_are_told(write):
    distances = "q1 Q0 a 1 0.1 m\nq1 Q0 b 2 0.9 m\nq2 Q0 a 1 0.9 m\nq2 Q0 b 2 0.9 m\n"
    run, notes = read_run(write(distances))
    assert run["q1"] == {"a": 0.1, "b": 0.9}
    assert notes == (
        "The ranks of 1 of 2 queries contradict their scores; the scores count, higher is better, as in "
        "trec_eval.",
    )


def test_a_run_is_ordered_as_trec_eval_orders_it():
    """By score, falling; of equal scores the later name first."""
    run = {"q": {"a": 1.0, "c": 2.0, "b": 1.0, "d": 1.0}}
    made = as_ranking(run, {"q": {"a": 3, "x": 1, "c": 0, "d": -2}})
    assert [made.doc_ids[at] for at in made.docs[0]] == ["c", "d", "b", "a"]
    assert made.relevant_ranks[0].tolist() == [4]
    assert sorted(zip((made.doc_ids[at] for at in made.relevant[0]), made.grades[0], strict=True)) == [
        ("a", 3), ("x", 1),
    ]  # fmt: skip
    assert (made.cosines, made.image, made.corpus_mean.tolist()) == (False, None, [1.25])


def test_queries_that_do_not_match_are_told():
    run = {"q1": {"a": 1.0, "b": 0.5}, "q2": {"a": 1.0}, "extra": {"a": 1.0}}
    qrels = {"q1": {"a": 1}, "q2": {"a": 0}, "q3": {"b": 1}}
    made = as_ranking(run, qrels, queries={"q1": "a fox"})
    assert made.query_ids == ("q1", "q3")
    assert made.docs.tolist() == [[0, 1], [-1, -1]]
    assert np.isnan(made.scores[1]).all()
    assert np.isnan(made.corpus_mean).tolist() == [False, True]
    assert measure_queries(made)["RR"].tolist() == [1.0, 0.0]
    assert made.queries == ()
    assert made.notes == (
        "1 query judged without a relevant document: left out.",
        "1 query of the run without a judgment: left out.",
        "1 query with relevant documents not in the run: counted as 0 and not predicted.",
        "1 query without a text: what needs texts is not given.",
    )
    with pytest.raises(
        PPPError, match=r"No query of the run \(1 queries\) has a relevant document in the qr"
    ):
        as_ranking({"Q1": {"a": 1.0}}, qrels)
    with pytest.raises(PPPError, match="at least 10 documents a query, got 1"):
        as_ranking(run, qrels, k=1)


def test_a_run_is_cut_at_k_but_ranked_whole():
    run = {"q": {f"d{place:02d}": 40.0 - place for place in range(40)}}
    made = as_ranking(run, {"q": {"d30": 1}}, k=10)
    assert made.docs.shape == (1, 10)
    assert made.relevant_ranks[0].tolist() == [31]
    assert measure_queries(made)["RR"].item() == pytest.approx(1 / 31)


def test_a_users_run_comes_back_in_the_same_order(write, tmp_path):
    """Scores that differ in the eighth decimal, and ties."""
    lines = [f"q Q0 d{n} {n + 1} {0.12345690 - n * 1e-8:.8f} m" for n in range(9)] + [
        "q Q0 e 10 0.12345682 m"
    ]
    ranking = read_ranking(write("\n".join(lines)), write("q 0 d0 1", "qrels.txt"))
    write_run(ranking, tmp_path / "again.txt")
    again = read_ranking(tmp_path / "again.txt", write("q 0 d0 1", "qrels.txt"))
    assert [ranking.doc_ids[doc] for doc in ranking.docs[0]] == [again.doc_ids[doc] for doc in again.docs[0]]
    assert again.scores.tolist() == ranking.scores.tolist()
    assert measure_queries(again)["RR"].tolist() == [1.0]


def test_a_name_of_half_a_character_is_a_word():
    assert module.as_token("a\udcff") == "a%3F"
