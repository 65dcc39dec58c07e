"""``parley threat``: what carrying a threat out does to each side, and whether it is credible."""

from __future__ import annotations

from typing import Annotated

import typer

from parley.cli.brief import Closure, Csv, Elasticity, Force, Json, Model
from parley.cli.output import progress, write_csv_folder
from parley.cli.render import json_text, put, show_page, styled, writable
from parley.errors import NotConvergedError

__all__ = ["threat"]


def threat(
    scenario: Annotated[
        str,
        typer.Argument(metavar="SCENARIO", help="A shipped scenario, or a .toml file of your own."),
    ],
    name: Annotated[str, typer.Argument(metavar="THREAT", help="Id of one of its threats.")],
    closure: Closure = None,
    elasticity: Elasticity = None,
    model: Model = None,
    rho: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            help="Reputation cost of backing down, per cent of the threatener's real income; the "
            "scenario's if not given, else 0.",
        ),
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Assess a threat: its worth to each side, answered or not, and whether it is credible.

    Every model is tried with every closure and elasticity set; --model, --closure and
    --elasticity restrict that to one.
    """
    if csv is not None:
        writable(csv, force=force, folder=True)
    from parley.files.studies import open_study
    from parley.report.threat import threat_csv_tables, threat_document
    from parley.report.threat_text import threat_lines
    from parley.threats import assess_threat, threat_settings

    study = open_study(scenario, closure=closure, elasticity=elasticity, model=model)
    settings = threat_settings(study, closure=closure, elasticity=elasticity, model=model)
    with progress("best retaliation by setting") as told:
        found = assess_threat(
            study, name, settings=settings, reputation_cost_pct=rho, progress=told
        )
    document = threat_document(found)
    if csv is not None:
        write_csv_folder(threat_csv_tables(document), csv, force=force)
    if as_json:
        put(json_text(document))
    else:
        show_page(*(styled(line, style) for style, line in threat_lines(document)))
    if found.unproven:
        typer.echo(f"not proven: {len(found.unproven)} results, shown without figures", err=True)
        raise typer.Exit(NotConvergedError.exit_code)
