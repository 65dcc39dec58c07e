"""The claims of a scenario: who says what, who agrees, who contradicts, what it bears on.

It reads the scenario and computes no equilibrium, so that it starts at once.
"""
