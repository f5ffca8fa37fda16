"""Run a command; turn errors into one sentence and an exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer
from typer.exceptions import TyperException

from tzkc_geo.cli.app import app
from tzkc_geo.errors import TzkcError

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, WRONG_INPUT, INTERNAL, STOPPED = 0, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``tzkc`` and return its exit code.

    Parameters
    ----------
    arguments
        Words after ``tzkc``; None takes those of the process.

    Returns
    -------
    int
        0 done, 1 done but some rows failed, 2 wrong input or data, 3 internal.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        return _run(words)
    except TzkcError as exc:
        return _say(str(exc), code=WRONG_INPUT)
    except BrokenPipeError:
        return DONE
    except Exception as exc:  # noqa: BLE001  (the one place that turns the rest into a code)
        return _say(f"internal: {type(exc).__name__}: {exc}; please report it", code=INTERNAL)


def _run(words: list[str]) -> int:
    """Run the command; its own complaints about the words are input errors."""
    command = typer.main.get_command(app)
    try:
        code = command.main(words, "tzkc", standalone_mode=False)
    except typer.Exit as exc:
        return exc.exit_code
    except TyperException as exc:
        text = exc.format_message().rstrip(".")
        return _say(f"{text}; see tzkc --help", code=WRONG_INPUT) if text else WRONG_INPUT
    except typer.Abort:
        return _say("stopped", code=STOPPED)
    return code if isinstance(code, int) else DONE


def _say(text: str, *, code: int) -> int:
    sys.stderr.write(f"error: {text}\n")
    return code
