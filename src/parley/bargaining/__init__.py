"""Together: what parties could agree on, and what they would.

Everything here works on :class:`~parley.bargaining.problem.Payoffs`, a map from the levers at
the table to the parties' payoffs with its derivatives; what stands behind it, an equilibrium
model or a textbook formula, is not its business.
"""
