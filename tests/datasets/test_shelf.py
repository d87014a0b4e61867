"""Data sets are brought in whole, loaded, listed and removed."""

import dataclasses
import json
import threading
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest

from ppp_core.datasets import DATASETS, get_dataset, installed, load_dataset, remove_dataset, shelf
from ppp_core.errors import PPPError
from ppp_core.store import download as downloading

ENTRIES = {"00001": {"prompt": "a cat", "models": {"X": [5, 4, 3], "Y": [1, 1, 1]}}}
TEXT = json.dumps(ENTRIES)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
    monkeypatch.setattr(downloading, "WAIT_SECONDS", 0.0)
    return tmp_path / "home"


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A folder with a small GenAI-Bench, whose hash the card then has."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "genai_image.json").write_text(TEXT)
    use_hash_of(TEXT, monkeypatch)
    return folder


def use_hash_of(text, monkeypatch, url=""):
    card = DATASETS["genai-bench"].CARD
    file = dataclasses.replace(
        card.files[0], sha256=sha256(text.encode()).hexdigest(), size=len(text), url=url or card.files[0].url
    )
    monkeypatch.setattr(DATASETS["genai-bench"], "CARD", dataclasses.replace(card, files=(file,)))


def assert_same(one, other):
    for kind in ("prompts", "images", "ratings"):
        pd.testing.assert_frame_equal(getattr(one, kind), getattr(other, kind))
    assert one.notes == other.notes


class TestFromAFolder:
    def test_copied_checked_listed_and_loaded(self, home, source):
        told = []
        dataset = get_dataset("genai-bench", source=source, progress=lambda *numbers: told.append(numbers))
        assert told == [(len(TEXT), len(TEXT))]
        assert [(one.name, one.origin, one.n_prompts, one.n_images) for one in installed()] == [
            ("genai-bench", "built-in", 1, 2)
        ]
        assert "Apache-2.0" in (home / "datasets" / "genai-bench" / "LICENCE.txt").read_text()
        assert_same(dataset, load_dataset("genai-bench"))

    @pytest.mark.parametrize("place", ["genai-bench", "."])
    def test_found_under_its_name_and_in_a_clone(self, home, source, place):
        inner = source.parent / "outer" / place
        inner.mkdir(parents=True)
        (source / "genai_image.json").rename(inner / "genai_image.json")
        assert len(get_dataset("genai-bench", source=source.parent / "outer").prompts) == 1

    def test_altered_file_is_refused_and_the_old_one_stays(self, home, source):
        get_dataset("genai-bench", source=source)
        (source / "genai_image.json").write_text(TEXT + " ")
        with pytest.raises(PPPError, match=r"is not the published genai_image.json: wanted SHA-256"):
            get_dataset("genai-bench", source=source)
        assert len(load_dataset("genai-bench").prompts) == 1
        assert not list((home / "datasets").glob(".genai*"))

    def test_folder_without_the_file_and_no_folder(self, home, tmp_path):
        with pytest.raises(PPPError, match=r"lacks genai_image.json of the data set genai-bench"):
            get_dataset("genai-bench", source=tmp_path)
        with pytest.raises(PPPError, match=r"A folder with the data set's files was wanted"):
            get_dataset("genai-bench", source=tmp_path / "absent")
        assert installed() == []

    def test_pictures_come_along(self, home, tmp_path, monkeypatch):
        rows = "name,prompt,adj1,adj2,style,mos_quality,std_quality,mos_align,std_align\n"
        rows += "sd1.5_normal_001.jpg,a,,,,1,1,1,1\nxl2.2_normal_001.jpg,a,,,,1,1,1,1\n"
        (tmp_path / "images").mkdir()
        (tmp_path / "images" / "xl2.2_normal_001.jpg").write_bytes(b"picture")
        (tmp_path / "data.csv").write_text(rows)
        card = DATASETS["agiqa-3k"].CARD
        file = dataclasses.replace(card.files[0], sha256=sha256(rows.encode()).hexdigest())
        monkeypatch.setattr(DATASETS["agiqa-3k"], "CARD", dataclasses.replace(card, files=(file,)))
        dataset = get_dataset("agiqa-3k", source=tmp_path)
        paths = dataset.images.set_index("image_id")["path"]
        assert paths.isna().tolist() == [True, False]
        assert paths["xl2.2_normal_001"].startswith(str(home))
        assert dataset.notes[-1] == "1 of 2 pictures are on this machine."


