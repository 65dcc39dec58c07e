"""The observed world: labels, flows, tariffs, shares, and what follows from them."""

from parley.economy.accounts import Accounts, IdentityCheck
from parley.economy.aggregation import aggregate
from parley.economy.elasticity import ElasticitySet
from parley.economy.world import AuditEntry, World

__all__ = ["Accounts", "AuditEntry", "ElasticitySet", "IdentityCheck", "World", "aggregate"]
