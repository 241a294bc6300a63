"""docs/cli.md's generated parts: every verb with its options, and the exit codes."""

from __future__ import annotations

import inspect
import re

import click

from edgekit.cli._group import root
from edgekit.errors import ExitCode
from edgekit.report import Column, TextTable


def verbs() -> str:
    """Every verb: what it does, how it is called, its options."""
    context = click.Context(root, info_name="edgekit")
    parts = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None  # the name is from its own list
        parts.append(_verb(name, command))
    return "\n".join(parts)


def exit_codes() -> str:
    """The exit codes with the comments beside them."""
    comments = re.findall(r"^\s+(\w+) = (\d+)  # (.+)$", inspect.getsource(ExitCode), re.MULTILINE)
    if len(comments) != len(ExitCode):
        raise ValueError("an exit code of edgekit/errors.py has no comment beside it")
    rows = tuple((int(number), text) for _, number, text in comments)
    return TextTable((Column("code", numeric=True), Column("meaning")), rows).markdown()


def _verb(name: str, command: click.Command) -> str:
    text = _markdown(inspect.cleandoc(command.help or ""))
    words = [_argument(p) for p in command.params if isinstance(p, click.Argument)]
    usage = " ".join(["edgekit", name, *words, "[OPTIONS]"])
    options = [p for p in command.params if isinstance(p, click.Option)]
    table = TextTable(
        (Column("option"), Column("what it does")),
        tuple((f"`{_option(option)}`", _help(option)) for option in options),
    )
    listed = f"\n{table.markdown()}" if options else ""
    return f"## {name}\n\n{text}\n\n```\n{usage}\n```\n{listed}"


def _markdown(text: str) -> str:
    """Click's literal paragraphs, marked by a backspace, become code blocks."""
    paragraphs = text.split("\n\n")
    literal = [p.removeprefix("\b\n") if p.startswith("\b") else None for p in paragraphs]
    return "\n\n".join(
        f"```\n{inspect.cleandoc(code)}\n```" if code is not None else paragraph
        for paragraph, code in zip(paragraphs, literal, strict=True)
    )


def _help(option: click.Option) -> str:
    text = option.help or ""
    if option.required:
        return f"{text} Required."
    return f"{text} Default: {option.default}." if option.show_default else text


def _argument(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _option(option: click.Option) -> str:
    names = ", ".join(option.opts)
    if option.is_flag:
        return names
    if isinstance(option.type, click.Choice):
        return f"{names} {'|'.join(map(str, option.type.choices))}"
    return f"{names} {option.metavar or (option.name or '').upper()}"
