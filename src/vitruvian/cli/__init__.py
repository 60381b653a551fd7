"""The command line: one file per command, loaded when it is called.

The exit code is 0 when all went well, 1 when something could not be done (one line on stderr
says what), 2 for a command line that makes no sense, and 130 after Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from importlib import import_module

import click

from vitruvian import __version__
from vitruvian.errors import VitruvianError

__all__ = ["cli", "main"]

# The matrices are small: threads of NumPy's BLAS would wait for each other most of the time, and
# on a busy machine training takes thirty times as long. It is read when NumPy is first loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_COMMANDS = {
    "run": ("vitruvian.cli.run:run", "Find everybody in pictures, films, cameras or streams."),
    "angles": ("vitruvian.cli.motion:angles", "Joint angles over time, their ranges and speeds."),
    "count": ("vitruvian.cli.motion:count", "Repetitions of any exercise, or of a trained class."),
    "train": ("vitruvian.cli.train:train", "Learn to tell poses apart, from pictures of them."),
    "positions": ("vitruvian.cli.positions:positions", "Name two grapplers' positions over time."),
    "train-pairs": ("vitruvian.cli.positions:train_pairs", "Learn what pairs of people do."),
    "lift": ("vitruvian.cli.lift:lift", "Metres over time: no jitter, no stretching, and a path."),
    "place": ("vitruvian.cli.place:place", "Where people stand in the room of one camera."),
    "triangulate": (
        "vitruvian.cli.triangulate:triangulate",
        "Films of several cameras as one room.",
    ),
    "embed": ("vitruvian.cli.embed:embed", "Pictures as vectors, and how alike they are."),
    "fit": ("vitruvian.cli.fit:fit", "A body of flesh and bone for everybody, and its measures."),
    "segment": ("vitruvian.cli.segment:segment", "Cut out what is clicked on in a picture."),
    "export": (
        "vitruvian.cli.export:export",
        "Movement as BVH, glTF, TRC, C3D, MJCF, MOT or HTML.",
    ),
    "evaluate": ("vitruvian.cli.evaluate:evaluate", "Say how good a result is, beside the truth."),
    "who": ("vitruvian.cli.who:who", "Say who is who in a film, and name people by a click."),
    "models": ("vitruvian.cli.models:models", "List the models, or fetch them ahead of time."),
}


class _Lazy(click.Group):
    """Knows its commands by name and help, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vitruvian")
def cli() -> None:
    """Watch people move: every joint of every person, in pixels and in metres.

    \b
    vitruvian run clip.mp4
    vitruvian run photos/ --save json --save csv --out results
    vitruvian run 0                      (the camera)
    """  # noqa: D301 - click wants the character, not a backslash


def main() -> None:
    """Run the command line; what a user did wrong is one line on stderr."""
    warnings.showwarning = _tell
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        # A second Ctrl-C would fall among threads that are ending.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone: the usual end of `vitruvian models | head`.
        sys.stderr.close()
        sys.exit(1)
    except (VitruvianError, OSError) as error:
        # Whatever else the system refuses names its file and its reason in one line, too.
        click.echo(f"vitruvian: {error}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(message: Warning | str, *_: object, **__: object) -> None:
    click.echo(f"vitruvian: {message}", err=True)
