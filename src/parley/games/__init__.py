"""What a government can do alone: optimal tariffs, trade wars, and their certificates.

Games see a model only through :class:`parley.equilibrium.simulator.Simulator`.
"""
