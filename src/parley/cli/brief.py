"""``parley brief``: the one-page brief of a scenario's talks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from parley.cli.output import progress, write_csv_folder
from parley.cli.render import json_text, put, show_page, styled, writable

__all__ = ["Closure", "Csv", "Elasticity", "Force", "Json", "Model", "brief"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="DIR", help="Also write tidy CSV tables into this folder."),
]
Closure = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Deficit closure: zero, fixed, fixed:REGION, world-share or own-share.",
    ),
]
Elasticity = Annotated[
    str | None, typer.Option(metavar="NAME", help="One of the world's sets of trade elasticities.")
]
Model = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Model family: caliendo-parro, ossa, krugman or specific-labour; options after a "
        "colon, as in ossa:one-sector.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there already.")]


def brief(
    scenario: Annotated[
        str,
        typer.Argument(metavar="SCENARIO", help="A shipped scenario, or a .toml file of your own."),
    ],
    package: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this package; may be given several times."),
    ] = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    model: Model = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Add the deal in whole lines and issue linkage (slower)."),
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Also write the brief as a page with charts."),
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Print what each package on the table is worth to whom, and how sure that is."""
    if csv is not None:
        writable(csv, force=force, folder=True)
    if html is not None:
        writable(html, force=force, file=True)
    from parley.files.studies import open_study
    from parley.report.brief import brief_lines
    from parley.report.csv_tables import csv_tables
    from parley.report.document import brief_document

    study = open_study(scenario, closure=closure, elasticity=elasticity, model=model)
    names = list(dict.fromkeys(package or study.package_ids))
    for name in names:
        study.resolved_package(name)
    with progress("solving equilibria") as told:
        study.run(study.jobs(names), told)
    ground, reason, when, missing = None, "", None, []
    if not package:
        from parley.deals.ground import common_ground_of
        from parley.report.deal import common_ground

        with progress("common ground") as bar:
            found, reason = common_ground_of(study, full=full, told=lambda _, done, n: bar(done, n))
        ground = None if found is None else common_ground(found)
        from parley.forecasts.when import when_of
        from parley.report.when import when_parts

        with progress("calendar and odds") as bar:
            told_when = when_of(study, full=full, told=bar)
        when = when_parts(study.scenario, told_when)
        missing = [f"no {part}: {why}" for part, why in told_when.missing]
    document = brief_document(study, names, ground, when)
    if reason:
        document["notes"].append({"text": f"no common ground: {reason}", "where": "talks"})
    document["notes"] += [{"text": text, "where": "scenario"} for text in missing]
    if html is not None:
        _write_page(document, html)
    if csv is not None:
        write_csv_folder(csv_tables(document), csv, force=force)
    if as_json:
        put(json_text(document))
        return
    show_page(*(styled(line, style) for style, line in brief_lines(document)))


def _write_page(document: dict[str, Any], path: Path) -> None:
    from parley.files.atomic import write_text
    from parley.report.brief_page import brief_page

    write_text(path, brief_page(document))
