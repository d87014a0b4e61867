"""What starts the dashboard: a free port, an encoder that is ready, the command."""

import socket
import sys
from collections.abc import Callable
from pathlib import Path

from .errors import PPPError

APP = Path(__file__).parents[1] / "app.py"
ADDRESS = "localhost"


def check_port(port: int) -> None:
    """Raises PPPError when another program listens on the port.

    Example:
        >>> listener = socket.create_server(("127.0.0.1", 0))
        >>> try:
        ...     check_port(listener.getsockname()[1])
        ... except PPPError as error:
        ...     print("is taken" in str(error))
        True
        >>> listener.close()
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise PPPError(f"Port {port} needs administrator rights. Use one above 1023.") from error
        except OSError as error:
            raise PPPError(
                f"Port {port} is taken by another program. Stop it, or choose another port, "
                f"such as `PORT={_next_port(port)} make app` or `ppp dashboard --port {_next_port(port)}`."
            ) from error


def _next_port(port: int) -> int:
    return port + 1 if port < 65535 else 8501


def prepare(tell: Callable[[str], None]) -> None:
    """Makes the embedded encoders ready, so that the first score is quick; says what takes long or fails."""
    from .doctor import store_problem
    from .encoders import load_encoder
    from .encoders.adapted import is_exported

    if not is_exported():
        tell("Preparing the text encoders; this is done once and takes about half a minute.")
    problem = store_problem()
    for told in (*load_encoder("adapted-minilm").notes, *([problem] if problem else [])):
        tell(told)


def dashboard_command(port: int) -> list[str]:
    """The command that serves the dashboard to this machine alone; to be run in the folder of ``APP``."""
    if not APP.exists():
        raise PPPError(f"The dashboard's {APP.name} is not at {APP.parent}. Run PPP from its own folder.")
    options = [f"--server.port={port}", f"--server.address={ADDRESS}", "--server.headless=true"]
    return [sys.executable, "-m", "pages._serve", "run", str(APP), *options]
