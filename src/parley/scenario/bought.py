"""What comes with a package besides duties, in a world's flows: purchases and payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parley.errors import InputError
from parley.policy.ledger import Cell, Ledger
from parley.scenario.packages import Package
from parley.scenario.pledges import Commitment, Purchase
from parley.scenario.promises import flat_packages
from parley.scenario.story import Story

__all__ = ["ResolvedPayment", "ResolvedPurchase", "payments_in", "purchase_cells", "purchases_in"]

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class ResolvedPurchase:
    """A purchase that is part of a package.

    Attributes
    ----------
    commitment
        Id of the promise.
    buyer, seller
        The parties; of a mutual promise there is one purchase each way.
    cells
        The flows (importer, exporter, sector) that it is about.
    promise
        Amount, years, cap, compliance and financing, as the file gives them.
    years
        How long it runs from entry into force on; None for as long as the package.
    """

    commitment: str
    buyer: str
    seller: str
    cells: tuple[Cell, ...]
    promise: Purchase
    years: float | None


@dataclass(frozen=True)
class ResolvedPayment:
    """Money that goes with a package: US$bn a year between two parties' regions.

    ``years``: how long it runs from entry into force on.
    """

    payer: str
    receiver: str
    payers: tuple[str, ...]
    receivers: tuple[str, ...]
    usd_bn_per_year: float
    years: float


def purchases_in(
    story: Story, package: Package, ledger: Ledger
) -> tuple[list[ResolvedPurchase], list[tuple[str, str]]]:
    """Return the purchases of a package and of those it includes, each once.

    Also returned are those that cannot be computed, each (commitment, why). ``ledger`` holds
    the duties of the status quo.
    """
    found: list[ResolvedPurchase] = []
    left: list[tuple[str, str]] = []
    for name in dict.fromkeys(n for p in flat_packages(story, package) for n in p.purchases):
        c = story.commitment(name)
        if c is None or c.purchase is None or c.to is None:
            left.append((name, "it does not say what is bought, or from whom"))
            continue
        ends = [(c.by, c.to), *([(c.to, c.by)] if c.mutual else [])]
        for buyer, seller in ends:
            buyers, sellers = (story.places.regions((party,)) for party in (buyer, seller))
            cells = purchase_cells(story, ledger, buyers, sellers, c.purchase)
            if not cells:
                left.append((name, f"{buyer} buys none of these goods from {seller}"))
                continue
            years = _years(story, c)
            found.append(ResolvedPurchase(name, buyer, seller, tuple(cells), c.purchase, years))
    _same_financing(story, package, found)
    return found, left


def _same_financing(story: Story, package: Package, found: Sequence[ResolvedPurchase]) -> None:
    """Refuse two promises on the same goods that are met in different ways."""
    for k, one in enumerate(found):
        for other in found[:k]:
            ways = [x.promise.financing == "preference-shift" for x in (one, other)]
            common = [cell for cell in one.cells if cell in other.cells]
            if common and ways[0] != ways[1]:
                raise InputError.one(
                    f"'{other.commitment}' and '{one.commitment}' are on the same goods, and one "
                    "is met by a subsidy, the other by a shift of taste",
                    f"{story.filename}: package[{package.id}].purchases",
                    f"both would buy {common[0][2]} from {common[0][1]}: which of the two brings "
                    "it does not follow",
                    "give them goods of their own, or the same financing",
                )


def payments_in(story: Story, package: Package) -> list[ResolvedPayment]:
    """Return the side payments of a package and of those it includes; over one year if unsaid."""
    return [
        ResolvedPayment(
            x.by,
            x.to,
            story.places.regions((x.by,)),
            story.places.regions((x.to,)),
            x.usd_bn / (x.years or 1.0),
            x.years or 1.0,
        )
        for p in flat_packages(story, package)
        for x in p.side_payments
    ]


def purchase_cells(
    story: Story,
    ledger: Ledger,
    buyers: Sequence[str],
    sellers: Sequence[str],
    purchase: Purchase,
) -> list[Cell]:
    """Return the flows (importer, exporter, sector) that a purchase is about, those with trade."""
    sectors = story.places.sectors(purchase.sectors) or story.places.goods
    return [
        (n, i, s)
        for n in buyers
        for i in sellers
        for s in sectors
        if ledger.trade_usd_bn((n, i, s)) > 0
    ]


def _years(story: Story, c: Commitment) -> float | None:
    """Return how many years a promise to buy runs; one with a last day is counted from as_of."""
    assert c.purchase is not None
    if c.purchase.years:
        return c.purchase.years
    if c.until is None or story.as_of is None:
        return None
    return max((c.until - story.as_of).days / DAYS_PER_YEAR, 0.0)
