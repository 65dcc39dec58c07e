"""What the fields of a commitments document mean, for its schema."""

from __future__ import annotations

__all__ = ["AMOUNT", "CONDITION", "DIVERSION", "ENFORCEMENT", "OUTCOME"]

CONDITION = {
    "about": "Kind of thing it is about: talks, event, commitment, threat or measure.",
    "thing": "Id of that thing.",
    "state": "State asked for.",
    "holds": "Whether it is in that state on as_of, as far as the file tells.",
    "why": "Why.",
}
ENFORCEMENT = {
    "party": "Party that is tempted.",
    "objective": "What it maximises.",
    "status": "no temptation: kept at any patience; sustained, not sustained: at this patience and "
    "lag; never: at no patience.",
    "verdict": "The same in a sentence.",
    "about_zero": "Whether the temptation is about zero.",
    "answered": "Whether the file names an answer; without one, punished is deviate.",
    "comply_usd_bn": "Flow a year while the promise is kept, billions.",
    "deviate_usd_bn": "Flow a year while the breach is unanswered, billions.",
    "punished_usd_bn": "Flow a year once it is answered, billions.",
    "temptation_usd_bn": "deviate less comply, billions a year.",
    "punishment_usd_bn": "comply less punished, billions a year.",
    "discount_per_year": "Discount rate of the party, a fraction.",
    "discount_assumed": "Whether that is assumed.",
    "patience": "Yearly discount factor: one less the rate.",
    "lag_days": "Days until a breach is noticed and answered.",
    "lag_assumed": "Whether that is assumed.",
    "ratio": "Yearly discount factor at which it turns at a lag of one year; null: it never turns.",
    "threshold": "Yearly discount factor at which it turns at this lag; null: it never turns.",
    "bound": "from: kept from the threshold on; up to: kept up to it; none: it never turns.",
    "longest_lag_days": "Longest lag that this patience sustains (for up to: shortest), days; "
    "null: every lag or none, as the status says.",
}
AMOUNT = {
    "promised_usd_bn": "Amount promised a year, billions; null where nobody names one.",
    "supply_cap_usd_bn": "Most the seller can deliver a year, billions; null if not given.",
    "compliance": "Part expected to be met, a fraction; null if not given.",
    "expected_usd_bn": "Amount counted with, billions: capped, times compliance.",
    "illustrative": "Whether nobody named an amount.",
    "on_top_of": "What it comes on top of: status quo, or the world's year.",
    "imports_usd_bn": "Imports of these goods from the seller in the status quo, billions.",
    "above_usd_bn": "Imports in the year it comes on top of, billions; null for the status quo.",
    "rise_usd_bn": "What imports must rise by against the status quo, billions.",
}
DIVERSION = {
    "side": "buys from: the buyer's purchases; sells to: the seller's sales elsewhere.",
    "place": "Region bought from or sold to.",
    "kind": "seller; home: the buyer's own goods, or the seller's own market; third country.",
    "before_usd_bn": "Trade of the status quo, billions at customs value.",
    "change_usd_bn": "Its change, billions at the importer's consumer prices of the status quo.",
}
OUTCOME = {
    "size": "Subsidy, a fraction of the customs value; or rise of the seller's share at unchanged "
    "prices, a fraction of it.",
    "rise_usd_bn": "What imports from the seller rise by, billions a year.",
    "subsidy_usd_bn": "What the subsidy pays out, billions a year; zero for a shift of taste.",
    "revenue_change_usd_bn": "Change of the buyer's net trade-tax revenue, billions a year.",
}
