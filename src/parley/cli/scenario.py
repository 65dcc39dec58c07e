"""``parley scenario``: check, list and show scenarios, and describe their language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parley.cli.render import json_text, listing, put, show_page, table, writable
from parley.errors import InputError

if TYPE_CHECKING:
    from parley.errors import Problem
    from parley.scenario import Scenario

__all__ = ["app"]

SCHEMA_VERSION = "1.0"

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Scenarios: one TOML file for one story of trade talks.",
)

Ref = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="A shipped scenario, or a .toml file of your own."),
]
Shipped = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def check(scenario: Ref, as_json: Json = False) -> None:
    """Check a scenario: all that is wrong at once, each fault with its place in the file."""
    from parley.files.scenarios import open_scenario, open_world_of
    from parley.scenario.resolve import resolve

    try:
        read = open_scenario(scenario)
        resolve(read, open_world_of(read, scenario))
    except InputError as error:
        if not as_json:
            raise
        put(json_text(_verdict(scenario, error.problems, ())))
        raise typer.Exit(error.exit_code) from None
    if as_json:
        put(json_text(_verdict(scenario, (), read.warnings)))
        return
    show_page(f"{scenario}: no errors", listing(_contents(read)))
    if read.warnings:
        put(f"\n{len(read.warnings)} odd, though allowed:")
        for warning in read.warnings:
            put(warning.render())


@app.command("list")
def list_scenarios(as_json: Json = False) -> None:
    """List the scenarios that ship with Parley."""
    from parley.files.scenarios import embedded_scenarios, open_scenario

    read = {name: open_scenario(name) for name in embedded_scenarios()}
    if as_json:
        rows = [
            {"name": name, "title": s.title, "as_of": s.as_of.isoformat(), "world": s.world}
            for name, s in read.items()
        ]
        put(json_text({"schema_version": SCHEMA_VERSION, "scenarios": rows}))
        return
    show_page(
        table(
            ("scenario", "as of", "world", "title"),
            [(name, s.as_of.isoformat(), s.world, s.title) for name, s in read.items()],
            text_columns=range(4),
        )
    )


@app.command()
def show(scenario: Shipped) -> None:
    """Print the text of a shipped scenario."""
    from parley.files.scenario_text import scenario_text

    put(scenario_text(scenario))


@app.command()
def copy(
    scenario: Shipped,
    output: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what is there already.")] = False,
) -> None:
    """Copy a shipped scenario and its tables into a folder, to start one's own from."""
    writable(output, force=force)
    from parley.files.scenario_text import copy_scenario

    names = copy_scenario(scenario, output)
    put(f"{output}: {', '.join(names)}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the language, for editors and other programs."""
    from parley.scenario.schema import json_schema

    put(json_text(json_schema()))


@app.command()
def fields() -> None:
    """Print the field dictionary: every section and field, with its type and rule."""
    from parley.scenario.schema import field_dictionary

    put(field_dictionary())


def _contents(scenario: Scenario) -> list[tuple[str, str]]:
    """Return what a scenario holds, as labelled lines."""
    counted = ("talks", "measures", "instruments", "commitments", "threats", "events", "claims")
    counts = [f"{len(getattr(scenario, name))} {name}" for name in counted]
    return [
        ("title", scenario.title),
        ("as of", scenario.as_of.isoformat()),
        ("world", scenario.world),
        ("parties", ", ".join(party.id for party in scenario.parties)),
        ("packages", ", ".join(package.id for package in scenario.packages)),
        ("holds", ", ".join(counts)),
    ]


def _verdict(
    name: str, problems: tuple[Problem, ...], warnings: tuple[Problem, ...]
) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": name,
        "ok": not problems,
        "problems": [vars(problem) for problem in problems],
        "warnings": [vars(warning) for warning in warnings],
    }
