r"""Commitments: what a promise is worth to each side, what keeps it, and promises to buy.

A promise is kept if breaking it brings its author no more until the breach is answered than
the answer takes back afterwards,

.. math:: (1-\delta^\ell)(G^D - G^C) \le \delta^\ell (G^C - G^N),

with G the flow of real income or of political welfare while all comply (C), while the breach
is unanswered (D), and once it is answered (N); see :mod:`parley.games.self_enforcement`. A
promise to buy is met in general equilibrium, by a subsidy or by a costless shift of taste.
"""

from parley.commitments.assess import (
    CommitmentResult,
    CommitmentsAssessment,
    assess_commitments,
)
from parley.commitments.breach import BreachCase, breach_cases
from parley.commitments.conditions import ConditionFound, Standing, standing_of
from parley.commitments.numbers import NumbersResult, conflicting_numbers
from parley.commitments.purchases import PurchaseResult, assess_purchase
from parley.commitments.push import PurchaseOutcome
from parley.commitments.worth import CaseWorth, Enforcement, SideWorth, worth_of

__all__ = [
    "BreachCase",
    "CaseWorth",
    "CommitmentResult",
    "CommitmentsAssessment",
    "ConditionFound",
    "Enforcement",
    "NumbersResult",
    "PurchaseOutcome",
    "PurchaseResult",
    "SideWorth",
    "Standing",
    "assess_commitments",
    "assess_purchase",
    "breach_cases",
    "conflicting_numbers",
    "standing_of",
    "worth_of",
]
