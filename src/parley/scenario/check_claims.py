"""Checks of claims and of the forecast: days, ratios that fit, outcomes, disputes."""

from __future__ import annotations

from parley.errors import Problem
from parley.scenario.document import Scenario
from parley.scenario.story import Story

__all__ = ["check_claims", "dispute_warnings"]


def check_claims(story: Story) -> None:
    """Note claims without a day, ratios that do not fit their stance, outcomes out of place."""
    _sources(story)
    _days(story)
    forecast = story.sound.get("forecast")
    if forecast is None:
        return
    for stance, ratio in forecast.likelihood_ratios.items():
        _ratio(story, stance, ratio)
    talks = next((t for t in story.talks if t.id == forecast.talks), None)
    for name in forecast.outcomes:
        package = story.package(name)
        if package is None or talks is None or package.talks == talks.id:
            continue
        if name in (*talks.agenda, talks.breakdown):
            continue
        if package.talks is None and package.kind != "deal":
            continue
        found = "to no talks" if package.talks is None else f"to the talks '{package.talks}'"
        story.add(
            f"the outcome '{name}' belongs {found}",
            "forecast.outcomes",
            f"the forecast is about the talks '{forecast.talks}', and its outcomes are packages of "
            "these",
            f'leave it out, or give that package talks = "{forecast.talks}"',
        )


def _sources(story: Story) -> None:
    """Note sources that rely on themselves, or on what they are independent of."""
    relies = {s.id: s.relies_on for s in story.sources}
    told: set[frozenset[str]] = set()
    for source in story.sources:
        path = f"source[{source.id}]"
        chain, name = [source.id], source.id
        while relies.get(name) and relies[name][0] not in chain:
            name = relies[name][0]
            chain.append(name)
        if relies.get(name) and relies[name][0] == source.id and frozenset(chain) not in told:
            told.add(frozenset(chain))
            story.add(
                "the source relies on itself",
                f"{path}.relies_on",
                " -> ".join([*chain, source.id]),
                "break the circle",
            )
        for other in source.independent_of:
            if other in source.relies_on:
                story.add(
                    f"the source relies on '{other}', and is independent of it",
                    f"{path}.independent_of",
                    "it cannot be both",
                    "leave one of the two out",
                )


def _days(story: Story) -> None:
    """Note every claim of which neither its own date nor its source tells the day."""
    undated = {s.id for s in story.sources if s.published is None and s.records is None}
    for claim in story.claims:
        if claim.date is None and claim.source in undated:
            story.add(
                f"the claim has no date, nor has its source '{claim.source}'",
                f"claim[{claim.id}].date",
                "nobody can tell whether it was made by as_of",
                "give the claim a date, or the source a day of publication",
            )


def _ratio(story: Story, stance: str, ratio: float) -> None:
    path = f"forecast.likelihood_ratios.{stance}"
    if stance == "no-comment" and ratio != 1:
        story.add(
            f"a no-comment with a likelihood ratio of {ratio:g}",
            path,
            "a no-comment never decides: it is as likely where there is a deal as where there is "
            "none",
            "leave it out; it is 1 always",
        )
    elif stance == "denies" and not 0 < ratio <= 1:
        story.add(
            f"a denial with a likelihood ratio of {ratio:g}",
            path,
            "a denial speaks against what is denied, and never rules it out for good",
            "write a number above 0 and at most 1, such as 0.5",
        )
    elif stance in ("supports", "demands", "asserts") and ratio < 1:
        story.add(
            f"'{stance}' with a likelihood ratio of {ratio:g}",
            path,
            f"a claim that {stance} something does not speak against it",
            "write a number of 1 or above, such as 1.5; a claim against something denies it",
        )


def dispute_warnings(scenario: Scenario, filename: str) -> list[Problem]:
    """Return a warning for every disputed promise that the claims do not show as such."""
    found = []
    for commitment in scenario.commitments:
        if not commitment.disputed:
            continue
        subject = f"commitment:{commitment.id}"
        stances = {
            c.stance for c in scenario.claims if subject in c.about or c.id in commitment.claims
        }
        missing = [] if stances & {"supports", "asserts"} else ["supports or asserts it"]
        missing += [] if "denies" in stances else ["denies it"]
        if missing:
            found.append(
                Problem(
                    f"the promise is marked as disputed, but no claim {' and none '.join(missing)}",
                    f"{filename}: commitment[{commitment.id}].disputed",
                    "a dispute has two sides, each of which says so",
                    f'add the claims, with about = "{subject}", or remove the mark',
                )
            )
    return found
