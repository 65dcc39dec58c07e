"""Write the references that follow from the code; ``--check`` fails where one has drifted.

``--sample`` writes the first lines of the brief into the README, between its two marks.
"""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
README = ROOT / "README.md"
SAMPLE_BEGINS = "<!-- sample of `parley brief us-japan-2019`, written by `make readme-sample` -->\n"
SAMPLE_ENDS = "<!-- end of sample -->\n"
SAMPLE_LINES = 40
MARK = "<!-- Written by docs/generate.py (make docs). Edit the code it comes from. -->"


def cli_reference() -> str:
    """Return the command-line reference, from the commands themselves."""
    import typer

    from parley.cli.app import app

    root = typer.main.get_command(app)
    lines = [MARK, "", "# Command line", "", root.help or "", "", root.epilog or ""]
    for path, command in leaves(root, ("parley",)):
        lines += [
            "",
            f"## `{' '.join(path)}`",
            "",
            paragraph(command.help),
            "",
            usage(path, command),
        ]
        rows = [option_row(p) for p in command.params if p.name != "help"]
        if rows:
            lines += ["", "| | |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command that does something, with the words that call it."""
    nested = getattr(command, "commands", None)
    if nested is None:
        yield path, command
        return
    for name, child in nested.items():
        yield from leaves(child, (*path, name))


def usage(path: tuple[str, ...], command: Any) -> str:
    """Return the usage line as an indented code block."""
    words = list(path)
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            words.append(metavar(parameter) if parameter.required else f"[{metavar(parameter)}]")
    if any(p.param_type_name == "option" and p.name != "help" for p in command.params):
        words.append("[OPTIONS]")
    return f"    {' '.join(words)}"


def option_row(parameter: Any) -> str:
    """Return one table row: what to type, and what it does."""
    text = paragraph(getattr(parameter, "help", "") or "")
    if parameter.param_type_name == "argument":
        return f"| `{metavar(parameter)}` | {text} |"
    typed = ", ".join([*parameter.opts, *parameter.secondary_opts])
    if not parameter.is_flag:
        typed += f" {metavar(parameter)}"
    if parameter.required:
        text += " Required."
    elif not parameter.is_flag and parameter.default is not None:
        text += f" Default: `{parameter.default}`."
    return f"| `{typed}` | {text} |"


def metavar(parameter: Any) -> str:
    """Return the placeholder of an argument or option value."""
    return str(parameter.metavar or parameter.name.upper()).strip("[]")


def paragraph(text: str | None) -> str:
    """Return text on one line, fit for a table cell."""
    return " ".join((text or "").split()).replace("|", "\\|")


def world_reference() -> str:
    """Return the data dictionary: variables of a world file, and what world-2017 holds."""
    from parley.files.embedded import open_world
    from parley.files.netcdf import VARIABLES

    world = open_world("world-2017")
    lines = [MARK, "", "# Data dictionary", "", "## Variables of a world file", ""]
    lines += ["| variable | dimensions | unit | meaning |", "|---|---|---|---|"]
    for name, (dimensions, unit, meaning) in VARIABLES.items():
        shown = f"{world.unit} {world.currency}" if unit == "value" else unit
        lines.append(f"| `{name}` | {', '.join(dimensions)} | {shown} | {paragraph(meaning)} |")
    lines.append(
        "| `trade_elasticity` | elasticity_set, sector | 1 | trade elasticity theta = sigma - 1 |"
    )
    lines += ["", f"## {world.name}: regions", "", "| label | region |", "|---|---|"]
    lines += [f"| `{r}` | {world.region_names.get(r, '')} |" for r in world.regions]
    lines += ["", f"## {world.name}: sectors", "", "| label | sector | kind |", "|---|---|---|"]
    for sector, is_good in zip(world.sectors, world.goods_mask, strict=True):
        kind = "good" if is_good else "service"
        lines.append(f"| `{sector}` | {world.sector_names.get(sector, '')} | {kind} |")
    lines += ["", f"## {world.name}: elasticity sets", "", "| name | source |", "|---|---|"]
    lines += [f"| `{e.name}` | {paragraph(e.source)} |" for e in world.elasticities]
    for heading, texts in (("sources", world.sources), ("notes", world.notes)):
        lines += ["", f"## {world.name}: {heading}", "", *(f"- {paragraph(t)}" for t in texts)]
    lines += ["", f"## {world.name}: licence", "", world.licence]
    return "\n".join(lines) + "\n"


def scenario_fields() -> str:
    """Return the field dictionary of the scenario language."""
    return f"{MARK}\n\n{printed('scenario', 'fields')}"


def scenario_schema() -> str:
    """Return the JSON Schema of the scenario language."""
    return printed("scenario", "schema")


def reports_schema() -> str:
    """Return the JSON Schema of the documents of ``parley brief`` and ``parley solve``."""
    from parley.report.schema import report_schema

    return json.dumps(report_schema(), indent=2, ensure_ascii=False) + "\n"


def game_documents_schema() -> str:
    """Return the JSON Schema of the documents of ``parley optimum``, ``nash``, ``cooperate``."""
    from parley.report.schema_games import games_schema

    return json.dumps(games_schema(), indent=2, ensure_ascii=False) + "\n"


def threat_document_schema() -> str:
    """Return the JSON Schema of the document of ``parley threat``."""
    from parley.report.schema_threat import threat_schema

    return json.dumps(threat_schema(), indent=2, ensure_ascii=False) + "\n"


def deal_document_schema() -> str:
    """Return the JSON Schema of the documents of ``parley deal`` and ``parley frontier``."""
    from parley.report.schema_deal import deal_schema

    return json.dumps(deal_schema(), indent=2, ensure_ascii=False) + "\n"


def claims_document_schema() -> str:
    """Return the JSON Schema of the document of ``parley claims``."""
    from parley.report.schema_ledger import ledger_schema

    return json.dumps(ledger_schema(), indent=2, ensure_ascii=False) + "\n"


def score_document_schema() -> str:
    """Return the JSON Schema of the document of ``parley score``, and of a saved forecast."""
    from parley.report.schema_score import score_schema

    return json.dumps(score_schema(), indent=2, ensure_ascii=False) + "\n"


def commitments_document_schema() -> str:
    """Return the JSON Schema of the document of ``parley commitments``."""
    from parley.report.schema_commitments import commitments_schema

    return json.dumps(commitments_schema(), indent=2, ensure_ascii=False) + "\n"


def calendar_document_schema() -> str:
    """Return the JSON Schema of the document of ``parley calendar``."""
    from parley.report.schema_calendar import calendar_schema

    return json.dumps(calendar_schema(), indent=2, ensure_ascii=False) + "\n"


def forecast_document_schema() -> str:
    """Return the JSON Schema of the document of ``parley forecast``, and of its saved record."""
    from parley.report.schema_forecast import forecast_schema

    return json.dumps(forecast_schema(), indent=2, ensure_ascii=False) + "\n"


def printed(*words: str) -> str:
    """Return what a command of Parley prints."""
    command = [sys.executable, "-m", "parley", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


REFERENCES: dict[str, Callable[[], str]] = {
    "docs/cli.md": cli_reference,
    "docs/data-dictionary.md": world_reference,
    "docs/scenario-fields.md": scenario_fields,
    "docs/scenario.schema.json": scenario_schema,
    "src/parley/data/schema/report.schema.json": reports_schema,
    "src/parley/data/schema/games.schema.json": game_documents_schema,
    "src/parley/data/schema/threat.schema.json": threat_document_schema,
    "src/parley/data/schema/deal.schema.json": deal_document_schema,
    "src/parley/data/schema/commitments.schema.json": commitments_document_schema,
    "src/parley/data/schema/claims.schema.json": claims_document_schema,
    "src/parley/data/schema/score.schema.json": score_document_schema,
    "src/parley/data/schema/calendar.schema.json": calendar_document_schema,
    "src/parley/data/schema/forecast.schema.json": forecast_document_schema,
}


def write_sample() -> None:
    """Put the first lines of the flagship brief into the README."""
    brief = printed("brief", "us-japan-2019")
    shown = "\n".join(line.rstrip() for line in brief.splitlines()[:SAMPLE_LINES])
    before, rest = README.read_text(encoding="utf-8").split(SAMPLE_BEGINS)
    after = rest.split(SAMPLE_ENDS)[1]
    sample = f"{SAMPLE_BEGINS}```text\n{shown}\n```\n{SAMPLE_ENDS}"
    README.write_text(before + sample + after, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write each reference, or with ``--check`` print how the files differ from the code."""
    if "--sample" in arguments:
        write_sample()
        return 0
    drifted = []
    for name, make in REFERENCES.items():
        path = ROOT / name
        wanted = make()
        found = path.read_text(encoding="utf-8") if path.exists() else ""
        if found == wanted:
            continue
        if "--check" in arguments:
            drifted.append(name)
            sys.stdout.writelines(
                difflib.unified_diff(
                    found.splitlines(keepends=True),
                    wanted.splitlines(keepends=True),
                    name,
                    f"{name} (from the code)",
                )
            )
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
            sys.stdout.write(f"wrote {name}\n")
    if drifted:
        sys.stdout.write(f"out of date: {', '.join(drifted)}; run `make docs`\n")
    return 1 if drifted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
