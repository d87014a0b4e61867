"""The command line ``ppp``: its commands, and one line for what went wrong."""

import os
import sys

import typer

from .commands import COMMANDS
from .errors import PPPError

app = typer.Typer(
    name="ppp",
    help="How well will a prompt do in text-to-image generation, before any image exists?",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for name, command in COMMANDS.items():
    app.command(name)(command)


STOPPED = 130
"""Exit status after Ctrl-C."""


def main() -> None:
    """Runs the command line; bad input is one line on standard error and exit status 2."""
    try:
        status = app(args=sys.argv[1:] or ["--help"], prog_name="ppp", standalone_mode=False)
        sys.stdout.flush()
    except PPPError as error:
        _refuse(str(error))
    except typer.TyperException as error:
        _refuse(error.format_message())
    except SystemExit as end:
        if not isinstance(end.__context__, BrokenPipeError):  # which typer turns into an exit
            raise
        _abandon_output()
        sys.exit(0)
    except BrokenPipeError:
        _abandon_output()
        sys.exit(0)
    except OSError as error:
        _abandon_output()
        _refuse(f"Cannot go on with {error.filename or 'the output'}: {error.strerror or error}.")
    else:
        if status == STOPPED:
            print("Stopped.", file=sys.stderr)
        sys.exit(status or 0)


def _abandon_output() -> None:
    """Whoever read our output has enough, or its disk is full: what is still buffered goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.__stdout__.fileno())
    os.close(nowhere)


def _refuse(message: str) -> None:
    print(f"ppp: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
