"""Numerical methods that know nothing of trade: Anderson iteration, Newton-Krylov."""
