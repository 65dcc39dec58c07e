"""What a model has, what it leaves out, and what its constituencies show, for the brief.

The text follows the family in a document, which is its label as printed: a family with options,
such as "ossa:one-sector" or "caliendo-parro without inputs".
"""

from __future__ import annotations

__all__ = ["SHOWS", "constituencies_show", "lacks_inputs", "left_out", "own_effects"]

SHOWS: dict[str, str] = {
    "caliendo-parro": "activity",
    "ossa": "activity and profits",
    "krugman": "activity",
    "specific-labour": "incomes",
}
"""What the result of a constituency is, by family.

"activity": what its sectors produce, labour being free to leave them; "activity and
profits": the same with profits; "incomes": what those earn who are bound to its sectors.
"""

EFFECTS: dict[str, dict[str, str]] = {
    "ossa": {"profits": "profit_shifting_pct"},
    "krugman": {"variety": "variety_pct"},
}
ALWAYS = (
    "rules of origin, foreign direct investment and transplant factories",
    "exchange rates, unemployment, and the time adjustment takes (long-run elasticities)",
    "quotas, safeguards and gate prices: they are kept in the scenario, not computed",
    "product lines: a part of a sector is a share of its flow, with the sector's elasticity",
)
LAST = "uncertainty effects of threats, and everything after as_of"
BY_FAMILY: dict[str, str] = {
    "caliendo-parro": (
        "sector-specific labour and profits: constituencies show where activity goes, not wages"
    ),
    "ossa": (
        "sector-specific labour and new firms: constituencies show where activity and its profits "
        "go, not wages"
    ),
    "krugman": (
        "sector-specific labour and profits: constituencies show where activity goes, not wages"
    ),
    "specific-labour": (
        "labour that moves between sectors, and profits: constituencies show what is earned in "
        "their sectors, wages for fixed employment, in the short run"
    ),
}


def constituencies_show(model: str) -> str:
    """Return what the result of a constituency is: a value of :data:`SHOWS`."""
    return SHOWS[_family(model)]


def own_effects(model: str) -> dict[str, str]:
    """Return the first-order effects that only some families have: name -> field."""
    return EFFECTS.get(_family(model), {})


def lacks_inputs(model: str) -> bool:
    """Return whether there are no input-output links, so that income is gross output."""
    options = model.partition(":")[2]
    bare = "no-inputs" in options or model.endswith(" without inputs")
    return bare or _family(model) in ("ossa", "krugman")


def left_out(model: str) -> list[str]:
    """Return what a brief computed with the model leaves out, one phrase each."""
    found = [*ALWAYS, BY_FAMILY[_family(model)]]
    if lacks_inputs(model):
        found.append("inputs: goods are made by labour alone for final use; income is gross output")
    if "one-sector" in model:
        found.append(
            "sectors: all are one, services with goods, so constituencies are not computed"
        )
    return [*found, LAST]


def _family(model: str) -> str:
    return model.partition(" ")[0].partition(":")[0]
