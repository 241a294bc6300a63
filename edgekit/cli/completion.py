"""Print the script that makes the shell complete verbs, options, boards, ports and paths.

\b
  bash:  eval "$(edgekit completion bash)"            in ~/.bashrc
  zsh:   eval "$(edgekit completion zsh)"             in ~/.zshrc
  fish:  edgekit completion fish | source             in ~/.config/fish/config.fish
"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from edgekit.cli._group import root


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """See the module's text."""
    kind = get_completion_class(shell)
    assert kind is not None  # click has all three
    completion = kind(root, {}, "edgekit", "_EDGEKIT_COMPLETE")
    # Not source(): bash's runs the shell to ask for its version.
    click.echo(completion.source_template % completion.source_vars())
