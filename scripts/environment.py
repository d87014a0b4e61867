"""Makes `.venv` what the locks say, says what that costs, and says in one line what went wrong.

Run by bootstrap.py, on Python 3.11 or newer, with nothing but the standard library.
"""

import argparse
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = "ppp-setup.json"  # inside .venv, written last: an environment without it is a broken one
LOCKS = {"app": ("requirements.lock",), "dev": ("requirements.lock", "requirements-dev.lock")}
UV_LOCK = "scripts/uv.txt"
GB = 10**9
# Sums over the wheels that the lock names for each platform, and the measured size of .venv.
# Linux gets torch's CUDA build, the only one that the package index has for it.
DOWNLOAD = 3.7 * GB if sys.platform.startswith("linux") else 0.7 * GB
NEEDED = 9 * GB if sys.platform.startswith("linux") else 3 * GB
NEEDED_FOR_UPDATE = 1 * GB

# What an installer prints, and what it means. The first that is found wins.
CAUSES = (
    (
        r"no space left|os error 28\b|errno 28\b|quota exceeded",
        "the disk is full while installing into {venv}. Free about {needed:.0f} GB and run it again.",
    ),
    (
        r"invalid peer certificate|certificate.verify.failed|unknownissuer",
        "the package index's certificate is not trusted here, as behind a company proxy. "
        "Set SSL_CERT_FILE to your organisation's certificates and run it again.",
    ),
    (
        r"dns error|name resolution|failed to lookup|connection refused|connect error|unreachable"
        r"|error sending request|client error \(connect\)|tunnel|proxyerror|newconnectionerror"
        r"|timed out|timeout|connection (reset|aborted)|max retries|failed to establish",
        "the package index cannot be reached: no network, or a proxy that refuses. "
        "Check the connection (and HTTPS_PROXY, if you use one) and run it again; what has arrived is kept.",
    ),
    (
        r"hash mismatch|do not match the hashes|hashes are required",
        "a downloaded package is not the one in the lock (its hash differs). "
        "Clear the cache (`.venv/bin/uv cache clean`) and run it again; do not go on if it persists.",
    ),
    (
        r"read-only file system|permission denied|os error (13|30)\b|errno (13|30)\b",
        "{venv} or the package cache cannot be written. Check the permissions of both folders.",
    ),
)


class SetupError(Exception):
    """What is wrong and what to do, in one line."""


class InstallerError(SetupError):
    """An installer failed for a reason that is none of the known ones."""


def digest(path: Path) -> str:
    """SHA-256 of a file, lower-case hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def version() -> str:
    """This interpreter's version, major and minor: what compiled packages depend on."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def wanted(root: Path, kind: str) -> dict:
    """What the stamp of a finished environment says for ``kind`` ("app" or "dev")."""
    locks = {name: digest(root / name) for name in LOCKS[kind]}
    return {"python": version(), "folder": str(root), "locks": locks}


def read_stamp(venv: Path) -> dict:
    """The stamp, or an empty dictionary where there is none that can be read."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_complete(stamp: dict, want: dict) -> bool:
    """Whether some installation was finished in this place with this Python."""
    return all(stamp.get(key) == want[key] for key in ("python", "folder"))


def is_ready(stamp: dict, want: dict) -> bool:
    """Whether the finished installation is the wanted one, or more than it."""
    locks = stamp.get("locks", {})
    return is_complete(stamp, want) and all(locks.get(k) == v for k, v in want["locks"].items())


def python_of(venv: Path) -> Path:
    """The interpreter inside an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def runs(command: list) -> bool:
    """Whether a command can be started and ends well; what it prints is dropped."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def check_writable(folder: Path) -> None:
    """Raises SetupError where nothing can be written."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SetupError(f"the disk of {folder} is full.") from error
        raise SetupError(
            f"{folder} cannot be written ({error.strerror}): the environment is made in its folder .venv. "
            "Copy the project to a folder of your own and run it there."
        ) from error


def check_space(folders: Iterable[Path], needed: float) -> None:
    """Raises SetupError where a folder's disk has less than ``needed`` bytes free."""
    for folder in folders:
        place = next(p for p in (folder, *folder.parents) if p.exists())
        free = shutil.disk_usage(place).free
        if free < needed:
            raise SetupError(
                f"about {needed / GB:.0f} GB of free disk are needed in {folder}, "
                f"there are {free / GB:.1f} GB. "
                "Free some, move the project to a larger disk, or set UV_CACHE_DIR to a folder on one "
                "if it is the package cache that does not fit."
            )


def explain(output: str, venv: Path) -> SetupError:
    """The error, one line, for what an installer printed before it failed."""
    for pattern, message in CAUSES:
        if re.search(pattern, output, re.IGNORECASE):
            return SetupError(message.format(venv=venv, needed=NEEDED / GB))
    lines = [line.strip()[:160] for line in output.splitlines() if line.strip()]
    return InstallerError(f"the installer failed: {' / '.join(lines[-3:]) or 'it printed nothing'}")


