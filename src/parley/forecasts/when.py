"""When, and who says so: calendar, commitments, odds and claims of one study together.

Each part has its figures or a reason why there are none; nothing that is missing is silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parley.commitments import CommitmentsAssessment, assess_commitments
from parley.errors import InputError, NotConvergedError
from parley.forecasts.assess import ForecastAssessment, assess_forecast
from parley.ledger.ledger import Ledger, claims_ledger
from parley.studies import Study
from parley.timing.assess import CalendarAssessment, assess_calendar
from parley.timing.draws import DRAWS, draw_games
from parley.timing.game import calendar_of

__all__ = ["WhenAssessment", "when_of"]

Told = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class WhenAssessment:
    """The parts, None where the scenario has none or nothing could be computed.

    ``missing`` are (part, reason).
    """

    calendar: CalendarAssessment | None
    commitments: CommitmentsAssessment | None
    forecast: ForecastAssessment | None
    ledger: Ledger | None
    missing: tuple[tuple[str, str], ...]


def when_of(study: Study, *, full: bool = False, told: Told | None = None) -> WhenAssessment:
    """Return calendar, commitments, odds and claims of a study.

    Parameters
    ----------
    study
        The study, in its main setting.
    full
        Whether moved dates and other models are among what would change the odds (slower).
    told
        Told (done, total) over the draws of the game.
    """
    scenario = study.scenario
    missing: list[tuple[str, str]] = []

    def lost(part: str, error: InputError | NotConvergedError) -> None:
        missing.append((part, str(error).splitlines()[0]))

    calendar = commitments = forecast = sample = None
    if not scenario.talks:
        missing.append(("calendar", "the scenario has no talks"))
    else:
        try:
            talks = calendar_of(study)
            sample = draw_games(talks, draws=DRAWS, told=told)
            calendar = assess_calendar(talks, draws=sample)
        except (InputError, NotConvergedError) as error:
            lost("calendar", error)
    if scenario.commitments or any(t.base_usd_bn for t in scenario.threats):
        try:
            commitments = assess_commitments(study)
        except (InputError, NotConvergedError) as error:
            lost("commitments", error)
    if scenario.forecast is None:
        missing.append(("odds", "the file has no [forecast] that says of what, and by when"))
    elif calendar is not None:
        try:
            forecast = assess_forecast(study, calendar=calendar.calendar, sample=sample, deep=full)
        except (InputError, NotConvergedError) as error:
            lost("odds", error)
    ledger = claims_ledger(scenario) if scenario.claims else None
    return WhenAssessment(calendar, commitments, forecast, ledger, tuple(missing))
