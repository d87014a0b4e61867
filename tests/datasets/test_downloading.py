"""Downloads against a real server on this machine that misbehaves on demand."""

import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ppp_core.datasets import get_dataset
from ppp_core.datasets.cards import SourceFile
from ppp_core.errors import PPPError
from ppp_core.store import download as downloading
from ppp_core.store.download import download

CONTENTS = bytes(range(256)) * 2000


class Server:
    """Serves one file; how it fails is set from the test, what it was asked is kept."""

    def __init__(self):
        self.contents = CONTENTS
        self.etag = '"one"'
        self.honours_range = True
        self.break_after = []
        self.statuses = []
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *words):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/file.csv"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def answer(self, request):
        asked = request.headers.get("Range")
        self.asked.append(asked)
        if self.statuses:
            request.send_response(self.statuses.pop(0))
            request.end_headers()
            return
        start = 0
        if asked and self.honours_range and request.headers.get("If-Range") == self.etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start and start >= len(self.contents):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.contents)}")
            request.end_headers()
            return
        body = self.contents[start:]
        request.send_response(206 if start else 200)
        if start:
            last = len(self.contents) - 1
            request.send_header("Content-Range", f"bytes {start}-{last}/{len(self.contents)}")
        if self.etag:
            request.send_header("ETag", self.etag)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: self.break_after.pop(0)] if self.break_after else body)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(downloading, "WAIT_SECONDS", 0.0)
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


def the_file(server, contents=CONTENTS):
    return SourceFile("file.csv", server.url, sha256(contents).hexdigest(), len(contents))


def test_whole_file_with_progress(server, tmp_path):
    told = []
    download(the_file(server), tmp_path / "file.csv", progress=lambda done, total: told.append((done, total)))
    assert (tmp_path / "file.csv").read_bytes() == CONTENTS
    assert told[-1] == (len(CONTENTS), len(CONTENTS))
    assert [p.name for p in tmp_path.iterdir()] == ["file.csv"]


def test_broken_connection_is_resumed_from_where_it_stopped(server, tmp_path):
    server.break_after = [300_000, 100_000]
    download(the_file(server), tmp_path / "file.csv")
    assert (tmp_path / "file.csv").read_bytes() == CONTENTS
    assert server.asked == [None, "bytes=300000-", "bytes=400000-"]


def test_next_call_resumes_what_an_earlier_one_left(server, tmp_path):
    server.break_after = [300_000, 0, 0, 0]
    with pytest.raises(PPPError, match=r"What came is kept"):
        download(the_file(server), tmp_path / "file.csv")
    server.asked.clear()
    download(the_file(server), tmp_path / "file.csv")
    assert server.asked == ["bytes=300000-"]
    assert (tmp_path / "file.csv").read_bytes() == CONTENTS


def test_server_that_ignores_ranges(server, tmp_path):
    server.break_after, server.honours_range = [300_000], False
    download(the_file(server), tmp_path / "file.csv")
    assert (tmp_path / "file.csv").read_bytes() == CONTENTS


def test_file_that_changed_meanwhile_is_taken_anew(server, tmp_path):
    server.break_after = [300_000, 0, 0, 0]
    with pytest.raises(PPPError, match=r"What came is kept"):
        download(the_file(server), tmp_path / "file.csv")
    server.contents, server.etag = CONTENTS[::-1], '"two"'
    download(the_file(server, server.contents), tmp_path / "file.csv")
    assert (tmp_path / "file.csv").read_bytes() == server.contents


def test_server_without_proof_of_sameness_is_not_resumed(server, tmp_path):
    server.break_after, server.etag = [300_000], None
    download(the_file(server), tmp_path / "file.csv")
    assert server.asked == [None, None]


def test_part_that_is_whole_already(server, tmp_path):
    (tmp_path / "file.csv.part").write_bytes(CONTENTS)
    (tmp_path / "file.csv.part.json").write_text('{"same": "\\"one\\""}')
    download(the_file(server), tmp_path / "file.csv")
    assert (tmp_path / "file.csv").read_bytes() == CONTENTS


def test_part_longer_than_the_file(server, tmp_path):
    (tmp_path / "file.csv.part").write_bytes(CONTENTS + b"more")
    (tmp_path / "file.csv.part.json").write_text('{"same": "\\"one\\""}')
    download(the_file(server), tmp_path / "file.csv")
    assert (tmp_path / "file.csv").read_bytes() == CONTENTS


def test_passing_faults_are_tried_again_and_lasting_ones_are_not(server, tmp_path):
    server.statuses = [503, 429]
    download(the_file(server), tmp_path / "file.csv")
    assert len(server.asked) == 3
    server.statuses = [404]
    with pytest.raises(PPPError, match=rf"Cannot download {server.url}: the server answered 404"):
        download(the_file(server), tmp_path / "other.csv")
    assert len(server.asked) == 4


def test_corrupt_download_is_told_and_deleted(server, tmp_path):
    server.contents = b"x" * len(CONTENTS)
    with pytest.raises(
        PPPError, match=r"file.csv is corrupt or was changed: wanted SHA-256 .* It was deleted"
    ):
        download(the_file(server), tmp_path / "file.csv")
    assert list(tmp_path.iterdir()) == []


def test_file_larger_than_published_is_cut_off(server, tmp_path):
    server.contents = CONTENTS * 3
    with pytest.raises(PPPError, match=r"is larger than 512,000 bytes"):
        download(the_file(server), tmp_path / "file.csv")
    assert list(tmp_path.iterdir()) == []


def test_nobody_there(tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "WAIT_SECONDS", 0.0)
    with pytest.raises(PPPError, match=r"Cannot download http://127.0.0.1:9/x: "):
        download(SourceFile("x", "http://127.0.0.1:9/x"), tmp_path / "x")


def test_a_full_disk_is_told_and_what_came_is_taken_up(server, tmp_path):
    def full(done, total):
        raise OSError(28, "No space left on device")

    with pytest.raises(
        PPPError, match=r"Cannot write .*file\.csv: No space left on device\. What came is kept"
    ):
        download(the_file(server), tmp_path / "file.csv", progress=full)
    kept = (tmp_path / "file.csv.part").stat().st_size
    assert kept > 0
    download(the_file(server), tmp_path / "file.csv")
    assert server.asked == [None, f"bytes={kept}-"]


def test_a_place_below_a_file_is_told(server, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PPPError, match=r"Cannot write .*file\.csv: "):
        download(the_file(server), tmp_path / "file" / "file.csv")
    assert server.asked == []


def test_a_pooled_data_set_says_what_it_is_made_of():
    with pytest.raises(
        PPPError, match=r"ppp is made of other data sets.* ppp get pqpp genai-bench agiqa-3k tifa160"
    ):
        get_dataset("ppp")
