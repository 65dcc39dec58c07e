"""What every figure of a report means and its unit, for the JSON Schema."""

from __future__ import annotations

from typing import Any

__all__ = [
    "AUTHORITY",
    "BALANCE",
    "BASIS",
    "CONCESSION",
    "CONSTITUENCY",
    "COVERAGE",
    "PAIR",
    "PROMISE",
    "REGION",
    "SECTOR",
    "SHORT_REGION",
    "TERMS",
]

REGION = {
    "region": "Label of the region.",
    "real_income_pct": "Exact change of real income, per cent.",
    "ev_usd_bn": "Equivalent variation, billions a year: real_income_pct of income_usd_bn.",
    "ev_pct_of_gdp": "Equivalent variation in per cent of gdp_usd_bn.",
    "income_usd_bn": "Income of the base, billions: value added, trade taxes and trade deficit.",
    "gdp_usd_bn": "Gross domestic product of the base, billions: value added and trade taxes.",
    "wage_pct": "Change of the wage in units of the numeraire, per cent.",
    "real_wage_pct": "Change of the wage over the consumer price index, per cent.",
    "price_index_pct": "Change of the consumer price index, per cent.",
    "government_revenue_usd_bn": "Tariff and export-tax revenue after the change, billions.",
    "government_revenue_change_usd_bn": "Change of that revenue, billions.",
    "exports_change_usd_bn": "Change of exports at customs value, billions.",
    "imports_change_usd_bn": "Change of imports at customs value, billions.",
    "goods_balance_usd_bn": "Goods exports less goods imports after the change, billions.",
    "goods_balance_change_usd_bn": "Change of the goods balance, billions.",
    "terms_of_trade_pct": "First-order terms-of-trade effect, per cent of income.",
    "volume_of_trade_pct": "First-order volume-of-trade effect, per cent of income.",
    "deficit_term_pct": "First-order effect of the change of the deficit, per cent of income.",
    "profit_shifting_pct": "First-order effect of profits moving between regions and sectors, "
    "per cent of income; zero in families without profits.",
    "variety_pct": "First-order effect of the number of varieties on prices, per cent of income; "
    "zero in families without entry.",
    "first_order_total_pct": "Sum of the first-order effects, per cent of income.",
    "first_order_residual_pct": "real_income_pct less first_order_total_pct, per cent of income.",
    "sectors": "Figures by sector, in the world's order.",
}

SECTOR = {
    "sector": "Label of the sector.",
    "output_usd_bn": "Gross output of the base, billions.",
    "output_change_usd_bn": "Change of gross output at current prices, billions.",
    "real_output_pct": "Change of the quantity of output, per cent.",
    "value_added_change_usd_bn": "Change of value added at current prices, billions.",
    "volume_change_usd_bn": "Change of value added at the base's prices, billions.",
    "exports_change_usd_bn": "Change of exports at customs value, billions.",
    "imports_change_usd_bn": "Change of imports at customs value, billions.",
    "price_pct": "Change of the price index at purchasers' prices, per cent.",
}

PAIR = {
    "region": "Label of the region.",
    "partner": "Label of its partner.",
    "exports_usd_bn": "Goods exports to the partner after the change, customs value, billions.",
    "exports_change_usd_bn": "Change of those exports, billions.",
    "goods_balance_usd_bn": "Goods exports less goods imports after the change, billions.",
    "goods_balance_change_usd_bn": "Change of that balance, billions.",
}

CONSTITUENCY = {
    "id": "Id of the constituency.",
    "party": "Id of its party.",
    "label": "Name to print.",
    "weight": "Weight of one of its dollars in its government's aims; 1 is an ordinary dollar.",
    "real_income_pct": "Change of real income made in its sectors, per cent.",
    "real_income_change_usd_bn": "The same change, billions at consumer prices of the world's "
    "year.",
    "vetoes": "True if it loses more than it would accept; null if it has no veto.",
}

CONCESSION = {
    "giver": "Party (else region) that sets the duty.",
    "receiver": "Party (else region) whose goods it falls on.",
    "importer": "Importing region of the flow.",
    "exporter": "Exporting region of the flow.",
    "sector": "Sector of the flow.",
    "part": "Part of the flow; empty: the whole flow or its rest.",
    "instrument": "Id of the instrument, threat, measure or change that moves it.",
    "kind": "What is moved.",
    "before": "Level in the status quo, a fraction; for a cost, the iceberg factor.",
    "after": "Level in the package, likewise; duties include additional tariffs.",
    "ordinary_before": "Ordinary duty alone in the status quo, a fraction.",
    "ordinary_after": "Ordinary duty alone in the package, a fraction.",
    "trade_usd_bn": "Customs value of the goods in the world's year, billions.",
    "rival_average": "Trade-weighted duty on competitors in the status quo, a fraction; null "
    "where there are none.",
    "lines": "Tariff lines, as the scenario gives them.",
}

