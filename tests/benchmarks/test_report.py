"""The document: what was found stands in it."""

import json

import pytest

from benchmarks import __main__ as program
from benchmarks import report
from benchmarks.report import section_lines, section_text, write_document
from benchmarks.setting import Row, Section, Setting

MET = Section("Speed", (Row("a against b", "2.50 × as fast", "1 s against 2.5 s", "at least", True),))
MISSED = Section("Size", (Row("memory", "3,000 MB", "", "below 2,000 MB", False),), ("A note.",))
SKIPPED = Section("Page", (), ("Skipped: no browser was found.",))


def written(path, **changes):
    options = {"command": "make bench", "target": "a/b", "shipped": ("a/b", "a/c"), "load": (0.25, 2.0)}
    write_document(path, [MET, MISSED, SKIPPED], **(options | changes))
    return path.read_text(encoding="utf-8")


def test_document_holds_command_machine_versions_target_and_every_finding(tmp_path):
    text = written(tmp_path / "performance.md")
    for part in (
        "Written by `make bench`", "processors", "GB of memory", "torch 2", "`a/b`; 2 targets shipped",
        "Load average 0.2 before and 2.0 after", "2.50 × as fast", "1 s against 2.5 s", "**missed**",
        "- A note.", "- Skipped: no browser was found.",
    ):  # fmt: skip
        assert part in text
    assert "$" not in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Speed",
        "## Size",
        "## Page",
    ]


def test_load_of_others_is_told_and_left_out_where_the_system_tells_none(tmp_path):
    assert "other programs were at work" in written(tmp_path / "a.md", load=(99.0, 99.0))
    assert "other programs were at work" not in written(tmp_path / "b.md", load=(0.0, 2.0))
    assert "Load average" not in written(tmp_path / "c.md", load=None)


def test_document_is_whole_or_not_written(tmp_path, monkeypatch):
    path = tmp_path / "performance.md"
    path.write_text("before")
    monkeypatch.setattr(report, "section_text", lambda section: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        written(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_table_keeps_its_columns_when_a_cell_holds_a_bar():
    text = section_text(Section("S", (Row("FILE|-", "1"),)))
    assert "| FILE\\|- | 1 |" in text


def test_terminal_shows_goals_and_why_something_was_skipped():
    assert "[goal below 2,000 MB: missed]" in "\n".join(section_lines(MISSED))
    assert "Skipped: no browser was found." in "\n".join(section_lines(SKIPPED))


@pytest.fixture
def fake_benchmarks(monkeypatch, tmp_path):
    seen = []

    def measure(setting):
        seen.append(setting)
        assert setting.folder.is_dir()
        return MET

    monkeypatch.setattr(program, "BENCHMARKS", {"one": measure, "two": measure})
    monkeypatch.setattr(program, "DOCUMENT", tmp_path / "performance.md")
    return seen


def test_all_of_them_write_the_document_and_leave_no_files(fake_benchmarks, tmp_path, capsys):
    program.main([])
    assert "2.50 × as fast" in (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert len(fake_benchmarks) == 2
    assert not fake_benchmarks[0].folder.exists()
    assert "2.50 × as fast" in capsys.readouterr().out


def test_some_of_them_only_print(fake_benchmarks, tmp_path, capsys):
    program.main(["--only", "two"])
    assert len(fake_benchmarks) == 1
    assert not (tmp_path / "performance.md").exists()
    assert "Speed" in capsys.readouterr().out


def test_full_is_told_to_the_benchmarks_and_in_the_document(fake_benchmarks, tmp_path):
    program.main(["--full", "--out", str(tmp_path / "full.md")])
    assert fake_benchmarks[0].full
    assert "python -m benchmarks --full" in (tmp_path / "full.md").read_text(encoding="utf-8")


def test_unknown_benchmark_is_refused(capsys):
    with pytest.raises(SystemExit):
        program.main(["--only", "spped"])
    assert "spped" in capsys.readouterr().err


def test_programs_are_given_a_home_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    setting = Setting(tmp_path, target="a/b")
    assert setting.environment()["PPP_HOME"] == str(tmp_path / "home")
    assert "PPP_PUBLIC" not in setting.environment()
    assert json.dumps(setting.environment(tmp_path / "other"))
