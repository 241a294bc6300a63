"""The command's root: finds the verbs in this folder and imports only the one that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from edgekit import registry
from edgekit.cli._summary import summaries
from edgekit.errors import ExitCode

_FOLDER = Path(__file__).parent
_PACKAGE = "edgekit.cli"


class VerbGroup(click.Group):
    """A click group whose commands are the modules of this package.

    A verb's module has a text, whose first line is the summary, and a click command `command`.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """The verbs, sorted."""
        return registry.names(_PACKAGE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click passes it
        """Import one verb; None where there is no such one."""
        if cmd_name not in registry.names(_PACKAGE):
            return None
        module = registry.load(_PACKAGE, cmd_name, "verb")
        command: click.Command = module.command
        command.name, command.help = cmd_name, module.__doc__
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that the first argument names.

        Raises:
            InputError: there is none; the nearest name is offered.
        """
        known = registry.names(_PACKAGE)
        if args and args[0] not in known and not args[0].startswith("-"):
            error = registry.unknown("verb", args[0], known)
            error.exit_code = ExitCode.USAGE
            raise error
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click passes it
        formatter: click.HelpFormatter,
    ) -> None:
        """List the verbs in `--help`."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(summaries(_PACKAGE, _FOLDER).items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a verb's name."""
        verbs = summaries(_PACKAGE, _FOLDER).items()
        found = [CompletionItem(n, help=text) for n, text in verbs if n.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        from edgekit import __version__

        click.echo(f"edgekit {__version__}")
        ctx.exit()


@click.command(
    cls=VerbGroup,
    subcommand_metavar="VERB [OPTIONS]",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="edgekit VERB --help tells what a verb does. Start with: edgekit doctor",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Print the version and end.",
)
@click.option("--debug", is_flag=True, help="Print tracebacks, for a report of a bug.")
@click.pass_context
def root(ctx: click.Context, debug: bool) -> None:
    """Neural networks on microcontrollers: a model in, int8 C firmware out, proven bit-exact."""
    ctx.obj = debug