class TestDownloaded:
    @pytest.fixture
    def url(self, source):
        quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *words: None})
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=source))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/genai_image.json"
        server.shutdown()
        server.server_close()

    def test_fetched_once_and_kept(self, home, url, monkeypatch, source):
        use_hash_of(TEXT, monkeypatch, url)
        assert len(get_dataset("genai-bench").prompts) == 1
        (source / "genai_image.json").unlink()
        assert len(get_dataset("genai-bench").prompts) == 1

    def test_failed_download_leaves_the_installed_one(self, home, url, monkeypatch, source):
        use_hash_of(TEXT, monkeypatch, url)
        get_dataset("genai-bench")
        use_hash_of(TEXT + "\n", monkeypatch, url)
        with pytest.raises(PPPError, match=r"corrupt or was changed"):
            get_dataset("genai-bench")
        assert installed()[0].n_prompts == 1

    def test_page_of_a_captive_portal_is_not_found_again(self, home, url, monkeypatch, source):
        (source / "genai_image.json").write_text("<html>log in</html>")
        use_hash_of(TEXT, monkeypatch, url)
        card = DATASETS["genai-bench"].CARD
        unchecked = dataclasses.replace(card.files[0], sha256=None, size=None)
        monkeypatch.setattr(DATASETS["genai-bench"], "CARD", dataclasses.replace(card, files=(unchecked,)))
        with pytest.raises(PPPError, match=r"genai_image.json is not valid JSON"):
            get_dataset("genai-bench")
        (source / "genai_image.json").write_text(TEXT)
        assert len(get_dataset("genai-bench").prompts) == 1


class TestLoading:
    def test_kept_frames_are_used_until_a_file_changes(self, home, source, monkeypatch):
        get_dataset("genai-bench", source=source)
        reads = []
        read = DATASETS["genai-bench"].read
        monkeypatch.setattr(DATASETS["genai-bench"], "read", lambda folder: reads.append(1) or read(folder))
        load_dataset("genai-bench")
        assert reads == []
        changed = ENTRIES | {"00002": {"prompt": "a dog", "models": {"X": [1, 2, 3]}}}
        (home / "datasets" / "genai-bench" / "genai_image.json").write_text(json.dumps(changed))
        assert len(load_dataset("genai-bench").prompts) == 2
        assert reads == [1]

    def test_broken_kept_frames_are_read_anew(self, home, source):
        get_dataset("genai-bench", source=source)
        kept = next((home / "datasets" / "genai-bench" / ".canonical").glob("*/ratings.parquet"))
        kept.write_bytes(b"broken")
        assert len(load_dataset("genai-bench").ratings) == 2

    def test_folder_of_ones_own_is_only_read(self, home, source):
        assert len(load_dataset("genai-bench", folder=source).prompts) == 1
        assert [p.name for p in source.iterdir()] == ["genai_image.json"]
        assert not home.exists()

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("pqpp", r"not on this machine. Get it with: ppp get pqpp$"),
            ("pqp", r"Unknown data set 'pqp'. Did you mean 'pqpp'"),
            ("../x", r"small letters, digits and single hyphens, at most 64, got '../x'"),
            ("a" * 65, r"at most 64"),
        ],
    )
    def test_what_is_not_there(self, home, name, message):
        with pytest.raises(PPPError, match=message):
            load_dataset(name)

    def test_removed(self, home, source):
        get_dataset("genai-bench", source=source)
        remove_dataset("genai-bench")
        assert installed() == []
        with pytest.raises(PPPError, match=r"Unknown installed data set 'genai-bench'"):
            remove_dataset("genai-bench")


def test_public_demo_writes_nothing(home, source, monkeypatch):
    monkeypatch.setenv("PPP_PUBLIC", "1")
    for act in (lambda: get_dataset("genai-bench", source=source), lambda: remove_dataset("genai-bench")):
        with pytest.raises(PPPError, match=r"switched off in this public demo"):
            act()
    assert not home.exists()


def test_two_processes_do_not_collide(home, source, monkeypatch):
    monkeypatch.setattr(shelf, "_LOCK_SECONDS", 0)
    with shelf.locked("genai-bench"), pytest.raises(PPPError, match=r"Another process is changing"):
        get_dataset("genai-bench", source=source)
