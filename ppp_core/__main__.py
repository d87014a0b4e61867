"""The command line ``ppp``: its commands, and one line for what went wrong."""

import sys

import click
import typer

from .commands import COMMANDS
from .errors import PPPError

app = typer.Typer(
    name="ppp",
    help="How well will a prompt do in text-to-image generation, before any image exists?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for name, command in COMMANDS.items():
    app.command(name)(command)


def main() -> None:
    """Runs the command line; bad input is one line on standard error and exit status 2."""
    try:
        app(prog_name="ppp", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as shown:
        sys.exit(shown.format_message())
    except click.ClickException as error:
        _refuse(error.format_message())
    except PPPError as error:
        _refuse(str(error))
    except (KeyboardInterrupt, click.Abort):
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has enough; nothing more can be told
        sys.exit(0)


def _refuse(message: str) -> None:
    print(f"ppp: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
