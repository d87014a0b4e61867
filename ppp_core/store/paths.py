"""Where a user's data sets, cached embeddings and exported encoders live."""

import os
from pathlib import Path

from platformdirs import user_data_path

from ..errors import PPPError


def home() -> Path:
    """The folder of everything that PPP keeps: ``$PPP_HOME``, else the platform's user data folder.

    The folder is not made here; whoever writes makes it.
    """
    named = os.environ.get("PPP_HOME")
    return Path(named).expanduser() if named else user_data_path("ppp", appauthor=False)


def is_public() -> bool:
    """Whether this is a public demo (``PPP_PUBLIC=1``), where nothing is written or downloaded."""
    return os.environ.get("PPP_PUBLIC", "") not in ("", "0")


def refuse_when_public(what: str) -> None:
    """Raises PPPError when this is a public demo.

    Args:
        what: the act that is refused, such as ``"Importing a data set"``.
    """
    if is_public():
        raise PPPError(
            f"{what} is switched off in this public demo (PPP_PUBLIC is set). "
            "Run PPP on your own machine to do it."
        )
