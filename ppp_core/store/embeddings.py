"""Embeddings kept on disk, found again by encoder, revision, layers and text."""

import hashlib
import math
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..errors import PPPError
from .paths import is_public

FORMAT_VERSION = 1
"""Part of the file's name: counts changes of how embeddings are written."""

_FILE = f"embeddings-v{FORMAT_VERSION}.sqlite"
_WAIT = 60.0  # seconds that a writer waits for another
_CHUNK = 500  # keys in one question; every SQLite takes 999
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS encoder (
    id INTEGER PRIMARY KEY, name TEXT, revision TEXT, layers TEXT, shape TEXT,
    UNIQUE (name, revision, layers, shape)
);
CREATE TABLE IF NOT EXISTS embedding (
    encoder INTEGER NOT NULL, text BLOB NOT NULL, tokens INTEGER NOT NULL, truncated INTEGER NOT NULL,
    vector BLOB NOT NULL, checksum INTEGER NOT NULL, UNIQUE (encoder, text)
);
CREATE TABLE IF NOT EXISTS remark (text BLOB PRIMARY KEY, lines TEXT NOT NULL);
"""
_ADD_ENCODER = "INSERT OR IGNORE INTO encoder (name, revision, layers, shape) VALUES (?, ?, ?, ?)"
_ENCODER = "SELECT id FROM encoder WHERE name = ? AND revision = ? AND layers = ? AND shape = ?"
_GET = (
    "SELECT text, tokens, truncated, vector, checksum FROM embedding WHERE encoder = ? AND text IN ({marks})"
)
_PUT = (
    "INSERT OR REPLACE INTO embedding (encoder, text, tokens, truncated, vector, checksum) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_HAS_REMARKS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'remark'"
_GET_REMARKS = "SELECT text, lines FROM remark WHERE text IN ({marks})"
_PUT_REMARKS = "INSERT OR REPLACE INTO remark (text, lines) VALUES (?, ?)"


@dataclass(frozen=True)
class EncoderKey:
    """What an embedding depends on beside its text, or its picture.

    Attributes:
        name: the encoder's.
        revision: hash of its weights.
        layers: ``"last"`` or ``"all"``; ``"image"`` where the texts are names of pictures.
        shape: of one text's embedding: (dim,) or (n_layers, dim).
    """

    name: str
    revision: str
    layers: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """Embeddings that the store had.

    Attributes:
        found: bool, shape (n_texts,): which of the texts asked for.
        vectors: float32, shape (n_found, \\*key.shape), in the order of the texts asked for.
        tokens: int, shape (n_found,).
        truncated: int, shape (n_found,).
    """

    found: np.ndarray
    vectors: np.ndarray
    tokens: np.ndarray
    truncated: np.ndarray


Answer = TypeVar("Answer")


class EmbeddingStore:
    """A file of embeddings that several processes read and write at once.

    It only saves time, so a disk that fails never stops a computation: what cannot be read is not found,
    what cannot be written is not kept, and ``problem`` says why. A write is whole or it did not happen.
    A damaged file is set aside (suffix ``.damaged``) and begun anew. Nothing is written in a public demo.

    Args:
        folder: where the file lives; made at the first write.

    Attributes:
        problem: None, or one line on what went wrong with the disk last.

    Example:
        >>> import tempfile
        >>> store = EmbeddingStore(tempfile.mkdtemp())
        >>> key = EncoderKey("tiny", "1", "last", (2,))
        >>> store.put(key, ["a cat"], np.ones((1, 2), np.float32), np.array([2]), np.array([0]))
        1
        >>> known = store.get(key, ["a dog", "a cat"])
        >>> known.found.tolist(), known.vectors.shape, known.tokens.tolist()
        ([False, True], (1, 2), [2])
    """

    def __init__(self, folder: str | Path):
        self.path = Path(folder) / _FILE
        self.problem: str | None = None

    def get(self, key: EncoderKey, texts: Sequence[str]) -> Found:
        """What the store has of these texts, embedded by this encoder.

        Args:
            key: the encoder and the kind of embedding.
            texts: exact texts; the same one may come twice.
        """
        hashes = [text_hash(text) for text in texts]
        rows = self._guarded(lambda: self._read(key, list(dict.fromkeys(hashes))), {})
        return as_found(key, [rows.get(one) for one in hashes])

    def put(
        self,
        key: EncoderKey,
        texts: Sequence[str],
        vectors: np.ndarray,
        tokens: np.ndarray,
        truncated: np.ndarray,
    ) -> int:
        """Keeps embeddings, replacing those of the same key; all of them or none.

        Args:
            key: the encoder and the kind of embedding.
            texts: exact texts.
            vectors: float32, shape (n_texts, \\*key.shape).
            tokens: int, shape (n_texts,).
            truncated: int, shape (n_texts,).

        Returns:
            How many were written: all, or 0 where the disk or the public demo does not let it.

        Raises:
            PPPError: when the shapes do not fit.
        """
        vectors = np.ascontiguousarray(vectors, np.float32)
        check_shapes(key, len(texts), vectors, tokens, truncated)
        if is_public() or not len(texts):
            return 0
        rows = list(_as_rows(texts, vectors, tokens, truncated))
        return self._guarded(lambda: self._write(key, rows), 0)

    def get_remarks(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """What was remarked on each of these texts (names of pictures), whatever encoded them."""
        hashes = [text_hash(text) for text in texts]
        lines = self._guarded(lambda: self._read_remarks(list(dict.fromkeys(hashes))), {})
        return [tuple(lines.get(one, "").splitlines()) for one in hashes]

    def put_remarks(self, remarks: Mapping[str, Sequence[str]]) -> int:
        """Keeps remarks, each of one line, by text; returns how many texts: all, or 0 as in `put`.

        Example:
            >>> import tempfile
            >>> store = EmbeddingStore(tempfile.mkdtemp())
            >>> store.put_remarks({"picture 1": ["Animated.", "Turned."]})
            1
            >>> store.get_remarks(["picture 2", "picture 1"])
            [(), ('Animated.', 'Turned.')]
        """
        rows = [(text_hash(text), "\n".join(lines)) for text, lines in remarks.items()]
        if is_public() or not rows:
            return 0
        return self._guarded(lambda: self._write_remarks(rows), 0)

    def _read_remarks(self, hashes: list[bytes]) -> dict[bytes, str]:
        if not self.path.is_file():
            return {}
        with closing(self._reader()) as connection:
            if not connection.execute(_HAS_REMARKS).fetchone():
                return {}  # a file from before there were remarks
            return dict(_in_chunks(connection, _GET_REMARKS, (), hashes))

    def _write_remarks(self, rows: list[tuple]) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._writer()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_PUT_REMARKS, rows)
            connection.execute("COMMIT")
        return len(rows)

    def _read(self, key: EncoderKey, hashes: list[bytes]) -> dict[bytes, tuple]:
        if not self.path.is_file():
            return {}
        with closing(self._reader()) as connection:
            encoder = connection.execute(_ENCODER, _encoder_row(key)).fetchone()
            rows = _in_chunks(connection, _GET, encoder, hashes) if encoder else []
        size = 4 * math.prod(key.shape)
        return {
            text: (vector, tokens, truncated)
            for text, tokens, truncated, vector, checksum in rows
            if len(vector) == size and zlib.crc32(vector) == checksum
        }

    def _write(self, key: EncoderKey, rows: list[tuple]) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._writer()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_ADD_ENCODER, _encoder_row(key))
            (encoder,) = connection.execute(_ENCODER, _encoder_row(key)).fetchone()
            connection.executemany(_PUT, ((encoder, *row) for row in rows))
            connection.execute("COMMIT")
        return len(rows)

    def _writer(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        try:
            # readers go on while one writes; a kill loses at most the write under way
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _reader(self) -> sqlite3.Connection:
        address = self.path.absolute().as_uri()
        connection = sqlite3.connect(f"{address}?mode=rw", uri=True, timeout=_WAIT, isolation_level=None)
        try:
            connection.execute("SELECT 1 FROM encoder").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            if error.sqlite_errorcode & 0xFF not in _READ_ONLY:
                raise
            # a folder that cannot be written cannot hold the reader's lock: read the file as it stands
            return sqlite3.connect(f"{address}?immutable=1", uri=True)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _guarded(self, act: Callable[[], Answer], otherwise: Answer) -> Answer:
        """The act's answer; once more with a new file where the old one is damaged; else ``otherwise``."""
        try:
            try:
                return act()
            except sqlite3.DatabaseError as error:
                if is_public() or _primary_code(error) not in _DAMAGED:
                    raise
                self._set_aside()
                return act()
        except (sqlite3.Error, OSError) as error:
            self.problem = f"Embeddings are not kept in {self.path}: {error}."
            return otherwise

    def _set_aside(self) -> None:
        """Renames a damaged file and what belongs to it, unless another process has done so already."""
        from filelock import FileLock

        with FileLock(f"{self.path}.lock", timeout=_WAIT):
            if not _is_damaged(self.path):
                return
            aside = self.path.with_suffix(".damaged")
            for ending in ("", "-wal", "-shm"):
                part = Path(f"{self.path}{ending}")
                if part.is_file():
                    part.replace(f"{aside}{ending}")
            self.problem = f"The embeddings kept in {self.path} were damaged; set aside as {aside.name}."


