"""When: a scenario's dates as a game over its packages, solved for its payoffs.

``plan`` reads the dates, ``stakes`` says what every state is worth to whom, ``game`` joins
them, ``assess`` reads the equilibrium, ``moves`` asks what a date is worth, and ``draws``
plays the game under uncertain weights and patience. ``plan`` is light: nothing is imported
here, so that a timeline can use it without the solver.
"""
