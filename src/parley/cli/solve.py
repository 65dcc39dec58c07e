"""``parley solve``: one counterfactual with every table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parley.cli.brief import Closure, Csv, Elasticity, Force, Json, Model
from parley.cli.output import write_csv_folder
from parley.cli.render import json_text, put, show_page, table, writable
from parley.errors import InputError

if TYPE_CHECKING:
    from parley.results import PackageFigures

__all__ = ["solve"]


def solve(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO]", help="A shipped scenario, or a .toml file."),
    ] = None,
    package: Annotated[
        str | None, typer.Option(metavar="ID", help="The scenario's package to solve.")
    ] = None,
    world: Annotated[
        str | None,
        typer.Option(
            metavar="WORLD", help="Instead of a scenario: an embedded world, a .nc file, a folder."
        ),
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="With --world: exporter, importer, sector and tariff (new level, a fraction), "
            "cost (iceberg factor) or export_tax.",
        ),
    ] = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    model: Model = None,
    elasticity_se: Annotated[
        float | None,
        typer.Option(
            "--elasticity-se",
            metavar="FRACTION",
            help="Standard error of every trade elasticity, a fraction of it: adds intervals.",
        ),
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Solve one package of a scenario, or changes to a world, and print every table."""
    if csv is not None:
        writable(csv, force=force, folder=True)
    if (scenario is None) == (world is None):
        raise InputError.one(
            "give either a scenario or --world",
            "parley solve",
            "the first solves a package of a scenario, the second changes to a world",
            "parley solve us-japan-2019 --package mini, or "
            "parley solve --world world-2017 --changes changes.csv",
        )
    if elasticity_se is not None and not 0.0 < elasticity_se <= 1.0:
        raise InputError.one(
            f"a standard error of {elasticity_se:g}",
            "--elasticity-se",
            "it is a fraction of the elasticity, above 0 and at most 1",
            "20 % is 0.2",
        )
    if scenario is not None:
        document = _scenario(scenario, package, changes, closure, elasticity, model, elasticity_se)
    else:
        document = _world(str(world), package, changes, closure, elasticity, model, elasticity_se)
    if csv is not None:
        from parley.report.csv_tables import csv_tables

        write_csv_folder(csv_tables(document), csv, force=force)
    if as_json:
        put(json_text(document))
        return
    from parley.report.solve import solve_tables

    head, tables = solve_tables(document)
    for line in head:
        put(line)
    for title, columns, rows in tables:
        count = 2 if columns[1] in ("sector", "partner") else 1
        show_page("", title, table(columns, rows, text_columns=range(count)))


def _scenario(
    scenario: str,
    package: str | None,
    changes: Path | None,
    closure: str | None,
    elasticity: str | None,
    model: str | None,
    elasticity_se: float | None,
) -> dict[str, Any]:
    if changes is not None:
        raise InputError.one(
            "--changes goes with --world",
            "--changes",
            "a scenario's changes stand in its packages",
            "add a package to the scenario, or use --world",
        )
    from parley.files.studies import open_study
    from parley.labels import allowed_text
    from parley.report.document import brief_document

    study = open_study(scenario, closure=closure, elasticity=elasticity, model=model)
    if package is None:
        raise InputError.one(
            "no package is named",
            "--package",
            "parley solve shows one counterfactual",
            allowed_text("", study.package_ids),
        )
    named = study.resolved_package(package)
    if elasticity_se is not None and (named.purchases or named.payments):
        raise InputError.one(
            f"package '{package}' holds purchases or payments",
            "--elasticity-se",
            "the interval is that of duties and trade costs alone",
            "leave --elasticity-se out, or name a package without them",
        )
    document = brief_document(study, [package])
    if elasticity_se is not None:
        from parley.report.elasticities import interval_record
        from parley.studies import STATUS_QUO

        document["elasticity_interval"] = interval_record(
            study.world,
            (study.changes(STATUS_QUO), study.changes(package)),
            relative_se=elasticity_se,
            regions=study.table_parties,
            elasticity=study.setting.elasticity,
            closure=study.setting.closure,
            model=study.setting.model,
            partition=study.resolved.partition,
        )
    return document


def _world(
    world: str,
    package: str | None,
    changes: Path | None,
    closure: str | None,
    elasticity: str | None,
    model: str | None,
    elasticity_se: float | None,
) -> dict[str, Any]:
    if package is not None:
        raise InputError.one(
            "--package goes with a scenario",
            "--package",
            "a world has no packages",
            "name a scenario, or give --changes",
        )
    from parley.files.compile_cache import use_compile_cache
    from parley.files.embedded import open_world
    from parley.report.document import solve_document

    use_compile_cache()
    opened = open_world(world)
    document = solve_document(opened, _figures(opened, changes, closure, elasticity, model))
    if elasticity_se is not None:
        from parley.equilibrium.models import Model
        from parley.files.changes import read_changes
        from parley.report.elasticities import interval_record

        document["elasticity_interval"] = interval_record(
            opened,
            ((), () if changes is None else read_changes(changes, opened)),
            relative_se=elasticity_se,
            regions=opened.regions,
            elasticity=opened.elasticity(elasticity).name,
            closure=closure or "world-share",
            model=model or Model().label(),
        )
    return document


def _figures(
    world: Any,
    changes: Path | None,
    closure: str | None,
    elasticity: str | None,
    model: str | None,
) -> PackageFigures:
    from parley.equilibrium import solve as equilibrium
    from parley.equilibrium.models import Model
    from parley.equilibrium.welfare import compare
    from parley.files.changes import read_changes
    from parley.policy import apply_changes
    from parley.results import PackageFigures

    rows = () if changes is None else read_changes(changes, world)
    rule = closure or "world-share"
    theta = world.elasticity(elasticity).theta
    family = Model.parse(model or Model().label())
    base = equilibrium(world, elasticity=elasticity, closure=rule, model=family)
    policy = apply_changes(world, rows, theta)
    found = equilibrium(world, policy, elasticity=elasticity, closure=rule, model=family)
    found.require(f"the changes to '{world.name}' (closure {rule}, model {family.label()})")
    return PackageFigures(compare(base, found))
