"""Parley: which trade deals would both sides sign, and what is each worth to whom?

    >>> import parley
    >>> world = parley.load_world("toy")
    >>> study = parley.study("us-japan-2019")
    >>> found = parley.open_arena(world="toy").optimum("HOM", parley.Rules())
    >>> talks, reason = parley.common_ground(study)
    >>> odds = parley.assess_forecast(study)

``study`` opens a scenario by name or path (:func:`parley.files.studies.open_study`),
``load_world`` a world (:func:`parley.files.embedded.open_world`), ``open_arena`` either for
games (:func:`parley.files.arenas.open_arena`), ``common_ground`` assesses the talks of a study
(:func:`parley.deals.ground.common_ground_of`). ``calendar_of`` and ``assess_calendar`` play them on
their dates, ``assess_commitments`` weighs promises, ``assess_forecast`` gives odds, and
``claims_ledger`` reads a scenario's claims. Nothing heavy is imported until one of the
names is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parley.arena import Arena, Rules
    from parley.commitments import assess_commitments
    from parley.deals.ground import common_ground_of as common_ground
    from parley.economy import World
    from parley.errors import InputError, NotConvergedError, ParleyError
    from parley.files.arenas import open_arena
    from parley.files.embedded import open_world as load_world
    from parley.files.studies import open_study as study
    from parley.forecasts import assess_forecast
    from parley.ledger.ledger import claims_ledger
    from parley.studies import Study
    from parley.timing.assess import assess_calendar
    from parley.timing.game import calendar_of

__version__ = "0.1.0"

__all__ = [
    "Arena",
    "InputError",
    "NotConvergedError",
    "ParleyError",
    "Rules",
    "Study",
    "World",
    "__version__",
    "assess_calendar",
    "assess_commitments",
    "assess_forecast",
    "calendar_of",
    "claims_ledger",
    "common_ground",
    "load_world",
    "open_arena",
    "study",
]

_HOME = {
    "Arena": ("parley.arena", "Arena"),
    "Rules": ("parley.arena", "Rules"),
    "assess_calendar": ("parley.timing.assess", "assess_calendar"),
    "assess_commitments": ("parley.commitments", "assess_commitments"),
    "assess_forecast": ("parley.forecasts", "assess_forecast"),
    "calendar_of": ("parley.timing.game", "calendar_of"),
    "claims_ledger": ("parley.ledger.ledger", "claims_ledger"),
    "common_ground": ("parley.deals.ground", "common_ground_of"),
    "open_arena": ("parley.files.arenas", "open_arena"),
    "InputError": ("parley.errors", "InputError"),
    "NotConvergedError": ("parley.errors", "NotConvergedError"),
    "ParleyError": ("parley.errors", "ParleyError"),
    "Study": ("parley.studies", "Study"),
    "World": ("parley.economy", "World"),
    "load_world": ("parley.files.embedded", "open_world"),
    "study": ("parley.files.studies", "open_study"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'parley' has no attribute {name!r}")
    module, attribute = _HOME[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
