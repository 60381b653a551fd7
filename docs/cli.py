"""Writes ``docs/cli.md`` from the program's own ``--help``: ``python docs/cli.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from vitruvian.cli import cli

PAGE = Path(__file__).with_suffix(".md")
HEAD = """# The command line

*Written by `python docs/cli.py` from `--help`; edit it there.*

The exit code is 0 when all went well, 1 when something could not be done (one line on stderr says
what), 2 for a command line that makes no sense, and 130 after Ctrl-C. Progress is shown on
stderr where that is a terminal; the summary goes to stdout.

| variable | |
|---|---|
| `VITRUVIAN_CACHE` | the folder of the weights, in place of the user's cache |
| `VITRUVIAN_OFFLINE` | `1`: never fetch weights |
"""


def commands(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[click.Context]:
    """A command and all below it, in the order of ``--help``."""
    settings = {"terminal_width": 80, **command.context_settings}
    context = click.Context(command, parent=parent, info_name=name, **settings)
    yield context
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from commands(found, child, context)


def page() -> str:
    """The whole page."""
    parts = [
        f"\n## {context.command_path}\n\n```text\n{context.get_help()}\n```\n"
        for context in commands(cli, "vitruvian")
    ]
    return HEAD + "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
