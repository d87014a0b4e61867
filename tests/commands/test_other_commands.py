"""The commands that do not score, and what all commands share."""

import json
import os
import socket
import sys

import numpy as np
import pytest

from ppp_core import dashboard
from ppp_core.commands import COMMANDS
from ppp_core.commands.console import print_table
from ppp_core.datasets import DATASETS
from ppp_core.doctor import Check
from ppp_core.evaluation import compare
from ppp_core.evaluation import correlate as correlate_values
from ppp_core.predictors.artefact import load_trained
from ppp_core.predictors.evidence import evidence
from ppp_core.store import EmbeddingStore

ESTIMATE = {"value", "low", "high", "reason"}
CORRELATION = {
    *("n", "n_dropped", "pearson", "spearman", "kendall", "confidence", "resamples", "undefined_resamples")
}


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    """An empty home, and a folder beside it to stand in."""
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_no_arguments_show_the_help(ppp):
    ran = ppp()
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == ppp("--help").out
    assert all(f"\n  {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(ppp, name):
    ran = ppp(name, "--help")
    assert ran.status == 0
    assert ran.out.startswith(f"Usage: ppp {name} ")
    first = COMMANDS[name].__doc__.split(".")[0].split()
    assert " ".join(first) in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["scor"], "No such command 'scor'. Did you mean 'score'"),
        (["doctor", "--verbose"], "No such option: --verbose"),
        (["doctor", "me"], "unexpected extra argument"),
        (["score"], "Missing argument 'FILE|-'"),
        (["correlate", "x.csv"], "Missing option '--predicted'"),
        (
            ["train", "a/b", "--predictor", "p", "--encoder", "e", "--out", "o", "--seed", "x"],
            "Invalid value for '--seed'",
        ),
        (["dashboard", "--port", "0"], "Invalid value for '--port'"),
    ],
)
def test_wrong_use_is_one_line(refused, arguments, told):
    assert told in refused(*arguments)


