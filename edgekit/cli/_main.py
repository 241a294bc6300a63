"""The command's entry: runs a verb and turns whatever goes wrong into a message and a code."""

from __future__ import annotations

import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from types import FrameType

import click

from edgekit.cli import _output
from edgekit.cli._group import root
from edgekit.errors import EdgekitError, ExitCode, InputError, OutOfMemoryError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the `edgekit` command.

    Args:
        arguments: the words after `edgekit`; the process's own if None.

    Returns:
        The exit code, see `edgekit.errors.ExitCode`. Never raises.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    _end_on_signals()
    try:
        code = root.main(words, prog_name="edgekit", standalone_mode=False)
        return code if isinstance(code, int) else ExitCode.OK
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitCode.OK
    except (KeyboardInterrupt, click.Abort):
        return _output.fail(_interrupted(), as_json)
    except click.ClickException as error:
        return _output.fail(_usage(error), as_json)
    except EdgekitError as error:
        return _output.fail(error, as_json, traceback.format_exc() if _debug(words) else "")
    except OSError as error:
        return _output.fail(
            _system(error), as_json, traceback.format_exc() if _debug(words) else ""
        )
    except MemoryError as error:
        return _output.fail(_no_memory(error), as_json)
    except Exception as error:
        return _output.fail(_bug(error, _debug(words)), as_json)


def _debug(words: Sequence[str]) -> bool:
    return "--debug" in words


def _end_on_signals() -> None:
    """Make SIGTERM and a closed terminal unwind like Ctrl-C, so that emulators are ended too."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # In a thread (a test runner's, say) signals can't be set; nothing is lost there.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            try:
                signal.signal(number, interrupt)
            except ValueError:
                return


def _interrupted() -> EdgekitError:
    error = EdgekitError("interrupted", "nothing half-written is left behind")
    error.exit_code = ExitCode.INTERRUPTED
    return error


def _usage(error: click.ClickException) -> EdgekitError:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context is not None else "edgekit"
    result = InputError(error.format_message(), f"see `{path} --help`")
    result.exit_code = ExitCode.USAGE
    return result


def _system(error: OSError) -> EdgekitError:
    """The operating system's refusals: no space, no permission, a name that is too long ..."""
    where = f"{error.filename}: " if error.filename else ""
    return InputError(
        f"{where}{error.strerror or error}", "check the path, its rights and the disk"
    )


def _no_memory(error: MemoryError) -> EdgekitError:
    reason = f": {error}" if str(error) else ""
    return OutOfMemoryError(
        f"the memory of this computer does not suffice{reason}", "give fewer or smaller samples"
    )


def _bug(error: Exception, debug: bool) -> EdgekitError:
    text = "".join(traceback.format_exception(error))
    if debug:
        hint = text
    else:
        with tempfile.NamedTemporaryFile(
            "w", prefix="edgekit-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        hint = f"please report it with {file.name}, or run again with `edgekit --debug`"
    result = EdgekitError(f"this is a bug in edgekit: {type(error).__name__}: {error}", hint)
    result.exit_code = ExitCode.INTERNAL
    return result
