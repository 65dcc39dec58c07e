"""What a package's worth counts, in words: purchases made, payments, and how it is phased in."""

from __future__ import annotations

from parley.purchases.made import PurchaseMade
from parley.scenario.packages import PackageChange
from parley.scenario.places import WorldLabels
from parley.scenario.promises import flat_packages
from parley.scenario.story import Story
from parley.studies import Study

__all__ = ["counted", "purchase_words"]


def counted(study: Study, package: str, *, yearly: bool = False) -> tuple[str, ...]:
    """Return a sentence for each thing besides duties at once that a package's worth counts.

    Parameters
    ----------
    study
        The study; the package's equilibrium is solved where it has purchases.
    package
        Its id in the file.
    yearly
        Whether the worth counts the package year by year, as the calendar and the odds do;
        else it is that of a year in which all is in force.

    Raises
    ------
    NotConvergedError
        If its purchases have no proven equilibrium.
    """
    scenario, resolved = study.scenario, study.resolved_package(package)
    story = Story.of(scenario, WorldLabels.of(study.world))
    parts = flat_packages(story, scenario.package(package))
    said = []
    if resolved.purchases:
        made = study.purchases_made(package)
        said += [
            f"package '{package}': {words}"
            for words in (_over_time(study, package, made) if yearly else map(purchase_words, made))
        ]
        if not made:
            said.append(f"package '{package}': its purchases are not counted, as the model merges "
                        "all sectors")  # fmt: skip
        disputed = {c.id for c in scenario.commitments if c.disputed}
        for name in dict.fromkeys(p.commitment for p in resolved.purchases):
            if name in disputed:
                said.append(f"package '{package}' counts '{name}', which one side denies, as made")
    said += [
        f"package '{package}': the purchase '{name}' is not counted: {why}"
        for name, why in resolved.uncounted
    ]
    years = {p.commitment: p.promise.above_year for p in resolved.purchases}
    for name, above in years.items():
        if above is not None and above != study.world.year:
            said.append(
                f"the world holds no purchases of {above}: the amount of '{name}' is taken on top "
                "of the status quo"
            )
    for x in resolved.payments:
        said.append(
            f"package '{package}': {x.payer} pays {x.receiver} US${x.usd_bn_per_year:.4g}bn a year "
            f"for {_years(x.years)}"
        )
    changes = [c for p in parts for c in p.changes]
    staged = dict.fromkeys(
        f"{_name(c)} after {_years(c.staging.years)}"
        for c in changes
        if c.staging is not None and c.staging.years > 0
    )
    later = "; the calendar and the odds count it year by year" if resolved.talks else ""
    ends = bool(resolved.payments) or any(p.years is not None for p in resolved.purchases)
    if staged:
        way = "counted year by year" if yearly else "shown with all of it in force" + later
        said.append(f"package '{package}' is phased in ({', '.join(staged)}): {way}")
    elif ends and not yearly:
        said.append(
            f"package '{package}' is shown for a year in which its purchases and payments run"
            f"{later}"
        )
    words = dict.fromkeys(f"{_name(c)} ('{c.path}')" for c in changes if c.path and not c.staging)
    if words:
        said.append(
            f"package '{package}': a schedule in words cannot be counted, so what follows one "
            f"comes at once: {', '.join(words)}"
        )
    return tuple(said)


def purchase_words(made: PurchaseMade, last: PurchaseMade | None = None) -> str:
    """Return what became of a purchase in words.

    ``last`` is the same purchase in the last stage in which it runs, ``made`` in the first,
    where it is counted stage by stage.
    """
    end = made if last is None else last
    who = f"{made.buyer} buys from {made.seller} ('{made.commitment}')"
    if made.status == "no amount":
        return f"what {who} is not counted, as no amount a year is named"
    how_long = "without end" if made.years is None else f"for {_years(made.years)}"
    if made.wanted_usd_bn <= 0.0:
        return f"{who} what is to be bought already, or what can be sold: no push is made"
    if {made.status, end.status} == {"not needed"}:
        return (
            f"{who} {_bn(made.rise_usd_bn)} a year more than in the status quo, without any push; "
            f"the amount to reach was {_bn(made.wanted_usd_bn)}"
        )
    push = "by a subsidy" if made.financing == "subsidy" else "by a shift of taste"
    sizes = [f"{100.0 * m.size:.3g} %" for m in (made, end)]
    size = sizes[0] if sizes[0] == sizes[1] else " in the first year, ".join(sizes) + " in the last"
    push += f" of {size}" if made.financing == "subsidy" else f" ({size} at unchanged prices)"
    if made.assumed:
        push += " (the file does not say how it is paid for: a subsidy is taken)"
    said = f"{_bn(made.rise_usd_bn)} a year more than in the status quo, {how_long}, {push}"
    if "out of reach" in (made.status, end.status):
        wanted = _bn(made.wanted_usd_bn)
        return f"{who} {said}, the largest found: {wanted} cannot be reached"
    return f"{who} {said}"


def _over_time(study: Study, package: str, made: tuple[PurchaseMade, ...]) -> list[str]:
    """Return a package's purchases in words, from the stages that the study holds."""
    names = [n for n in study.resolved.packages if n.startswith(f"{package}@")]
    stages = [study.purchases_made(n) for n in names]
    said = []
    for whole in made:
        key = (whole.commitment, whole.buyer)
        own = [m for stage in stages for m in stage if (m.commitment, m.buyer) == key]
        said.append(purchase_words(own[0], own[-1]) if own else purchase_words(whole))
    return said


def _bn(amount: float) -> str:
    return f"US${amount:,.0f}bn" if abs(amount) >= 100 else f"US${amount:.3g}bn"


def _years(years: float) -> str:
    return "one year" if years == 1 else f"{years:.3g} years"


def _name(change: PackageChange) -> str:
    """Return what a change moves, in words."""
    what = "trade costs" if change.cost is not None else "duties"
    if change.between:
        return f"{what} between " + " and ".join(change.between)
    if change.by:
        return f"{what} of {change.by}"
    named = getattr(change, change.form, None) if change.form else None
    return str(named or "a change")
