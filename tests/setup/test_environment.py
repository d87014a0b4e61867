"""When `.venv` is made, mended or left alone, and what is said when that fails."""

import json
import os
import subprocess
import sys
from collections import namedtuple

import pytest

Usage = namedtuple("Usage", "total used free")


def test_first_time_makes_it_and_second_time_does_nothing(light_environment, project, capsys):
    assert light_environment.make_ready(project, "app")
    assert light_environment.steps == ["fresh", "install app"]
    said = capsys.readouterr().out
    assert f"Installing the application into {project / '.venv'}" in said
    assert "GB are downloaded" in said
    assert light_environment.make_ready(project, "app")
    assert light_environment.steps == ["fresh", "install app"]
    assert capsys.readouterr().out == ""


def test_test_tools_are_added_once_and_are_enough_for_the_application(light_environment, project):
    light_environment.make_ready(project, "app")
    light_environment.make_ready(project, "dev")
    light_environment.make_ready(project, "app")
    light_environment.make_ready(project, "dev")
    assert light_environment.steps == ["fresh", "install app", "install dev"]


def test_changed_lock_updates_in_place(light_environment, project, capsys):
    light_environment.make_ready(project, "app")
    (project / "requirements.lock").write_text("first==1.1\n", encoding="utf-8")
    assert not light_environment.make_ready(project, "app", only_check=True)
    light_environment.make_ready(project, "app")
    assert light_environment.steps == ["fresh", "install app", "install app"]
    assert "only what changed is downloaded" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["no stamp", "bad stamp", "other python", "moved", "no interpreter"])
def test_unfinished_or_foreign_environment_is_made_anew(light_environment, project, damage, capsys):
    light_environment.make_ready(project, "app")
    venv = project / ".venv"
    stamp = venv / light_environment.STAMP
    facts = json.loads(stamp.read_text(encoding="utf-8"))
    if damage == "no stamp":
        stamp.unlink()
    elif damage == "bad stamp":
        stamp.write_text("[1, 2", encoding="utf-8")
    elif damage == "other python":
        stamp.write_text(json.dumps(facts | {"python": "3.10"}), encoding="utf-8")
    elif damage == "moved":
        stamp.write_text(json.dumps(facts | {"folder": "elsewhere"}), encoding="utf-8")
    else:
        light_environment.python_of(venv).unlink()
    (venv / "leftover").touch()
    light_environment.make_ready(project, "app")
    assert light_environment.steps == ["fresh", "install app"] * 2
    assert not (venv / "leftover").exists()
    assert "it is made anew" in capsys.readouterr().out


def test_stamp_is_gone_while_installing_and_stays_gone_after_a_failure(
    light_environment, project, monkeypatch
):
    light_environment.make_ready(project, "app")
    stamp = project / ".venv" / light_environment.STAMP

    def failing(root, venv, kind, needed):
        assert not stamp.exists()
        raise light_environment.SetupError("it broke")

    monkeypatch.setattr(light_environment, "install", failing)
    with pytest.raises(light_environment.SetupError, match="it broke"):
        light_environment.make_ready(project, "dev")
    assert not light_environment.make_ready(project, "app", only_check=True)


def test_full_disk_is_told_before_anything_is_installed(light_environment, project, monkeypatch):
    monkeypatch.setattr(light_environment, "NEEDED", 9e9)
    monkeypatch.setattr(light_environment.shutil, "disk_usage", lambda path: Usage(10e9, 8.8e9, 1.2e9))
    with pytest.raises(
        light_environment.SetupError, match=r"about 9 GB .* in .*a project, there are 1\.2 GB"
    ):
        light_environment.make_ready(project, "app")
    assert light_environment.steps == []


def test_full_disk_of_the_package_cache_names_the_cache(environment, tmp_path, monkeypatch):
    cache = tmp_path / "cache" / "not made yet"
    free = {tmp_path: 1e9}
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: Usage(0, 0, free[path]))
    with pytest.raises(
        environment.SetupError, match=r"needed in .*not made yet, there are 1\.0 GB.*UV_CACHE_DIR"
    ):
        environment.check_space([cache], 9e9)