COVERAGE = {
    "between": "The two parties or regions.",
    "trade_usd_bn": "Goods trade between them in the world's year, customs value, billions.",
    "freed": "Share of that trade freed of duty by the package, a fraction.",
    "already_free": "Share free of duty before, a fraction; a lower bound.",
}

AUTHORITY = {
    "party": "Id of the party.",
    "verdict": "Whether its executive may do its part alone.",
    "why": "The reason, in words.",
}

PROMISE = {
    "commitment": "Id of the commitment.",
    "by": "Who made it.",
    "verdict": "Whether the package breaks it, or it has lapsed by then.",
    "why": "The reason, in words.",
}


PURCHASE = {
    "commitment": "Id of the commitment.",
    "buyer": "Who buys.",
    "seller": "Who sells.",
    "financing": "An import subsidy, or a costless shift of the buyer's taste.",
    "assumed": "Whether the scenario leaves the financing open, and a subsidy is taken.",
    "status": "not needed: imports come to the amount by themselves; out of reach: the largest "
    "push falls short; no amount: nothing is counted.",
    "size": "Subsidy rate, or rise of the seller's share at unchanged prices, a fraction.",
    "wanted_usd_bn": "What imports are to rise by against the status quo, billions a year.",
    "rise_usd_bn": "What they rise by in the package, billions a year.",
    "years": "How long it runs from entry into force; null: as long as the package.",
}

PAYMENT = {
    "payer": "Who pays.",
    "receiver": "Who receives.",
    "usd_bn_per_year": "Amount a year, billions.",
    "years": "How long it runs from entry into force.",
}


def _field(kind: str | list[str], said: str) -> dict[str, Any]:
    return {"description": said, "type": kind}


SHORT_REGION = {
    name: _field("number", REGION[name])
    for name in ("real_income_pct", "ev_usd_bn", "government_revenue_change_usd_bn")
}

_NAMES = {"type": "array", "items": {"type": "string"}}
_MAYBE = ["number", "null"]

TERMS: dict[str, dict[str, Any]] = {
    "kind": {"description": "What is moved.", "enum": ["duty", "export-tax", "cost"]},
    "giver": _field("string", CONCESSION["giver"]),
    "receiver": _field("string", CONCESSION["receiver"]),
    "eases": _field("boolean", "True: what is moved falls; false: it rises."),
    "items": _field("integer", "Number of flows, or parts of flows, moved."),
    "sectors": {"description": "Sectors touched.", **_NAMES},
    "instruments": {"description": "Ids of what moves them.", **_NAMES},
    "trade_covered_usd_bn": _field(
        "number", "Customs value of the goods in the world's year, billions."
    ),
    "duty_saved_usd_bn": _field(
        "number", "Duty or tax saved on that trade, billions; negative: new duty. Zero for costs."
    ),
    "duty_before": _field(
        _MAYBE, "Trade-weighted duty or export tax in the status quo, a fraction; null for costs."
    ),
    "duty_after": _field(_MAYBE, "The same in the package, a fraction; null for costs."),
    "cost_before": _field(
        _MAYBE, "Trade-weighted iceberg factor in the status quo (1 is no cost); for costs only."
    ),
    "cost_after": _field(_MAYBE, "The same in the package; for costs only."),
    "margin_before": _field(
        _MAYBE, "Duty on rivals less duty_before, a fraction; where rivals are known."
    ),
    "margin_after": _field(
        _MAYBE, "Duty on rivals less duty_after, a fraction; where rivals are known."
    ),
}

BASIS: dict[str, dict[str, Any]] = {
    "value": _field("number", "The figure, in the unit of the check."),
    "basis": _field("string", "Statistics it is taken from."),
    "year": _field("integer", "Calendar year."),
    "label": _field("string", "Name to print."),
}

BALANCE: dict[str, dict[str, Any]] = {
    "id": _field("string", "Id of the figure in the scenario."),
    "label": _field("string", "Name to print."),
    "between": {"description": "The two places, the reporting one first.", **_NAMES},
    "year": _field("integer", "Calendar year of the claim."),
    "unit": {"description": "Unit of the figures.", "enum": ["usd_bn", "share"]},
    "claimed": _field("number", "The figure claimed: billions, or a fraction for a share."),
    "found": {},
    "nearest": {},
    "verdict": {
        "description": "Whether the nearest figure is within 5 % of the claim.",
        "enum": ["matches", "fits no record", "nothing to hold it against"],
    },
}
