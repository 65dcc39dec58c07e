"""What every figure of a game means and its unit, for the JSON Schema."""

from __future__ import annotations

__all__ = ["CERTIFICATE", "COOPERATION", "FLOOR", "INCOME", "PATH", "SUMMARY", "TARIFF"]

TARIFF = {
    "party": "Name of the player.",
    "importer": "Importing region.",
    "exporter": "Exporting region.",
    "sector": "Label of the sector.",
    "before": "Tariff of the base, a fraction.",
    "after": "Tariff of the result, a fraction.",
    "at_bound": "Whether the result stands at a bound.",
    "imports_before_usd_bn": "Imports of the base at customs value, billions.",
    "imports_after_usd_bn": "Imports of the result at customs value, billions.",
}

SUMMARY = {
    "flows": "Number of flows on which a tariff is set.",
    "imports_before_usd_bn": "Imports of the base at customs value, billions.",
    "imports_after_usd_bn": "Imports of the result at customs value, billions.",
    "mean_before": "Mean tariff of the base, weighted by imports of the base, a fraction.",
    "mean_after": "Mean tariff of the result, weighted by imports of the base, a fraction.",
    "median_before": "Simple median over flows, base, a fraction.",
    "median_after": "Simple median over flows, result, a fraction.",
    "lowest_after": "Lowest tariff of the result, a fraction.",
    "highest_after": "Highest tariff of the result, a fraction.",
    "at_lowest": "Number of flows at the lower bound.",
    "at_highest": "Number of flows at the upper bound.",
}

INCOME = {
    "weight": "Political weight of the sector's income; 1 is an ordinary dollar.",
    "profit_usd_bn": "Pure profits of the base, billions; zero in families without profits.",
    "profit_change_usd_bn": "Change of pure profits at current prices, billions.",
    "real_income_usd_bn": "Wages, profits and transfers of the base, billions at consumer prices "
    "of the world's year.",
    "real_income_change_usd_bn": "Change of that real income, billions.",
    "real_income_pct": "Change of that real income, per cent; null where there is none.",
}

PATH = {
    "terms_of_trade": "Terms of trade along the path of tariffs, per cent of income (100 times "
    "log points); null if path.status is not converged.",
    "volume_of_trade": "Volume of trade along the path, per cent of income, likewise.",
    "profit_shifting": "Profits moving between regions and sectors along the path, per cent of "
    "income, likewise.",
    "variety": "Number of varieties along the path, per cent of income, likewise.",
    "deficit": "Change of the deficit along the path, per cent of income, likewise.",
    "total": "Exact change of real income, per cent of income, 100 times its log.",
    "residual": "path_total_pct less the sum of the sources, per cent of income: the error of "
    "integration.",
}

CERTIFICATE = {
    "party": "Name of the player.",
    "projected_gradient_pct": "Largest derivative of its objective in the log of one plus a rate "
    "that the bounds leave free, per cent per log point.",
    "rate_gap_pp": "Largest distance of a rate to what the first-order conditions imply, "
    "percentage points of tariff.",
    "first_order_gain_pp": "Gain that closing that distance promises, percentage points of its "
    "objective.",
    "best_deviation_pp": "Best gain found by the independent search, percentage points of its "
    "objective; negative where every deviation tried loses.",
    "best_deviation": "What that deviation was.",
    "tried": "Number of equilibria evaluated in the search.",
    "floor_shortfall": "By how much the worst floor fails, a fraction of its level.",
}

COOPERATION = {
    "imbalance_pp": "Largest excess over the common gain among the players whose gain decides "
    "it, percentage points.",
    "rate_gap_pp": "Largest distance of a rate to what the first-order conditions imply, "
    "percentage points of tariff.",
    "first_order_gain_pp": "Common gain that moving every rate by up to 5 points would promise, "
    "percentage points.",
    "best_improvement_pp": "Best common gain found by the independent search, percentage points.",
    "tried": "Number of equilibria evaluated in the search.",
    "residual": "Largest relative error of the equilibrium.",
}

FLOOR = {
    "party": "Name of the player.",
    "constituency": "Id of the constituency with a veto.",
    "may_lose_pct": "How much of its real income it would accept to lose, per cent.",
    "real_income_pct": "Change of its real income, per cent.",
    "binds": "True if it loses as much as it would accept.",
    "multiplier": "Gain of the player's objective per unit of the constituency's income given up; "
    "zero where the floor does not bind.",
}
