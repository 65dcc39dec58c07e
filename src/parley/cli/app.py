"""The command ``parley``: the root of all verbs."""

from __future__ import annotations

import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from parley import __version__
from parley.cli import (
    brief,
    calendar,
    claims,
    commitments,
    deal,
    forecast,
    games,
    scenario,
    score,
    solve,
    threat,
    weights,
    world,
)
from parley.cli.errors import BROKEN_PIPE, discard_output, exit_on_error, flush_output

__all__ = ["app", "main"]


class _Root(TyperGroup):
    """Meets a closed pipe before Typer does, which would call it an error."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            flush_output()
        except BrokenPipeError:
            discard_output()
            raise typer.Exit(BROKEN_PIPE) from None
        return result


app = typer.Typer(
    name="parley",
    cls=_Root,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done, 1 a bug, 2 wrong input, 3 not converged or not certified.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"parley {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Which trade deals would both sides sign, and what is each worth to whom?"""


# One line per verb, in the order of the help text. A verb's module imports what it
# computes with inside its function, so that `--help` stays light.
app.command("brief")(brief.brief)
app.command("solve")(solve.solve)
app.command("optimum")(games.optimum)
app.command("nash")(games.nash)
app.command("cooperate")(games.cooperate)
app.command("threat")(threat.threat)
app.command("commitments")(commitments.commitments)
app.command("deal")(deal.deal)
app.command("frontier")(deal.frontier)
app.command("weights")(weights.weights)
app.command("calendar")(calendar.calendar)
app.command("claims")(claims.claims)
app.command("forecast")(forecast.forecast)
app.command("score")(score.score)
app.add_typer(scenario.app, name="scenario")
app.add_typer(world.app, name="world")


def main() -> None:
    """Run the command line and exit with its code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without the letters gets '?'
    with exit_on_error():
        try:
            app(prog_name="parley")
        finally:
            flush_output()
