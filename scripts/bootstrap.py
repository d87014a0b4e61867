"""Finds a Python that fits and lets it make `.venv` (see environment.py beside this file).

Its syntax is that of every Python since 2.7, so that an old one can say that it is too old.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)
NAMES = ["python3.11", "python3.12", "python3.13", "python3.14", "python3", "python"]
PROBE = "import sys; print(sys.version.split()[0]); import ensurepip, venv"
WINDOWS = os.name == "nt"
HERE = sys.path[0]
ENVIRONMENT = HERE + os.sep + "environment.py"
VENV_PYTHON = HERE + ("\\..\\.venv\\Scripts\\python.exe" if WINDOWS else "/../.venv/bin/python")


def probe(name):
    """Asks an interpreter who it is: (its version or "", whether it can make environments)."""
    try:
        process = subprocess.Popen([name, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out = process.communicate()[0].decode("ascii", "replace")
    except OSError:
        return "", False
    return out.strip(), process.returncode == 0


def fits(version):
    """Whether a version such as "3.11.4" is one that the locked packages exist for."""
    numbers = tuple(int(part) for part in version.split(".")[:2])
    return OLDEST <= numbers <= NEWEST


def choose(names):
    """The first interpreter that fits, or None, and a sentence for each that does not."""
    refused = []
    for name in names:
        version, complete = probe(name)
        if not version:
            continue
        if not fits(version):
            refused.append(name + " is Python " + version)
        elif not complete:
            minor = ".".join(version.split(".")[:2])
            hint = " (on Debian or Ubuntu: sudo apt install python" + minor + "-venv)"
            refused.append(name + " is Python " + version + " without the venv module" + hint)
        else:
            return name, refused
    return None, refused


def complaint(names, refused):
    """One line: which Python was wanted, which ones came, what to do."""
    lowest, highest = [".".join(str(n) for n in version) for version in (OLDEST, NEWEST)]
    found = "; ".join(refused) or "none found under the name " + ", ".join(names)
    return (
        "PPP needs Python " + lowest + " to " + highest + ": " + found + ". "
        "Install one of these versions, or name it: PYTHON=/path/to/python3.11 make app\n"
    )


def main(kind):
    """Makes `.venv` ready for "app" or "dev"; returns the exit status."""
    named = os.environ.get("PYTHON")
    if not named and probe(VENV_PYTHON)[0]:
        ready = subprocess.call([VENV_PYTHON, ENVIRONMENT, kind, "--only-check"])
        if ready == 0:
            return 0
    names = [named] if named else NAMES
    chosen, refused = choose(names)
    if chosen is None:
        sys.stderr.write(complaint(names, refused))
        return 2
    return subprocess.call([chosen, ENVIRONMENT, kind])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "app"))
    except KeyboardInterrupt:
        sys.exit(130)
