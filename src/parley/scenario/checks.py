"""All checks that look beyond a single table, in the order in which they are reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.errors import Problem
from parley.scenario.check_calendar import check_calendar
from parley.scenario.check_claims import check_claims, dispute_warnings
from parley.scenario.check_dates import check_dates
from parley.scenario.check_links import check_links, repetition_problems
from parley.scenario.check_packages import check_packages
from parley.scenario.check_policy import check_policy
from parley.scenario.check_purchases import check_purchases
from parley.scenario.check_red_lines import check_red_lines
from parley.scenario.document import Scenario
from parley.scenario.places import WorldLabels
from parley.scenario.promises import promises_touched
from parley.scenario.story import Story
from parley.scenario.tables import TableRow

__all__ = ["story_problems", "story_warnings"]


def story_problems(
    raw: dict[str, Any],
    sound: Mapping[str, Any],
    tables: Mapping[str, tuple[TableRow, ...]],
    labels: WorldLabels | None,
    filename: str,
) -> list[Problem]:
    """Return what is wrong between the tables of a file.

    Parameters
    ----------
    raw
        The file as read.
    sound
        Entries that could be read, by section.
    tables
        Rows of the CSV tables, by name.
    labels
        Labels of the world, None where it is unknown.
    filename
        Name of the file, for messages.
    """
    story = Story(filename, sound, tables, labels, repetition_problems(raw, filename))
    check_links(story)
    check_dates(story)
    check_calendar(story)
    check_policy(story)
    check_packages(story)
    check_purchases(story)
    check_red_lines(story)
    check_claims(story)
    return story.problems


def story_warnings(scenario: Scenario, labels: WorldLabels, filename: str) -> list[Problem]:
    """Return what is allowed but should be looked at again."""
    story = Story.of(scenario, labels)
    found: list[Problem] = []
    for instrument in scenario.instruments:
        levels = [*(instrument.now or {}).values(), *(instrument.bounds or ())]
        if instrument.kind != "cost" and any(level > 1 for level in levels):
            found.append(
                Problem(
                    f"a duty of {max(levels):.0%}",
                    f"{filename}: instrument[{instrument.id}]",
                    "duties above 100 % are rare",
                    "if a percentage was meant, write 0.25 for 25 %",
                )
            )
    deals = {p.id for p in scenario.packages if p.kind == "deal"}
    for talks in scenario.talks:
        if talks.breakdown in deals:
            found.append(
                Problem(
                    f"'{talks.breakdown}' follows if the talks fail",
                    f"{filename}: talks[{talks.id}].breakdown",
                    "it is a deal, which needs the consent of both sides",
                    "name what happens without a deal (status-quo or a threat carried out), or "
                    'give that package kind = "threat" or "other"',
                )
            )
    for package in scenario.packages:
        for verdict in promises_touched(story, package):
            if verdict.verdict == "broken":
                found.append(
                    Problem(
                        f"the package breaks the commitment '{verdict.commitment}'",
                        f"{filename}: package[{package.id}]",
                        verdict.why,
                    )
                )
    return found + dispute_warnings(scenario, filename)
