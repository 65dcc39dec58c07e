"""What a package holds that its worth does not count: purchases, payments and staging, in words."""

from __future__ import annotations

from collections.abc import Iterable

from parley.scenario.packages import Package, PackageChange, SidePayment

__all__ = ["uncounted"]


def uncounted(package: Package, others: Iterable[Package] = ()) -> tuple[str, ...]:
    """Return a sentence for each thing in a package that its worth does not count.

    A package is worth what its duties and costs do at their full level, at once. What it
    promises to buy or to pay, and how it is phased in, is not computed with.

    Parameters
    ----------
    package
        The package as given.
    others
        The scenario's packages, among them those that it includes.
    """
    parts = _parts(package, {p.id: p for p in others})
    said = []
    bought = dict.fromkeys(name for p in parts for name in p.purchases)
    if bought:
        names = ", ".join(f"'{name}'" for name in bought)
        said.append(f"package '{package.id}' is valued without its purchases: {names}")
    paid = dict.fromkeys(_payment(x) for p in parts for x in p.side_payments)
    if paid:
        said.append(f"package '{package.id}' is valued without its payments: {', '.join(paid)}")
    staged = dict.fromkeys(_name(c) for p in parts for c in p.changes if c.staging or c.path)
    if staged:
        said.append(
            f"package '{package.id}' is valued at its full level at once, without the staging of "
            + ", ".join(staged)
        )
    return tuple(said)


def _parts(package: Package, others: dict[str, Package]) -> list[Package]:
    """Return a package and all that it includes, each once."""
    found = {package.id: package}
    ahead = [package]
    while ahead:
        for name in ahead.pop().include:
            if name in others and name not in found:
                found[name] = others[name]
                ahead.append(others[name])
    return list(found.values())


def _payment(payment: SidePayment) -> str:
    return f"{payment.by} to {payment.to} US${payment.usd_bn:g}bn"


def _name(change: PackageChange) -> str:
    """Return what a change moves, in words."""
    if change.between:
        return "duties between " + " and ".join(change.between)
    if change.by:
        return f"duties of {change.by}"
    named = getattr(change, change.form, None) if change.form else None
    return str(named or "a change")
