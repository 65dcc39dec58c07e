"""A forecast: outcomes by a date, the prior, every update, and what would change it most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from parley.errors import InputError
from parley.evidence.odds import Odds, update_odds
from parley.evidence.reference_classes import ReferenceClass
from parley.evidence.testimony import Testimony
from parley.forecasts.levers import Lever, claim_levers, prior_levers, ranked
from parley.forecasts.outcomes import NO_DEAL, Outcomes, outcomes_of
from parley.forecasts.prior import Prior, prior_of
from parley.forecasts.reasons import reasons_of
from parley.forecasts.replays import date_levers, setting_levers
from parley.ledger.sources import forecast_class, likelihood_ratios, reliabilities
from parley.ledger.testimonies import claim_testimony
from parley.scenario.document import Scenario
from parley.scenario.packages import Package, PackageChange
from parley.studies import Study
from parley.timing.assess import THREAT_IS_SURE
from parley.timing.draws import DRAWS, Draws, draw_games
from parley.timing.game import TalksCalendar, calendar_of

__all__ = ["ForecastAssessment", "assess_forecast"]

Told = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class ForecastAssessment:
    """A forecast and all that it is made of.

    Attributes
    ----------
    calendar
        The talks.
    by
        The day by which an outcome counts.
    outcomes, prior, odds
        Outcomes, the prior from the game, and the odds after what is said.
    testimonies
        All claims as testimony, those that bear on nothing included.
    reference, known
        The reference class used, and whether the file names a known one.
    ratios, reliability
        Likelihood ratios by stance, weights by sort of source, as used.
    overridden
        What the file sets itself instead of the class.
    reasons
        One sentence on each outcome.
    levers
        What would change the odds, most first.
    notes
        What was assumed.
    """

    calendar: TalksCalendar
    by: dt.date
    outcomes: Outcomes
    prior: Prior
    odds: Odds
    testimonies: tuple[Testimony, ...]
    reference: ReferenceClass
    known: bool
    ratios: Mapping[str, float]
    reliability: Mapping[str, float]
    overridden: tuple[str, ...]
    reasons: Mapping[str, str]
    levers: tuple[Lever, ...]
    notes: tuple[str, ...]


def assess_forecast(
    study: Study,
    *,
    calendar: TalksCalendar | None = None,
    by: dt.date | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    sample: Draws | None = None,
    deep: bool = True,
    told: Told | None = None,
) -> ForecastAssessment:
    """Return the odds over outcomes of a scenario's talks.

    Parameters
    ----------
    study
        The study.
    calendar
        The talks, where they are at hand; those of the file's forecast if None.
    by
        The day by which an outcome counts; the file's if None.
    draws, seed
        Of the sample of weights and patience.
    sample
        The sample, where it is at hand.
    deep
        Whether moved dates and other models are among what would change the odds (slower).
    told
        Told (done, total) over the draws.

    Raises
    ------
    InputError
        If no day is known, it lies before as_of, or nothing but no deal can come of the talks.
    NotConvergedError
        If an equilibrium is not proven.
    """
    scenario = study.scenario
    said = scenario.forecast
    used = calendar or calendar_of(study)
    day = by or (said.by if said is not None else None)
    if day is None:
        raise InputError.one(
            "no day is named by which an outcome counts",
            f"{scenario.filename}: forecast",
            "odds are over what happens by a date",
            'add [forecast] with talks = "..." and by = ..., or give --by',
        )
    if day < scenario.as_of:
        raise InputError.one(
            f"the day {day} lies before as_of, {scenario.as_of}",
            "--by",
            "a forecast is of what is still to come",
            "give a later day",
        )
    own = said is not None and said.talks == used.talks.id
    named = said.outcomes if said is not None and own else ()
    outcomes = outcomes_of(scenario, used, named, used.plan.years(day))
    reference, known = forecast_class(scenario)
    sigma = said.threat_is_sure if said is not None else None
    gamma = said.game_share if said is not None else None
    if sample is None:
        sample = draw_games(used, draws=draws, seed=seed, told=told)
    prior = prior_of(
        used,
        outcomes,
        sample,
        threat_is_sure=THREAT_IS_SURE if sigma is None else sigma,
        game_share=reference.game_share if gamma is None else gamma,
    )
    ratios, reliability = likelihood_ratios(scenario), reliabilities(scenario)
    heard = _with_threats(scenario, outcomes)
    testimonies = claim_testimony(heard, used.talks.id, outcomes.packages)
    odds = update_odds(prior.prior, NO_DEAL, testimonies, ratios)
    levers = prior_levers(used, prior, odds, testimonies, ratios)
    levers += claim_levers(odds, testimonies, ratios, reliability, outcomes.packages)
    if deep:
        levers += date_levers(used, prior, odds, testimonies, ratios)
        levers += setting_levers(study, used, prior, odds, testimonies, ratios)
    overridden = []
    if said is not None:
        overridden += [f"likelihood ratio of '{s}'" for s in said.likelihood_ratios]
        overridden += [f"reliability of '{s}' sources" for s in said.reliability]
        overridden += ["threat_is_sure"] if sigma is not None else []
        overridden += ["game_share"] if gamma is not None else []
    overridden += [f"reliability of '{c.id}'" for c in scenario.claims if c.reliability is not None]
    return ForecastAssessment(
        used,
        day,
        outcomes,
        prior,
        odds,
        testimonies,
        reference,
        known,
        ratios,
        reliability,
        tuple(overridden),
        reasons_of(used, prior, odds),
        ranked(levers),
        _notes(study, used, known, reference, sigma is None and sample.free is not sample.sure),
    )


def _with_threats(scenario: Scenario, outcomes: Outcomes) -> Scenario:
    """Return the scenario in which a threat that is an outcome itself is a package, too.

    What is said of the threat then bears on that outcome.
    """
    known = {p.id for p in scenario.packages}
    added = tuple(
        Package.model_construct(
            id=o.id, kind="threat", changes=(PackageChange(threat=o.id.partition(":")[2]),)
        )
        for o in outcomes.all
        if o.kind == "threat" and o.id not in known
    )
    return scenario.model_copy(update={"packages": (*scenario.packages, *added)})


def _notes(
    study: Study,
    calendar: TalksCalendar,
    known: bool,
    reference: ReferenceClass,
    assumed: bool,
) -> tuple[str, ...]:
    notes = list(calendar.notes)
    said = study.scenario.forecast
    if not known:
        named = said.reference_class if said is not None else None
        why = f"'{named}' is no reference class" if named else "no reference class is named"
        notes.append(f"{why}: the defaults of '{reference.id}' are used")
    if assumed:
        notes.append(
            f"that the threat is sure is given {100 * THREAT_IS_SURE:.0f} %: nothing is known of it"
        )
    notes.append("likelihood ratios, weights of sources and the share of the game are judgement")
    return tuple(notes)
