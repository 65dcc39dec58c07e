"""What happens if: general equilibrium in changes."""

from parley.equilibrium.closures import CLOSURES, Closure
from parley.equilibrium.result import Equilibrium
from parley.equilibrium.solve import purge_deficits, solve

__all__ = ["CLOSURES", "Closure", "Equilibrium", "purge_deficits", "solve"]
