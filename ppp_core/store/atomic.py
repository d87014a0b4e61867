"""A write is whole or it did not happen."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import PPPError


@contextmanager
def write_atomically(path: str | Path) -> Iterator[Path]:
    """Gives a temporary path beside ``path`` and renames it to ``path`` when the block ends well.

    On any error the temporary file is removed and what stood at ``path`` stays as it was.

    Args:
        path: the file to write; its folder is made if absent.

    Yields:
        The temporary path to write to (same folder, same suffix).

    Raises:
        PPPError: when the folder cannot be made or written, or the disk is full.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> with write_atomically(folder / "a.txt") as temporary:
        ...     _ = temporary.write_text("whole")
        >>> [p.name for p in folder.iterdir()], (folder / "a.txt").read_text()
        (['a.txt'], 'whole')
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(6)}{path.suffix}")
    made = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # the system takes the umask off these rights; a temporary file of tempfile would be the owner's alone
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        made = True
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PPPError(f"Cannot write {path}: {reason}. Nothing was written.") from error
    finally:
        if made:
            temporary.unlink(missing_ok=True)
