"""Runs and judgments are read from open files as from the disk."""

import gzip
import io

import pytest

import ppp_core.retrieval.trec as module
from ppp_core.errors import PPPError
from ppp_core.retrieval import as_ranking, measure_queries, read_qrels, read_queries, read_run

RUN = b"q1 Q0 b 1 0.9 mine\nq1 Q0 a 2 .5 mine\nq2 Q0 a 1 0.3 mine\n"
QRELS = b"q1 0 a 2\nq2 0 a 1\n"


class Named(io.BytesIO):
    """Bytes with a file's name, as an upload is."""

    name = "some/folder/mine.txt"


def test_memory_and_disk_say_the_same(tmp_path):
    for read, content in ((read_run, RUN), (read_qrels, QRELS), (read_queries, b"q1\ta fox\n")):
        path = tmp_path / "file.txt"
        path.write_bytes(content)
        with path.open("rb") as opened:
            assert read(path) == read(io.BytesIO(content)) == read(opened)


def test_what_is_read_can_be_measured():
    run, notes = read_run(Named(RUN))
    found = measure_queries(as_ranking(run, read_qrels(Named(QRELS))))
    assert notes == ()
    assert found["RR"].tolist() == [0.5, 1.0]


def test_reading_starts_where_the_file_stands():
    opened = io.BytesIO(b"no line of a run\n" + RUN)
    opened.readline()
    assert list(read_run(opened)[0]) == ["q1", "q2"]


@pytest.mark.parametrize(
    ("opened", "told"),
    [
        (Named(b"q1 Q0 a 1 0.9"), r"^mine\.txt, line 1: 6 columns were wanted .*, got 5"),
        (
            io.BytesIO(b"q1 Q0 a 1 nan m"),
            r"^the file, line 1: the score should be a finite number \(up to 1e\+100 in size\), got 'nan'",
        ),
        (Named(b""), r"^mine\.txt is empty"),
        (Named(gzip.compress(RUN)), r"^mine\.txt, line 1: (UTF-8 text was wanted|text was wanted)"),
        (io.StringIO("q1 Q0 a 1 1 m"), "the file should be open for reading bytes, but gives text"),
    ],
)
def test_faults_are_told_with_name_and_line(opened, told):
    with pytest.raises(PPPError, match=told):
        read_run(opened)


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 30)
    with pytest.raises(PPPError, match=r"mine\.txt has more than 30 bytes, which are the most that are read"):
        read_run(Named(RUN))
