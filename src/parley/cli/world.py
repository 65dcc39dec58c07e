"""``parley world``: list, show, audit, build, import and export observed worlds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parley.cli.render import csv_text, json_text, listing, put, show_page, table, writable
from parley.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from parley.report.world_summary import WorldSummary

__all__ = ["app"]

SCHEMA_VERSION = "1.0"

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The observed worlds: what is in them, where it comes from, how it was repaired.",
)

Ref = Annotated[
    str,
    typer.Argument(
        metavar="WORLD", help="An embedded world, a .nc file, or a folder of tidy tables."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there already.")]


@app.command("list")
def list_worlds(as_json: Json = False) -> None:
    """List the embedded worlds."""
    from parley.files.embedded import EMBEDDED, open_world

    worlds = [open_world(name) for name in EMBEDDED]
    if as_json:
        rows = [
            {
                "name": w.name,
                "about": EMBEDDED[w.name],
                "year": w.year,
                "regions": len(w.regions),
                "sectors": len(w.sectors),
                "has_inputs": w.has_inputs,
                "elasticity_sets": [e.name for e in w.elasticities],
            }
            for w in worlds
        ]
        put(json_text({"schema_version": SCHEMA_VERSION, "worlds": rows}))
        return
    show_page(
        table(
            ("world", "what it is", "elasticity sets"),
            [(w.name, EMBEDDED[w.name], ", ".join(e.name for e in w.elasticities)) for w in worlds],
            text_columns=(0, 1, 2),
        )
    )


@app.command()
def show(world: Ref, as_json: Json = False) -> None:
    """Show a world in short: regions, sectors, tariffs, identities, elasticities, repairs."""
    from parley.files.embedded import open_world
    from parley.report.world_summary import summarise_world

    summary = summarise_world(open_world(world))
    if as_json:
        put(json_text(summary.document()))
    else:
        show_page(*_summary_page(summary))


@app.command()
def audit(world: Ref, as_json: Json = False, as_csv: Csv = False) -> None:
    """List every repair made when a world was built, in build order."""
    from parley.files.embedded import open_world
    from parley.report.world_summary import audit_rows

    opened = open_world(world)
    rows = audit_rows(opened)
    columns = ("step", "where", "found", "changed_to", "reason")
    if as_json:
        put(
            json_text({"schema_version": SCHEMA_VERSION, "world": opened.name, "repairs": rows}),
        )
    elif as_csv:
        put(csv_text(columns, ([row[c] for c in columns] for row in rows)))
    elif not rows:
        put(f"{opened.name}: no repairs are recorded")
    else:
        show_page(
            table(
                ("step", "where", "found", "changed to", "reason"),
                [[row[c] for c in columns] for row in rows],
                title=f"{opened.name}: {len(rows)} repairs",
                text_columns=range(5),
            )
        )


@app.command()
def build(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The embedded world to build.")
    ] = "world-2017",
    sources: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder of source tables.", file_okay=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write; NAME.nc if not given."),
    ] = None,
    force: Force = False,
) -> None:
    """Build an embedded world from its source tables."""
    target = writable(output or Path(f"{name}.nc"), force=force)
    from parley.files.build import build_named
    from parley.files.netcdf import write_netcdf

    made = build_named(name, sources)
    write_netcdf(made, target)
    put(f"{target}: {made.name}, {len(made.audit)} repairs (parley world audit {target})")


@app.command("import")
def import_world(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of tidy tables.")],
    output: Annotated[Path, typer.Option(metavar="FILE", help="The .nc file to write.")],
    force: Force = False,
) -> None:
    """Check a folder of tidy tables and write it as one NetCDF file."""
    if output.suffix != ".nc":
        raise InputError.one(
            f"'{output.name}' does not end in .nc",
            "--output",
            "worlds in one file are NetCDF, and are recognised by that ending",
            f"write --output {output.with_suffix('.nc')}",
        )
    writable(output, force=force)
    from parley.files.netcdf import write_netcdf
    from parley.files.tidy import read_tidy

    world = read_tidy(folder)
    write_netcdf(world, output)
    put(f"{output}: {world.name}, {len(world.regions)} regions, {len(world.sectors)} sectors")


@app.command("export")
def export_world(
    world: Ref,
    output: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    force: Force = False,
) -> None:
    """Write a world as a folder of tidy tables."""
    writable(output, force=force)
    from parley.files.embedded import open_world
    from parley.files.tidy_write import write_tidy

    write_tidy(open_world(world), output)
    put(f"{output}: world.toml, flows.csv and the tables beside them")


def _summary_page(summary: WorldSummary) -> Iterator[str | Table]:
    world = summary.world
    inputs = "with input-output links" if world.has_inputs else "without inputs"
    yield (
        f"{world.name}: {len(world.regions)} regions, {len(world.sectors)} sectors, "
        f"{world.year}, {world.currency}, {inputs}"
    )
    money = _billions(max(r.value_added_bn for r in summary.regions))
    yield _region_table(summary, money)
    yield _sector_table(summary, money)
    highest = "none"
    if summary.highest_tariff_on:
        highest = f"{summary.highest_tariff_pct:.1f} % ({summary.highest_tariff_on})"
    yield (
        "Tariffs are trade-weighted means over goods imports. "
        f"Zero flows: {summary.zero_flows} of {world.flows.size}. Highest tariff: {highest}."
    )
    yield "\nIdentities (largest error relative to the largest term)"
    yield listing(
        (c.name, f"{c.max_error:.1e}", "holds" if c.ok else "FAILS", c.statement)
        for c in world.check_identities()
    )
    yield "\nElasticity sets (theta is that of the first)"
    yield listing((entry.name, entry.source) for entry in world.elasticities)
    licence = (world.licence,) if world.licence else ()
    headed = (("Sources", world.sources), ("Notes", world.notes), ("Licence", licence))
    for heading, lines in headed:
        if lines:
            yield f"\n{heading}"
            yield listing(("-", line) for line in lines)
    if summary.repairs_by_step:
        yield f"\nRepairs: {len(world.audit)} (in full: parley world audit {world.name})"
        yield listing((step, str(count)) for step, count in summary.repairs_by_step.items())
    else:
        yield "\nRepairs: none recorded"


def _region_table(summary: WorldSummary, money: Callable[..., str]) -> Table:
    return table(
        (
            "region",
            "name",
            "value added bn",
            "exports bn",
            "imports bn",
            "deficit bn",
            "tariff %",
            "faced %",
        ),
        [
            (
                r.region,
                r.name,
                money(r.value_added_bn),
                money(r.exports_bn),
                money(r.imports_bn),
                money(r.deficit_bn, "+"),
                _pct(r.mean_tariff_pct),
                _pct(r.faced_tariff_pct),
            )
            for r in summary.regions
        ],
        text_columns=(0, 1),
    )


def _sector_table(summary: WorldSummary, money: Callable[..., str]) -> Table:
    return table(
        ("sector", "name", "output bn", "trade bn", "tariff %", "theta", "all sets"),
        [
            (
                r.sector,
                r.name,
                money(r.output_bn),
                money(r.trade_bn),
                _pct(r.mean_tariff_pct) if r.kind == "good" else "-",
                *_thetas(list(r.theta.values())),
            )
            for r in summary.sectors
        ],
        text_columns=(0, 1),
    )


def _billions(largest: float) -> Callable[..., str]:
    """Return a format for amounts that gives the largest of them four digits or more."""
    decimals = max(0, 3 - math.floor(math.log10(largest))) if largest > 0 else 0
    return lambda value, sign="": format(value, f"{sign},.{decimals}f")


def _thetas(values: list[float]) -> tuple[str, str]:
    """Return the default trade elasticity of a sector and its range over all sets."""
    return f"{values[0]:.1f}", f"{min(values):.1f} to {max(values):.1f}"


def _pct(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
