"""Checks of promises to buy, and of what comes with packages besides duties."""

from __future__ import annotations

from parley.scenario.packages import Package
from parley.scenario.pledges import Commitment
from parley.scenario.story import Story

__all__ = ["check_purchases"]

AGREES = 0.01
"""Amounts a year and in all agree if they differ by no more than this part."""


def check_purchases(story: Story) -> None:
    """Note what is wrong with promises to buy, and with purchases and payments of packages."""
    for commitment in story.commitments:
        _amount(story, commitment)
    for package in story.packages:
        _purchases(story, package)
        _payments(story, package)


def _amount(story: Story, c: Commitment) -> None:
    path, p = f"commitment[{c.id}].purchase", c.purchase
    if p is None:
        return
    for name in ("usd_bn_per_year", "usd_bn_total", "years"):
        if getattr(p, name) == 0:
            story.add(
                f"a promise to buy with {name} = 0",
                f"{path}.{name}",
                "nothing would be bought",
                "correct it, or leave it out where nobody has said",
            )
    if p.usd_bn_total and p.years is None:
        story.add(
            "an amount in all, but not over how many years",
            f"{path}.usd_bn_total",
            "what is bought in a year does not follow from it",
            "add years, or give usd_bn_per_year",
        )
    if p.usd_bn_total and p.usd_bn_per_year and p.years:
        in_all = p.usd_bn_per_year * p.years
        if abs(in_all - p.usd_bn_total) > AGREES * p.usd_bn_total:
            story.add(
                f"US${p.usd_bn_per_year:g}bn a year for {p.years:g} years, and "
                f"US${p.usd_bn_total:g}bn in all",
                f"{path}.usd_bn_total",
                f"the first comes to US${in_all:g}bn",
                "leave one of the two out",
            )


def _purchases(story: Story, package: Package) -> None:
    for position, name in enumerate(package.purchases):
        c, path = story.commitment(name), f"package[{package.id}].purchases[{position}]"
        if c is None:
            continue
        if any(x.commitment == name and x.broken for x in package.changes):
            story.add(
                f"the promise '{name}' is part of the package, and broken by it",
                path,
                "one of its changes breaks the promise",
                "leave one of the two out",
            )
        if c.kind != "purchase":
            story.add(f"'{name}' is no purchase commitment", path, f"it is a {c.kind}")
        elif c.to is None:
            story.add(
                f"the promise '{name}' names nobody to buy from",
                path,
                "a purchase that is part of a package has a seller",
                f"add to = ... to commitment '{name}'",
            )
        elif c.until is not None and story.as_of and c.until <= story.as_of:
            story.add(
                f"the promise '{name}' has run out",
                path,
                f"it ended on {c.until}, and as_of is {story.as_of}",
                "take it out of the package, or correct until",
            )


def _payments(story: Story, package: Package) -> None:
    for position, payment in enumerate(package.side_payments):
        path = f"package[{package.id}].side_payment[{position}]"
        if payment.usd_bn <= 0:
            story.add(
                f"a payment of US${payment.usd_bn:g}bn",
                f"{path}.usd_bn",
                "`by` pays and `to` receives",
                "write an amount above zero, with by and to the right way round",
            )
        if payment.years == 0:
            story.add("a payment over no years", f"{path}.years", do="leave years out for one year")
