"""Descriptions of the fields of a negotiation's document, for its JSON Schema."""

from __future__ import annotations

__all__ = [
    "CERTIFICATE",
    "DIRECTION",
    "ENDING",
    "LEVER",
    "LEVER_VALUE",
    "OPENING",
    "PACKAGE",
    "PARTY",
    "STEP",
]

LEVER_VALUE = (
    "in the lever's unit: a duty as a fraction, a depth from 0 (as now) to 1 (all the way), a "
    "factor of cost, a payment in billions a year"
)
CERTIFICATE = {
    "first_order_gain": "Common gain that moving every lever by up to a twentieth of its range "
    "would promise at first order, a part of what is at stake.",
    "best_improvement": "Largest common gain over this point that any other levers tried gave, a "
    "part of what is at stake; negative: each of them leaves somebody worse off.",
    "tried": "Number of points compared.",
    "breach": "Largest breach of a floor or of what a party has without a deal, a part of what is "
    "at stake; for a floor, per cent of the constituency's real income.",
    "residual": "Largest relative error of the equilibrium, a fraction.",
    "imbalance": "What small moves would still promise of the solution's own objective: log of "
    "the Nash product, else a part of the objective; zero for a point of the frontier.",
}
OPENING = {
    "kind": "What would change: payment, veto, bound, or disagreement (what parties have without "
    "a deal).",
    "what": "The change, in words.",
    "size": "Size of the change, in `unit`.",
    "unit": "Unit of `size`.",
    "cost_usd_bn": "What it is worth to whoever bears it, billions a year; openings are sorted by "
    "it.",
    "exact": "True: measured in the model; false: a first-order figure.",
}
PARTY = {
    "id": "Id of the party, else the region.",
    "label": "Name to print.",
    "regions": "Regions of the world it stands for.",
    "income_usd_bn": "Income of the base, billions a year.",
    "objective_usd_bn": "What its government maximises, in the base: real income with political "
    "weights of mean one, billions a year.",
    "bargaining_power": "Its exponent in the Nash product; only relative sizes count.",
    "discount_per_year": "Rate at which it discounts, per year, a fraction.",
}
LEVER = {
    "id": "Id of the instrument, else of what is moved.",
    "label": "Name to print.",
    "giver": "Party that sets it.",
    "receiver": "Party or parties on whose goods it falls, with commas, or outsiders.",
    "unit": "What its values are in: duty (a fraction), depth (0 as now, 1 all the way), factor "
    "(of cost), payment (billions a year).",
    "now": f"Value in the base, {LEVER_VALUE}.",
    "low": f"Lowest value within reach, {LEVER_VALUE}.",
    "high": f"Highest value within reach, {LEVER_VALUE}.",
    "low_is": "What limits it from below.",
    "high_is": "What limits it from above.",
    "trade_usd_bn": "Trade it falls on in the world's year, billions at customs value.",
    "sectors": "Sectors it falls on.",
}
ENDING = {
    "breakdown": "What follows if the talks fail: nothing, a threat carried out (any package), or "
    "a trade war.",
    "package": "Id of the package behind it, or status-quo; null for a trade war.",
    "way": "How the talks end: exit, hazard or deadline.",
    "in_force": "Whether this ending is the one the deals are held against.",
    "breakdown_usd_bn": "What each party has after the breakdown, by its own objective, billions "
    "a year over the base.",
    "breakdown_ev_usd_bn": "The same in real income: equivalent variation, billions a year.",
    "point_usd_bn": "What the parties bargain from under it, by objective, billions a year over "
    "the base; null where the way does not apply.",
    "at_least_usd_bn": "What no party accepts less than, outside options included, billions a "
    "year over the base; null where the way does not apply.",
    "reason": "Why the way does not apply; null where it does.",
}
PACKAGE = {
    "id": "Id of the package.",
    "label": "Name to print.",
    "kind": "What the package is.",
    "payoff_usd_bn": "By party: its own objective, billions a year over the base.",
    "ev_usd_bn": "By party: equivalent variation, billions a year.",
    "surplus_usd_bn": "By party: payoff over what it accepts at least, in the ending in force, "
    "billions a year.",
    "in_zone": "Whether it is a deal that all would sign and none blocks.",
    "blocked_by": "Who would not have it: parties, constituencies with a veto, red lines.",
    "vetoes": "Constituencies that would lose more than they accept.",
    "red_lines": "Red lines that rule it out.",
    "breaks": "Commitments that it breaks.",
    "needs_approval": "Parties whose executive may not do its part alone.",
    "still_to_gain_usd_bn": "By party: what all could gain over it at once with the levers in "
    "scope, billions a year; null where they do not reach as far.",
    "standings": "The package against every ending that applies.",
}
STEP = {
    "lever": "Id of the lever.",
    "label": "Name to print.",
    "giver": "Party that concedes.",
    "receiver": "Party or parties that it is conceded to, with commas, or outsiders.",
    "unit": LEVER["unit"],
    "before": f"Value in the base, {LEVER_VALUE}.",
    "after": f"Value in the deal, {LEVER_VALUE}.",
    "trade_usd_bn": LEVER["trade_usd_bn"],
    "alone_usd_bn": "By party: payoff of this concession by itself, billions a year.",
    "last_usd_bn": "By party: what the deal would lose without it, billions a year.",
    "cost_to_giver_usd_bn": "What it costs its giver by itself, billions a year; negative: a gain.",
    "gain_to_others_usd_bn": "What the other parties gain from it by itself, billions a year.",
    "cost_per_gain": "Cost for each unit of gain, a ratio; null where the others gain nothing.",
    "held_by": "What keeps it from going further; null if nothing does.",
}
DIRECTION = (
    "Weights at which the party gains by signing, all others one: from `weight` on, up to "
    "`weight`, always, never; unknown: not proven, or sectors are merged."
)