def test_ctrl_c_is_told(ppp, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("ppp_core.doctor.examine", interrupted)
    ran = ppp("doctor")
    assert (ran.status, ran.out, ran.err) == (130, "", "Stopped.\n")


def test_an_error_of_the_program_is_not_hidden(ppp, monkeypatch):
    def broken():
        raise KeyError("a mistake of ours")

    monkeypatch.setattr("ppp_core.doctor.examine", broken)
    with pytest.raises(KeyError, match="a mistake of ours"):
        ppp("doctor")


def test_doctor_tells_each_check_and_fails_where_one_does(ppp, monkeypatch):
    checks = [Check("python", True, "3.11"), Check("home", False, "cannot be written")]
    monkeypatch.setattr("ppp_core.doctor.examine", lambda: checks)
    ran = ppp("doctor")
    assert (ran.status, ran.out) == (1, "ok  python: 3.11\nBAD home: cannot be written\n")
    told = json.loads(ppp("doctor", "--json").out)
    assert told == [
        {"name": "python", "ok": True, "told": "3.11", "get": ""},
        {"name": "home", "ok": False, "told": "cannot be written", "get": ""},
    ]
    monkeypatch.setattr("ppp_core.doctor.examine", lambda: checks[:1])
    assert ppp("doctor", "--json").status == 0


def test_a_taken_port_is_told_with_another(refused, monkeypatch):
    monkeypatch.setattr(dashboard, "prepare", lambda tell: pytest.fail("the port comes first"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        told = refused("dashboard", "--port", port)
    assert told.startswith(f"Port {port} is taken by another program. Stop it, or choose another port")
    assert f"`ppp dashboard --port {port + 1 if port < 65535 else 8501}`" in told


def test_the_dashboard_becomes_streamlit_on_this_machine_alone(ppp, monkeypatch):
    ran = []
    monkeypatch.setattr(dashboard, "prepare", lambda tell: tell("Preparing."))
    monkeypatch.setattr(os, "execv", lambda program, command: ran.append((program, command)))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    told = ppp("dashboard", "--port", port)
    assert (told.err, told.out) == (
        "Preparing.\n",
        f"PPP opens on http://localhost:{port} (Ctrl-C stops it)\n",
    )
    ((program, command),) = ran
    assert program == sys.executable
    assert command[1:4] == ["-m", "pages._serve", "run"]
    assert {f"--server.port={port}", "--server.address=localhost"} <= set(command)


def test_data_sets_as_json(ppp, own_home):
    (own_home / "here" / "mine.csv").write_text("prompt,score\nred fox,1\nblue car,2\n")
    assert ppp("import", "mine.csv", "--name", "mine").out == "mine: 2 prompts; targets: mine/score.\n"
    told = json.loads(ppp("datasets", "--json").out)
    assert list(told) == ["installed", "available", "simulated"]
    assert told["simulated"] == [
        {"name": "scenes", "title": "Scenes (simulated)", "n_prompts": 245, "n_images": 1960}
    ]
    (mine,) = told["installed"]
    assert list(mine) == [
        "name",
        "title",
        "origin",
        "n_prompts",
        "n_images",
        "n_ratings",
        "folder",
        "revision",
    ]
    assert (mine["name"], mine["origin"], mine["n_prompts"], mine["n_ratings"]) == ("mine", "user", 2, 2)
    assert [one["name"] for one in told["available"]] == list(DATASETS)
    assert all(list(one) == ["name", "title", "licence"] for one in told["available"])
    table = ppp("datasets").out
    assert "not installed: ppp get pqpp" in table
    assert "drawn by PPP, nothing to get" in table
    assert "mine" in table


@pytest.mark.real_data
def test_getting_a_data_set_from_a_folder(ppp, refused, own_home, data_folder):
    ran = ppp("get", "tifa160", "--from", data_folder)
    assert ran.status == 0
    assert ran.out.splitlines()[0].startswith("tifa160: 160 prompts, ")
    assert "Apache-2.0" in ran.out
    assert json.loads(ppp("datasets", "--json").out)["installed"][0]["name"] == "tifa160"
    told = refused("train", "tifa160/alignmen", "--predictor", "length", "--encoder", "tfidf", "--out", "o")
    assert "Did you mean 'tifa160/alignment'" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["get", "pqqp"], "Unknown data set 'pqqp'. Did you mean 'pqpp'?"),
        (
            ["get", "pqpp", "--from", "nowhere"],
            "A folder with the data set's files was wanted, nowhere is none",
        ),
        (["get", "pqpp", "--from", "."], "train.csv"),
        (["import", "nowhere.csv", "--name", "mine"], "There is no file nowhere.csv"),
        (["import", "in.csv", "--name", "Mine!"], "got 'Mine!'"),
        (["import", "in.csv", "--name", "mine", "--prompt-column", "text"], "has no column 'text'"),
        (["import", "inf.csv", "--name", "mine"], "inf"),
        (["import", "words.csv", "--name", "mine"], "row"),
        (["train", "mine/score", "--predictor", "length", "--encoder", "tfidf", "--out", "o"], "'mine'"),
        (
            ["train", "a/b", "--predictor", "lenght", "--encoder", "tfidf", "--out", "o"],
            "Did you mean 'length'",
        ),
        (["train", "a/b", "--predictor", "length", "--encoder", "tfidf", "--out", "."], "exists already"),
    ],
)
def test_data_that_will_not_do_are_told_and_nothing_is_written(refused, own_home, arguments, told):
    here = own_home / "here"
    (here / "in.csv").write_text("prompt,score\nred fox,1\nblue car,2\n")
    (here / "inf.csv").write_text("prompt,score\nred fox,inf\nblue car,2\n")
    (here / "words.csv").write_text("prompt,score\nred fox,1\nblue car,2\ncat,many\n")
    before = sorted(here.iterdir())
    assert told in refused(*arguments)
    assert sorted(here.iterdir()) == before
    assert list((own_home / "home").glob("datasets/*/manifest.json")) == []


def test_missing_ratings_are_told_and_left_out(ppp, own_home):
    (own_home / "here" / "in.csv").write_text("prompt,score\nred fox,1\nblue car,nan\ndog,2\n")
    ran = ppp("import", "in.csv", "--name", "mine")
    assert ran.status == 0
    assert ran.err == "Column 'score': 1 of 3 values are missing.\n"


