"""What tests and doctests share: the real data sets where they are, and a home of their own."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The real data sets: ``PPP_DATA``, else ``shared/data`` beside the repository."""
    folder = Path(os.environ.get("PPP_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "pqpp").is_dir():
        pytest.skip(f"the real data sets are not at {folder} (set PPP_DATA)")
    return folder


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory) -> Path:
    """One home for the whole run and all its workers, so that the encoder is exported once."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "ppp-home"


@pytest.fixture(autouse=True)
def _own_home(shared_home, monkeypatch):
    monkeypatch.setenv("PPP_HOME", str(shared_home))
    monkeypatch.delenv("PPP_PUBLIC", raising=False)