def text_hash(text: str) -> bytes:
    """SHA-256 of a text, 32 bytes; half characters count as what they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _in_chunks(
    connection: sqlite3.Connection, question: str, values: tuple, hashes: list[bytes]
) -> list[tuple]:
    """The rows of a question about many hashes, as many at a time as SQLite takes."""
    rows: list[tuple] = []
    for start in range(0, len(hashes), _CHUNK):
        chunk = hashes[start : start + _CHUNK]
        marks = ",".join("?" * len(chunk))
        rows += connection.execute(question.format(marks=marks), (*values, *chunk)).fetchall()
    return rows


def _is_damaged(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
    except sqlite3.DatabaseError as error:
        return _primary_code(error) in _DAMAGED


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _encoder_row(key: EncoderKey) -> tuple[str, str, str, str]:
    return key.name, key.revision, key.layers, "x".join(map(str, key.shape))


def check_shapes(
    key: EncoderKey, n_texts: int, vectors: np.ndarray, tokens: np.ndarray, truncated: np.ndarray
) -> None:
    """Raises PPPError unless these are one embedding of the key's shape and two counts a text."""
    wanted = (n_texts, *key.shape)
    if vectors.shape != wanted:
        raise PPPError(f"The store needs vectors of shape {wanted} for {key.name}, got {vectors.shape}.")
    if len(tokens) != n_texts or len(truncated) != n_texts:
        raise PPPError(
            f"The store needs one token count a text, got {len(tokens)} and {len(truncated)} "
            f"for {n_texts} texts."
        )


def _as_rows(
    texts: Sequence[str], vectors: np.ndarray, tokens: np.ndarray, truncated: np.ndarray
) -> Iterator[tuple]:
    for text, vector, seen, cut in zip(texts, vectors, tokens, truncated, strict=True):
        content = vector.astype("<f4").tobytes()
        yield text_hash(text), int(seen), int(cut), content, zlib.crc32(content)


def as_found(key: EncoderKey, rows: list[tuple | None]) -> Found:
    """What a store answers, from a row a text: little-endian float32 bytes, tokens, truncated; or None."""
    known = [row for row in rows if row is not None]
    content = b"".join(vector for vector, _, _ in known)
    vectors = np.frombuffer(bytearray(content), "<f4").astype(np.float32, copy=False)
    return Found(
        found=np.array([row is not None for row in rows], bool),
        vectors=vectors.reshape(len(known), *key.shape),
        tokens=np.array([tokens for _, tokens, _ in known], np.int64),
        truncated=np.array([truncated for _, _, truncated in known], np.int64),
    )