def test_from_a_table_to_a_trained_predictor_to_a_score(ppp, refused, own_home, made_data):
    rows = zip(made_data.train.prompts, made_data.train.observed, strict=True)
    lines = "\n".join(f"{prompt},{value:.4f}" for prompt, value in rows)
    (own_home / "here" / "in.csv").write_text(f"prompt,worth\n{lines}\n")
    assert ppp("import", "in.csv", "--name", "made").status == 0
    train = ["train", "made/worth", "--predictor", "linear-probe", "--encoder", "tfidf", "--out", "kept"]
    ran = ppp(*train, "--seed", "3")
    assert ran.status == 0, ran.err
    assert [line.split()[0] for line in ran.out.splitlines()[:3]] == ["pearson", "spearman", "kendall"]
    assert ran.out.splitlines()[-1] == "written to kept"
    assert load_trained("kept").card["seed"] == 3
    scored = ppp("score", "-", "--target", "kept", stdin=b"red fox in the forest\nblue car in the street\n")
    best, worst = (float(line.split(",")[1]) for line in scored.out.splitlines()[1:])
    assert best > worst + 2
    assert "kept exists already" in refused(*train)


def test_a_target_of_one_value_is_trained_and_said_to_be_undefined(ppp, own_home, made_data):
    lines = "\n".join(f"{prompt},1" for prompt in made_data.train.prompts)
    (own_home / "here" / "in.csv").write_text(f"prompt,worth\n{lines}\n")
    assert ppp("import", "in.csv", "--name", "flat").status == 0
    ran = ppp("train", "flat/worth", "--predictor", "length", "--encoder", "tfidf", "--out", "kept")
    assert ran.status == 0, ran.err
    assert ran.out.splitlines()[0] == "pearson  undefined (observed is constant)"
    assert ran.out.splitlines()[-1] == "written to kept"
    assert "Pearson undefined (observed is constant), Spearman" in evidence(load_trained("kept")).correlation


@pytest.fixture
def scores(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    observed = rng.normal(size=50)
    good, poor = observed + rng.normal(size=(2, 50)) * [[0.5], [3.0]]
    rows = "\n".join(f"{a},{b},{c},1,word" for a, b, c in zip(good, poor, observed, strict=True))
    (tmp_path / "in.csv").write_text(f"good,poor,real,flat,text\n{rows}\n,1,1,1,x\nnan,1,1,1,x\n")
    monkeypatch.chdir(tmp_path)
    return good, poor, observed


def test_correlation_as_json(ppp, scores):
    told = json.loads(ppp("correlate", "in.csv", "--predicted", "good", "--observed", "real", "--json").out)
    assert set(told) == {"predicted", "observed", *CORRELATION}
    assert (told["predicted"], told["observed"], told["n"], told["n_dropped"]) == ("good", "real", 50, 2)
    expected = correlate_values(scores[0], scores[2])
    for name in ("pearson", "spearman", "kendall"):
        assert set(told[name]) == ESTIMATE
        assert told[name]["value"] == pytest.approx(getattr(expected, name).value)


def test_comparison_as_json_and_in_words(ppp, scores):
    both = ["correlate", "in.csv", "--predicted", "good", "--predicted", "poor", "--observed", "real"]
    told = json.loads(ppp(*both, "--json").out)
    assert set(told) == {
        *("predicted", "observed", "n", "n_dropped", "a", "b", "pearson", "spearman", "kendall"),
        *("williams", "confidence", "verdict"),
    }
    assert set(told["a"]) == set(told["b"]) == CORRELATION
    assert told["predicted"] == ["good", "poor"]
    assert told["verdict"] == "a"
    assert told["pearson"]["value"] == pytest.approx(compare(*scores).pearson.value)
    words = ppp(*both).out
    assert "By Pearson: good is better." in words
    assert "50 prompts, 2 left out for a missing value" in words


def test_a_constant_column_is_undefined_and_says_why(ppp, scores):
    flat = ["correlate", "in.csv", "--predicted", "flat", "--observed", "real"]
    told = json.loads(ppp(*flat, "--json").out)
    assert told["pearson"]["value"] is None
    assert told["pearson"]["reason"]
    assert ppp(*flat).out.splitlines()[0].startswith("pearson  undefined (")
    both = json.loads(ppp(*flat, "--predicted", "good", "--json").out)
    assert (both["pearson"]["value"], both["verdict"]) == (None, "tied")
    same = ppp(
        "correlate", "in.csv", "--predicted", "good", "--predicted", "good", "--observed", "real", "--json"
    )
    assert json.loads(same.out)["verdict"] == "tied"


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["goood", "--observed", "real"], "no column 'goood'. Did you mean 'good'?"),
        (["text", "--observed", "real"], "Column 'text' should hold finite numbers; row 1 holds 'word'"),
        (["good", "--observed", "endless"], "Column 'endless' should hold finite numbers; row 2 holds"),
        (["good", "--predicted", "poor", "--predicted", "real", "--observed", "real"], "got 3"),
    ],
)
def test_columns_that_cannot_be_correlated(refused, scores, tmp_path, columns, told):
    table = (tmp_path / "in.csv").read_text().splitlines()
    ends = ["endless", "1", "-inf", *["1"] * 50]
    lines = [f"{line},{end}" for line, end in zip(table, ends, strict=True)]
    (tmp_path / "in.csv").write_text("\n".join(lines))
    assert told in refused("correlate", "in.csv", "--predicted", *columns)


