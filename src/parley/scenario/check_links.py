"""Checks of shape: ids are unique, tables say what their kind needs, ranges are ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parley.errors import Problem
from parley.labels import allowed_text, duplicates
from parley.scenario.base import shown
from parley.scenario.pledges import STATES, Condition
from parley.scenario.story import Story
from parley.scenario.values import RateTable, WeightTable

__all__ = ["check_links", "repetition_problems"]


def repetition_problems(raw: dict[str, Any], filename: str) -> list[Problem]:
    """Return a problem for every id used twice and every name listed twice."""
    problems = []
    for section, entries in raw.items():
        if not isinstance(entries, list):
            continue
        ids = [e["id"] for e in entries if isinstance(e, dict) and isinstance(e.get("id"), str)]
        problems += [_twice(name, f"{filename}: {section}[{name}].id") for name in duplicates(ids)]
    parties = raw.get("party")
    home = [
        c["id"]
        for p in (parties if isinstance(parties, list) else [])
        if isinstance(p, dict) and isinstance(p.get("constituency"), list)
        for c in p["constituency"]
        if isinstance(c, dict) and isinstance(c.get("id"), str)
    ]
    problems += [
        _twice(name, f"{filename}: party.constituency[{name}].id") for name in duplicates(home)
    ]
    for path, names in _lists(raw, ""):
        problems += [
            Problem(
                f"'{name}' is given twice",
                f"{filename}: {path}",
                "each name is given once",
                "remove one of them",
            )
            for name in duplicates(names)
        ]
    return problems


def _twice(name: str, where: str) -> Problem:
    return Problem(
        f"the id '{name}' is used twice", where, "an id names one thing", "rename one of them"
    )


def _lists(value: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield path, value
        for position, item in enumerate(value):
            name = item.get("id") if isinstance(item, dict) else None
            yield from _lists(item, f"{path}[{name if isinstance(name, str) else position}]")


def check_links(story: Story) -> None:
    """Note every table that does not say what its kind needs, and every reversed range."""
    _groups(story)
    _parties(story)
    _talks(story)
    _commitments(story)
    _threats(story)
    _events(story)
    _claims(story)
    _balances(story)


def _groups(story: Story) -> None:
    regions = story.labels.regions if story.labels else ()
    sectors = story.labels.sectors if story.labels else ()
    for group in story.groups:
        path = f"group[{group.id}]"
        if bool(group.members) == bool(group.sectors):
            found = "both members and sectors" if group.members else "no members and no sectors"
            story.add(
                f"the group has {found}",
                path,
                "a group is either of regions (members) or of products (sectors)",
            )
        if group.id in regions or group.id in sectors or group.id in ("all", "all goods"):
            story.add(
                f"the group is called '{group.id}', like something in the world",
                f"{path}.id",
                "a name must stand for one thing",
                "rename the group",
            )


def _range(story: Story, figure: WeightTable | RateTable, path: str, noun: str) -> None:
    low, high = figure.low, figure.high
    if low is not None and high is not None and low > high:
        story.add(
            f"low {low:g} is above high {high:g}",
            path,
            f"the limits of the {noun} are reversed",
            f"write low = {high:g}, high = {low:g}",
        )
    elif (low is not None and figure.value < low) or (high is not None and figure.value > high):
        story.add(
            f"{figure.value:g} lies outside its own limits",
            path,
            f"the {noun} must lie between low and high",
            "widen the limits, or correct the value",
        )


def _parties(story: Story) -> None:
    for party in story.parties:
        path = f"party[{party.id}]"
        for c in party.constituencies:
            _range(story, c.weight, f"{path}.constituency[{c.id}].weight", "weight")
    speaker: dict[str, str] = {}
    for party in story.parties if story.labels else ():
        for region in story.places.regions((party.id,)):
            if speaker.setdefault(region, party.id) != party.id:
                story.add(
                    f"'{region}' has two parties, '{speaker[region]}' and '{party.id}'",
                    f"party[{party.id}].id",
                    "one government speaks for a region",
                    "remove one of them, or take the region out of the group",
                )
    for option in story.outside_options:
        if option.package is None and option.value_usd_bn is None:
            story.add(
                "the outside option has no worth",
                f"outside_option[{option.id}]",
                "it is a package or a sum",
                "give package = ... or value_usd_bn = ...",
            )
    for package in story.packages:
        for position, payment in enumerate(package.side_payments):
            if payment.by == payment.to:
                story.add(
                    f"'{payment.by}' pays itself",
                    f"package[{package.id}].side_payment[{position}].to",
                    "payer and receiver are the same",
                )
        for position, condition in enumerate(package.assumes):
            _condition(story, condition, f"package[{package.id}].assumes[{position}]")


def _talks(story: Story) -> None:
    for talks in story.talks:
        path = f"talks[{talks.id}]"
        if talks.ends_by == "deadline" and talks.deadline is None:
            story.add(
                "the talks end by a deadline, but none is given",
                path,
                "",
                'add deadline = ..., or choose ends_by = "exit" or "hazard"',
            )
        if talks.ends_by == "hazard" and talks.hazard_per_year is None:
            story.add(
                "the talks end by hazard, but no rate is given", path, do="add hazard_per_year"
            )
        if talks.first_proposer is not None and talks.first_proposer not in talks.parties:
            story.add(
                f"'{talks.first_proposer}' is not at the table",
                f"{path}.first_proposer",
                "the first proposer is one of the parties to the talks",
                allowed_text(talks.first_proposer, talks.parties),
            )
        if talks.side_payment_usd_bn is not None and talks.side_payment_usd_bn <= 0:
            story.add(
                f"a side payment of at most {talks.side_payment_usd_bn:g}",
                f"{path}.side_payment_usd_bn",
                "it is the most that either party may pay the other a year, US$bn",
                "write a sum above zero, or leave it out where no money may change hands",
            )


def _condition(story: Story, when: Condition, path: str) -> None:
    named = [kind for kind in STATES if getattr(when, kind) is not None]
    if len(named) != 1:
        found = "names nothing" if not named else f"names {' and '.join(named)}"
        story.add(
            f"the condition {found}",
            path,
            "a condition is about one thing and its state",
            'write { talks = "...", is = "open" }; it may name ' + ", ".join(STATES),
        )
        return
    allowed = STATES[named[0]]
    if when.is_ not in allowed:
        story.add(
            f"{shown(when.is_)} is no state of {named[0]}",
            f"{path}.is",
            "",
            allowed_text(when.is_, allowed),
        )


def _commitments(story: Story) -> None:
    for c in story.commitments:
        path = f"commitment[{c.id}]"
        if c.by == c.to:
            story.add(f"'{c.by}' promises to itself", f"{path}.to", "by and to are the same")
        if c.when is not None:
            _condition(story, c.when, f"{path}.when")
        lacks = {
            "standstill": not c.instruments and not c.threats,
            "truce": not c.threats and not c.instruments,
            "ceiling": not c.not_below and not c.not_above and c.no_faster_than is None,
            "purchase": c.purchase is None,
        }
        needs = {
            "standstill": "instruments = [...] that stay where they are",
            "truce": "threats = [...] that are held back",
            "ceiling": "not_below = { instrument = level } or not_above",
            "purchase": "purchase = { usd_bn_per_year = ..., sectors = [...] }",
        }
        if lacks.get(c.kind):
            story.add(f"a {c.kind} that binds nothing", path, do=f"add {needs[c.kind]}")
        if c.mutual and c.to is None:
            story.add("a mutual promise to nobody", path, do="add to = ...")


def _threats(story: Story) -> None:
    for t in story.threats:
        path = f"threat[{t.id}]"
        if t.when is not None:
            _condition(story, t.when, f"{path}.when")
        if t.rate is not None:
            _range(story, t.rate, f"{path}.rate", "rate")
        given = [
            name
            for name, there in (
                ("instrument", t.instrument is not None),
                ("on", bool(t.on) and t.table is None),
                ("table", t.table is not None),
            )
            if there
        ]
        if len(given) != 1:
            found = "says nothing of what it would do" if not given else "says it twice"
            story.add(
                f"the threat {found}",
                path,
                "a threat names an instrument, or goods and a rate, or a table",
                "give instrument = ..., or on, sectors and rate, or table = ...",
            )
        elif given == ["on"] and (t.rate is None or not t.sectors):
            missing = "rate" if t.rate is None else "sectors"
            story.add(f"the threat has no {missing}", path, do=f"add {missing} = ...")
        if t.id in t.answered_by:
            story.add("the threat answers itself", f"{path}.answered_by")
        if t.base_usd_bn and t.base_usd_bn.value is None and not t.base_usd_bn.claims:
            story.add("no amount and no claim is given", f"{path}.base_usd_bn")


def _events(story: Story) -> None:
    for e in story.events:
        path = f"event[{e.id}]"
        if e.kind == "deadline" and not (e.threat or e.talks or e.commitment):
            story.add(
                "a deadline of nothing",
                path,
                "a deadline decides a threat, talks or a commitment",
                "add threat = ..., talks = ... or commitment = ...",
            )
        if e.kind == "election" and e.party is None:
            story.add("an election in no country", path, do="add party = ...")
        if e.proposer is not None and e.parties and e.proposer not in e.parties:
            story.add(
                f"'{e.proposer}' does not take part",
                f"{path}.proposer",
                "",
                allowed_text(e.proposer, e.parties),
            )


def _claims(story: Story) -> None:
    for claim in story.claims:
        path = f"claim[{claim.id}]"
        if claim.id in claim.contradicts + claim.corroborates:
            story.add("the claim is set against itself", path, do="remove its own id")
        for name in set(claim.contradicts) & set(claim.corroborates):
            story.add(f"'{name}' is both contradicted and corroborated", path)
        if claim.speaker.name is not None and not claim.speaker.named:
            story.add(
                "the speaker has a name but is marked as not named",
                f"{path}.speaker",
                do="write named = true, or remove the name",
            )
    for threat in story.threats:
        for name in threat.base_usd_bn.claims if threat.base_usd_bn else ():
            cited = next((c for c in story.claims if c.id == name), None)
            if cited is not None and cited.value_usd_bn is None:
                story.add(
                    f"the claim '{name}' states no amount",
                    f"threat[{threat.id}].base_usd_bn.claims",
                    "",
                    f"add value_usd_bn to claim '{name}'",
                )


def _balances(story: Story) -> None:
    for b in story.balances:
        path = f"balance[{b.id}]"
        figures = (b.exports_usd_bn, b.imports_usd_bn, b.balance_usd_bn)
        if all(f is None for f in figures) and not b.shares:
            story.add(
                "no figure is given",
                path,
                do="give exports_usd_bn, imports_usd_bn or balance_usd_bn",
            )
        exports, imports, balance = figures
        if exports is not None and imports is not None and balance is not None:
            gap = exports - imports - balance
            if abs(gap) > 0.11:
                story.add(
                    f"exports less imports are {exports - imports:.1f}, the balance is "
                    f"{balance:.1f}",
                    path,
                    "the three figures do not fit each other",
                    "correct one, or leave it out",
                )
