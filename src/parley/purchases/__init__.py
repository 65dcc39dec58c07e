"""Purchases of goods in general equilibrium: amounts, pushes of two kinds, and what is made."""