def test_a_public_demo_writes_nothing(refused, own_home, monkeypatch):
    (own_home / "here" / "in.csv").write_text("prompt,score\nred fox,1\nblue car,2\n")
    monkeypatch.setenv("PPP_PUBLIC", "1")
    assert "switched off in this public demo" in refused("import", "in.csv", "--name", "mine")
    assert "switched off in this public demo" in refused("get", "pqpp")
    train = ["train", "mine/score", "--predictor", "length", "--encoder", "tfidf", "--out", "kept"]
    assert refused(*train).startswith("Training a predictor is switched off in this public demo")
    assert [path.name for path in (own_home / "here").iterdir()] == ["in.csv"]
    assert not (own_home / "home").exists()


def test_names_with_brackets_are_no_markup_and_nothing_is_folded(capsys):
    header = ["", "[red]score[/red]", ":cat: " * 30]
    print_table(header, [["pearson [/]", "x" * 200, 1234]])
    first, second = capsys.readouterr().out.splitlines()
    assert "[red]score[/red]" in first
    assert ":cat: " * 29 in first
    assert second.startswith("pearson [/]")
    assert "x" * 200 in second
    assert second.rstrip().endswith("1,234")


def test_columns_with_brackets_are_compared(ppp, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "\n".join(f"{n},{n % 7},{n + n % 3}" for n in range(20))
    (tmp_path / "in.csv").write_text(f"[red],[/b],real\n{rows}\n")
    ran = ppp("correlate", "in.csv", "--predicted", "[red]", "--predicted", "[/b]", "--observed", "real")
    assert ran.out.splitlines()[0].split() == ["[red]", "[/b]", "difference"]


def test_preparing_tells_what_the_encoder_and_the_store_have_to_say(monkeypatch, own_home):
    class Encoder:
        notes = ("Not kept.",)

    folder = own_home / "home" / "embeddings"
    folder.mkdir(parents=True)
    EmbeddingStore(folder).path.write_bytes(b"no database " * 100)
    monkeypatch.setattr("ppp_core.encoders.load_encoder", lambda name: Encoder())
    monkeypatch.setattr("ppp_core.encoders.adapted.is_exported", lambda: True)
    told = []
    dashboard.prepare(told.append)
    assert told[0] == "Not kept."
    assert "were damaged; set aside as" in told[1]
    told.clear()
    dashboard.prepare(told.append)
    assert told == ["Not kept."]


def test_training_tells_what_could_not_be_kept(ppp, own_home, made_data, monkeypatch):
    lines = "\n".join(f"{prompt},{len(prompt)}" for prompt in made_data.train.prompts)
    (own_home / "here" / "in.csv").write_text(f"prompt,worth\n{lines}\n")
    assert ppp("import", "in.csv", "--name", "made").status == 0
    store = EmbeddingStore(own_home / "home" / "embeddings")
    store.path.parent.mkdir()
    store.path.write_bytes(b"no database " * 100)
    monkeypatch.setattr("ppp_core.encoders.tfidf.Tfidf.notes", ("Not kept.",), raising=False)
    ran = ppp("train", "made/worth", "--predictor", "length", "--encoder", "tfidf", "--out", "kept")
    assert ran.status == 0, ran.err
    first, second = ran.err.splitlines()
    assert first == "Not kept."
    assert "were damaged; set aside as" in second