def run(command: list, venv: Path) -> None:
    """Runs an installer, shows what it prints as it comes; raises SetupError if it fails."""
    printed = []
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    for line in process.stdout:
        printed.append(line)
        sys.stdout.write("  " + line)
        sys.stdout.flush()
    if process.wait() != 0:
        raise explain("".join(printed), venv)


def clear(venv: Path) -> None:
    """Removes an environment, or what is left of one."""
    if venv.is_dir() and not venv.is_symlink():
        shutil.rmtree(venv)
    else:
        venv.unlink(missing_ok=True)


def fresh(venv: Path) -> None:
    """An empty environment."""
    base = getattr(sys, "_base_executable", sys.executable)  # also when .venv itself is running this
    run([base, "-m", "venv", venv], venv)


def installer(root: Path, venv: Path) -> list:
    """The installing command: uv's, which is ten times faster, or pip's where uv does not run."""
    python = python_of(venv)
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    uv = [python, "-m", "uv"]
    if not runs([*uv, "--version"]):
        get = [*pip, "install", "--quiet", "--retries", "2", "--timeout", "20", "--require-hashes"]
        try:
            run([*get, "-r", root / UV_LOCK], venv)
        except InstallerError as error:
            print(f"uv cannot be had ({error}); pip does it instead, which takes some minutes.")
    return [*uv, "pip", "install", "--python", python] if runs([*uv, "--version"]) else [*pip, "install"]


def cache_of(venv: Path) -> list[Path]:
    """uv's cache folder; none where uv is not in use."""
    asked = subprocess.run(
        [python_of(venv), "-m", "uv", "cache", "dir"], capture_output=True, text=True, check=False
    )
    return [Path(asked.stdout.strip())] if asked.returncode == 0 and asked.stdout.strip() else []


def install(root: Path, venv: Path, kind: str, needed: float) -> None:
    """Installs the lock, every file checked by its hash, then the project itself, in place."""
    command = installer(root, venv)
    check_space([root, *cache_of(venv)], needed)
    run([*command, "--require-hashes", "-r", root / LOCKS[kind][-1]], venv)
    run([*command, "--quiet", "--no-deps", "--no-build-isolation", "--editable", root], venv)


def make_ready(root: Path, kind: str, *, only_check: bool = False) -> bool:
    """Makes `.venv` ready, in no time where it is so already.

    Args:
        root: the project's folder, with its locks.
        kind: "app", or "dev" for the test tools as well.
        only_check: change nothing.

    Returns:
        Whether `.venv` is ready.

    Raises:
        SetupError: in one line, whatever stands in the way.
    """
    venv, want = root / ".venv", wanted(root, kind)
    stamp = read_stamp(venv)
    works = runs([python_of(venv), "-c", ""])
    if works and is_ready(stamp, want):
        return True
    if only_check:
        return False
    check_writable(root)
    update = works and is_complete(stamp, want)
    tell(venv, kind, update=update, found=venv.exists())
    (venv / STAMP).unlink(missing_ok=True)
    if not update:
        clear(venv)  # before the look at the disk: what it frees counts
    needed = NEEDED_FOR_UPDATE if update else NEEDED
    check_space([root], needed)
    if not update:
        fresh(venv)
    install(root, venv, kind, needed)
    (venv / STAMP).write_text(json.dumps(want, indent=2), encoding="utf-8")
    print(f"Ready: {venv}")
    return True


def tell(venv: Path, kind: str, *, update: bool, found: bool) -> None:
    """Says what is about to be done, how large it is and where it goes."""
    what = "the application" + (" and the test tools" if kind == "dev" else "")
    if update:
        print(f"Bringing {venv} up to date for {what}: only what changed is downloaded.")
        return
    if found:
        print(f"{venv} is unfinished, or made for another Python or another folder: it is made anew.")
    print(f"Installing {what} into {venv} (Python {version()}), once.")
    print(
        f"About {DOWNLOAD / GB:.1f} GB are downloaded (less if in the package cache), "
        f"{NEEDED / GB:.0f} GB of disk are used."
    )
    sys.stdout.flush()


def main() -> int:
    """Parses the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=sorted(LOCKS))
    parser.add_argument("--only-check", action="store_true", help="change nothing; status 1 if not ready")
    options = parser.parse_args()
    try:
        return 0 if make_ready(ROOT, options.kind, only_check=options.only_check) else 1
    except KeyboardInterrupt:
        print(
            "Set-up stopped: interrupted. Run it again to go on; what has arrived is kept.", file=sys.stderr
        )
        return 130
    except SetupError as error:
        print(f"Set-up stopped: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"Set-up stopped: {explain(str(error), ROOT / '.venv')}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
