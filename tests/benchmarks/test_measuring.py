"""The benchmarks on tiny sizes: figures are there, and come from what ran."""

import os
import sys
from typing import ClassVar

import pytest

from benchmarks import child, cold_start, latency, live_page, memory, throughput
from benchmarks.processes import BenchmarkError, Run, Sample
from benchmarks.prompts import captions, write_prompts
from benchmarks.setting import Setting


class Played(Setting):
    """A setting whose programs are played: what they would have said, by their name."""

    answers: ClassVar = {
        "first-score": {}, "first-encode": {},
        "encode-file": {"seconds": 3.0, "rows": 20},
        "slices": {"ours": [1.0, 1.0, 2.0], "theirs": [2.0, 3.0, 2.0], "difference": 1e-7},
        "latency": {
            "predicted": {"ours": [0.01], "theirs": [0.02]},
            "explained": {"ours": [0.04], "theirs": [0.02]},
            "targets": 2,
        },
    }  # fmt: skip
    taken: ClassVar = {"first-score": 2.0, "first-encode": 8.0, "encode-file": 9.0}

    def child(self, name, *arguments, **options):
        answer = str(self.answers[name]).replace("'", '"')
        seconds = 12.0 if options.get("home") else self.taken.get(name, 1.0)
        return Run(seconds, answer, 0, ())

    def ppp(self, *arguments, **options):
        return Run(6.0, "", 0, ())


@pytest.fixture
def played(tmp_path):
    return Played(tmp_path, target="a/b")


@pytest.fixture
def setting(tmp_path):
    return Setting(tmp_path, target="a/b")


def test_cold_start_compares_two_new_processes(played):
    start, first = cold_start.measure(played).rows
    assert start.result.startswith("4.00 × as fast")
    assert start.met
    assert first.result == "6.0 × as long (once)"


def test_latency_quotes_prediction_and_explanation(played):
    predicted, explained = latency.measure(played).rows
    assert predicted.what.startswith("predictions for 2 targets")
    assert predicted.result.startswith("2.00 ×")
    assert explained.result.startswith("0.50 ×")


def test_throughput_is_quoted_with_and_without_the_start(played):
    whole, alone, inside = throughput.measure(played, prompts=20, slices=3, size=5).rows
    assert (whole.result, whole.met) == ("1.50 × as fast (1 pair)", True)
    assert (alone.result, alone.met) == ("0.50 × as fast (1 pair)", False)
    assert inside.result == "2.00 × as fast (1.00 to 3.00, 3 pairs)"


def test_streaming_and_going_on_for_real(setting, monkeypatch):
    answered = Run(1.0, "", 0, (Sample(700_000_000, 0), Sample(770_000_000, 2)))
    monkeypatch.setattr(Setting, "ppp", lambda self, *arguments, **options: answered)
    real, stream, killed = memory.measure(setting, prompts=10, streamed=12_000, interrupted=60_000).rows
    assert (real.result, real.absolute, real.met) == (
        "peak 770 MB",
        "grew 1.10 × after the second piece",
        True,
    )
    assert "12,000 rows" in stream.what
    assert stream.met
    assert "output the same to the byte" in killed.result
    assert killed.met


def test_an_output_that_differs_after_going_on_is_told(setting, monkeypatch):
    def stream(self, name, source, out, **options):
        out.write_text("one" if "alone" in out.name else "other")
        return Run(1.0, '{"rows": 10, "resumed": 5}', 0, ())

    monkeypatch.setattr(Setting, "child", stream)
    row = memory._killed(setting, 10)
    assert "DIFFERENT" in row.result
    assert not row.met


def test_pieces_are_counted_and_not_forgotten_when_they_go(tmp_path):
    count = memory.parts_of(tmp_path / "out.csv")
    folder = memory.parts_folder(tmp_path / "out.csv")
    folder.mkdir()
    (folder / "000000-ab.parquet").touch()
    (folder / ".000001-ab-tmp.parquet").touch()
    assert count() == 1
    (folder / "000000-ab.parquet").unlink()
    assert count() == 1


def test_fake_encoder_gives_each_prompt_its_own_numbers():
    encoder = child.FakeEncoder()
    encoded = encoder.encode(["a cat", "a dog", "a cat"])
    assert encoded.vectors.shape == (3, child.FAKE_DIMENSIONS)
    assert (encoded.vectors[0] == encoded.vectors[2]).all()
    assert (encoded.vectors[0] != encoded.vectors[1]).any()
    assert encoder.spans("a cat") == [(0, 1), (2, 5)]


def test_fake_predictor_scores_what_it_should(tmp_path):
    source = write_prompts(tmp_path / "in.csv", captions(30))
    assert child.stream_fake(str(source), str(tmp_path / "out.csv")) == {"rows": 30, "resumed": 0}
    assert (tmp_path / "out.csv").read_text().startswith("prompt,fake/sum,fake/sum_low")


def test_live_page_is_skipped_without_a_browser(setting, monkeypatch):
    monkeypatch.setattr(live_page, "BROWSERS", ("no-such-browser",))
    section = live_page.measure(setting)
    assert section.rows == ()
    assert "no browser was found (one of no-such-browser)" in section.notes[0]


def test_live_page_weighs_every_step_against_the_goal(setting, monkeypatch):
    monkeypatch.setattr(live_page, "_install", lambda setting: ["tifa160"])
    monkeypatch.setattr(Setting, "child", lambda self, *arguments: None)
    monkeypatch.setattr(live_page, "served", lambda setting: _served())
    monkeypatch.setattr(live_page, "visit", lambda *arguments: {"opened": 10**9, "typed": 2 * 10**9})
    section = live_page.measure(setting, browser="chromium")
    assert [(row.what, row.result, row.met) for row in section.rows] == [
        ("opened", "1,000 MB", True), ("typed", "2,000 MB", False),
    ]  # fmt: skip
    assert "tifa160" in section.notes[1]


class _served:
    def __enter__(self):
        return "http://localhost:1", os.getpid()

    def __exit__(self, *error):
        return None


def test_dashboard_that_does_not_start_is_told_with_its_last_line(setting, monkeypatch):
    setting.folder.mkdir(exist_ok=True)
    monkeypatch.setattr(
        live_page, "dashboard_command", lambda port: [sys.executable, "-c", "raise SystemExit('no')"]
    )
    with pytest.raises(BenchmarkError, match="ended before it answered: no"), live_page.served(setting):
        pass