@pytest.mark.parametrize(
    ("number", "message"),
    [(30, "cannot be written .Read-only file system."), (13, "cannot be written"), (28, "is full")],
)
def test_folder_that_cannot_be_written(environment, tmp_path, monkeypatch, number, message):
    def refuse(**_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(environment.tempfile, "TemporaryFile", refuse)
    with pytest.raises(environment.SetupError, match=message):
        environment.check_writable(tmp_path)


def test_read_only_folder_is_left_as_it_is(light_environment, project, monkeypatch):
    def refuse(**_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(light_environment.tempfile, "TemporaryFile", refuse)
    with pytest.raises(light_environment.SetupError, match="Copy the project to a folder of your own"):
        light_environment.make_ready(project, "app")
    assert light_environment.steps == []


# Lines as uv and pip printed them when each was provoked.
PRINTED = [
    ("cause: client error (Connect)\n cause: tcp connect error\n cause: Connection refused", "no network"),
    ("cause: dns error\n cause: failed to lookup address: Name or service not known", "no network"),
    ("cause: tunnel error: failed to create underlying connection", "proxy that refuses"),
    ("WARNING: Retrying ... NewConnectionError('[Errno -2] Name or service not known')", "no network"),
    ("ERROR: Could not install packages due to an OSError: Cannot connect to proxy. ProxyError", "proxy"),
    ("error: Failed to download `a==1`\n cause: I/O operation failed during extraction\n"
     " cause: failed to write to file: No space left on device (os error 28)", "disk is full"),
    ("OSError: [Errno 28] No space left on device: 'x'", "disk is full"),
    ("error: Failed to create\n cause: Read-only file system (os error 30)", "cannot be written"),
    ("Hash mismatch for `a==1`", "not the one in the lock"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one in the lock"),
    ("cause: invalid peer certificate: UnknownIssuer", "certificate is not trusted"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "told"), PRINTED)
def test_known_failures_are_explained_in_one_line(environment, tmp_path, printed, told):
    error = environment.explain(printed, tmp_path)
    assert told in str(error)
    assert "\n" not in str(error)
    assert not isinstance(error, environment.InstallerError)


def test_unknown_failure_quotes_the_last_lines(environment, tmp_path):
    error = environment.explain("one\ntwo\n\nthree\nfour\n", tmp_path)
    assert isinstance(error, environment.InstallerError)
    assert str(error) == "the installer failed: two / three / four"


def test_installer_output_is_shown_and_explained(environment, tmp_path, capsys):
    code = "import sys; print('Resolved 3'); print('cause: dns error', file=sys.stderr); sys.exit(1)"
    with pytest.raises(environment.SetupError, match="no network"):
        environment.run([sys.executable, "-c", code], tmp_path)
    assert "  Resolved 3\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("uv_runs", "failure", "chosen"),
    [([True, True], None, "uv"), ([False, True], None, "uv"), ([False, False], "no wheel", "pip")],
)
def test_pip_takes_over_where_uv_cannot_be_had(environment, project, monkeypatch, uv_runs, failure, chosen):
    answers = iter(uv_runs)
    monkeypatch.setattr(environment, "runs", lambda command: next(answers))

    def run(command, venv):
        if failure:
            raise environment.InstallerError(failure)

    monkeypatch.setattr(environment, "run", run)
    command = environment.installer(project, project / ".venv")
    assert next(part for part in ("uv", "pip") if part in command) == chosen
    assert "install" in command


def test_network_away_is_told_and_leaves_no_stamp(environment, project, monkeypatch):
    for name in ("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setattr(environment, "NEEDED", 0)
    with pytest.raises(environment.SetupError, match="cannot be reached: no network"):
        environment.make_ready(project, "app")
    assert not (project / ".venv" / environment.STAMP).exists()


def test_ready_environment_needs_no_network_and_no_other_python(light_environment, project, tmp_path):
    light_environment.make_ready(project, "app")
    away = dict(os.environ, HTTPS_PROXY="http://127.0.0.1:9", PIP_INDEX_URL="http://127.0.0.1:9/simple")
    away.pop("PYTHON", None)
    away["PATH"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, project / "scripts" / "bootstrap.py", "app"],
        env=away, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
