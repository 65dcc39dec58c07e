"""Who says so: how far testimony moves odds over outcomes, and how a forecast is scored.

Everything here is arithmetic on stances, weights and probabilities; where the claims come
from, and what they are about, is not its business.
"""
