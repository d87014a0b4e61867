"""One file over HTTP: resumed where it stopped, checked by hash, whole or not there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import PPPError

if TYPE_CHECKING:
    import httpx

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there and the bytes in all (None where unknown)."""

MAX_BYTES = 2_000_000_000
"""Where a server's file of unknown size is cut off."""

ATTEMPTS = 4
WAIT_SECONDS = 0.5
_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class Published(Protocol):
    """A file as it is published.

    Attributes:
        path: its name, for messages.
        url: where.
        sha256: of the whole file, lower-case hex; None where it was never measured.
        size: bytes; None where it was never measured.
    """

    path: str
    url: str
    sha256: str | None
    size: int | None


class _TryAgainError(Exception):
    """A passing fault: what came so far is kept."""


def download(
    file: Published, path: Path, *, progress: Progress | None = None, otherwise: str = "come back later"
) -> None:
    """Downloads a file to ``path``, going on from ``path.part`` where an earlier try stopped.

    It goes on only when the server proves, by ETag or date, that the file is the same; a server that
    sends the whole file again is taken at its word. Passing faults are tried again after growing pauses.

    Args:
        file: where it is published, with its size and hash where known.
        path: where to put it; its folder is made.
        progress: called after every block.
        otherwise: what to do where the server cannot be reached, for the message.

    Raises:
        PPPError: when the server refuses or cannot be reached, when the disk is full or cannot be written,
            or when what came is not what was published; in the last case it is deleted.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        _fetch_again(file, part, progress, otherwise)
        _check(file, part)
        part.replace(path)
        _mark(part).unlink(missing_ok=True)
    except OSError as error:
        raise PPPError(
            f"Cannot write {path}: {error.strerror or error}. What came is kept; make room and try again."
        ) from error


def _fetch_again(file: Published, part: Path, progress: Progress | None, otherwise: str) -> None:
    """Fetches a file; passing faults are tried again."""
    import httpx

    timeout = httpx.Timeout(30.0, connect=10.0)
    with httpx.Client(timeout=timeout, follow_redirects=True) as client:
        for attempt in range(ATTEMPTS):
            try:
                _fetch(client, file, part, progress)
                break
            except (_TryAgainError, httpx.TransportError) as error:
                if attempt + 1 == ATTEMPTS:
                    raise PPPError(_unreachable(file, error, otherwise)) from error
                time.sleep(WAIT_SECONDS * 2**attempt)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise PPPError(_unreachable(file, error, otherwise)) from error


def _fetch(client: httpx.Client, file: Published, part: Path, progress: Progress | None) -> None:
    done = part.stat().st_size if part.exists() else 0
    same = _proof(part) if done else None
    headers = {"Accept-Encoding": "identity"}
    if same:
        headers |= {"Range": f"bytes={done}-", "If-Range": same}
    with client.stream("GET", file.url, headers=headers) as response:
        if response.status_code == 416:
            if _whole(response, done):
                return
            _forget(part)
            raise _TryAgainError("the file became shorter")
        _refuse(file, response.status_code)
        start = done if response.status_code == 206 and _continues(response, done) else 0
        if response.status_code == 206 and start != done:
            _forget(part)
            raise _TryAgainError("the server sent another part than asked for")
        _remember(part, response)
        _write(response, file, part, start, progress)


def _write(
    response: httpx.Response, file: Published, part: Path, start: int, progress: Progress | None
) -> None:
    length = response.headers.get("Content-Length", "")
    total = file.size or (start + int(length) if length.isdigit() else None)
    limit = file.size or MAX_BYTES
    done = start
    with part.open("ab" if start else "wb") as stream:
        for block in response.iter_bytes():
            done += len(block)
            if done > limit:
                break
            stream.write(block)
            if progress is not None:
                progress(done, total)
    if done > limit:
        _forget(part)
        raise PPPError(
            f"{file.url} is larger than {limit:,} bytes; it is not the published file. It was deleted."
        )


def _refuse(file: Published, status: int) -> None:
    if status in _AGAIN:
        raise _TryAgainError(f"status {status}")
    if status not in (200, 206):
        raise PPPError(
            f"Cannot download {file.url}: the server answered {status}. Check the network, try later."
        )


def _check(file: Published, part: Path) -> None:
    size = part.stat().st_size
    if file.sha256 is not None and _digest(part) != file.sha256:
        wanted = f"{file.size:,}" if file.size else "other"
        _forget(part)
        raise PPPError(
            f"The download of {file.path} is corrupt or was changed: wanted SHA-256 {file.sha256[:12]}… "
            f"({wanted} bytes), got other contents ({size:,} bytes). It was deleted; try again."
        )
    if not size:
        _forget(part)
        raise PPPError(f"The download of {file.path} is empty. It was deleted; try again.")


def _whole(response: httpx.Response, done: int) -> bool:
    return response.headers.get("Content-Range", "") == f"bytes */{done}"


def _continues(response: httpx.Response, done: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {done}-")


def _mark(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _proof(part: Path) -> str | None:
    """The ETag or date of what came so far; None when nothing proves that it is the same file."""
    try:
        told = json.loads(_mark(part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told.get("same") if isinstance(told, dict) else None


def _remember(part: Path, response: httpx.Response) -> None:
    tag = response.headers.get("ETag", "")
    same = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        same = None
    _mark(part).write_text(json.dumps({"same": same}), encoding="utf-8")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _mark(part).unlink(missing_ok=True)


def _unreachable(file: Published, error: Exception, otherwise: str) -> str:
    reason = str(error) or type(error).__name__
    return f"Cannot download {file.url}: {reason}. What came is kept; try again, or {otherwise}."


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
