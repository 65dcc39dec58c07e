"""Forecasts: outcomes of an end, the prior by hand, odds, what would change them, rules of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from math import exp, inf, log

import numpy as np
import pytest

from parley.calendar.game import End
from parley.errors import InputError
from parley.evidence.odds import normalised, update_odds
from parley.forecasts import ForecastAssessment, assess_forecast
from parley.forecasts.levers import Lever
from parley.forecasts.outcomes import NO_DEAL, OTHER_DEAL, Outcomes, outcomes_of
from parley.forecasts.prior import mixed_prior, prior_of
from parley.forecasts.replays import other_settings
from parley.report.forecast import forecast_document
from parley.report.forecast_text import forecast_page
from parley.timing.draws import draw_games
from parley.timing.game import TalksCalendar, calendar_of
from tests.unit.toy_calendar import DEADLINE, calendar, edited, event, planted, study, years

BY = dt.date(2020, 12, 31)
SOURCE = '\n[[source]]\nid = "paper"\npublished = 2019-12-20\n'
FORECAST = '\n[forecast]\ntalks = "main"\nby = 2020-12-31\nreference_class = "public statements"\n'
NO_THREAT = (
    'when = { talks = "main", is = "failed" }',
    'when = { event = "spring", is = "happened" }',
)
EXIT = (DEADLINE, 'ends_by = "exit"\n')
HAZARD = (DEADLINE, 'ends_by = "hazard"\nhazard_per_year = 0.5\n')
QUIET = ('breakdown = "hit"\n', "")


def claim(name: str, about: str, stance: str, *fields: str, named: bool = True) -> str:
    who = f'{{ role = "{name} speaks", named = {str(named).lower()} }}'
    return "\n".join(["", "[[claim]]", f'id = "{name}"', f"speaker = {who}", 'source = "paper"',
                      f'about = "{about}"', f'stance = "{stance}"', *fields, ""])  # fmt: skip


CLAIMS = (
    SOURCE
    + claim("near", "package:part", "supports", "on_record = true")
    + claim("far", "package:part", "denies", named=False)
    + claim("soon", "threat:levy", "asserts")
    + claim("mum", "package:whole", "no-comment")
)


@pytest.fixture(scope="module")
def small() -> TalksCalendar:
    return calendar()


@pytest.fixture(scope="module")
def told() -> ForecastAssessment:
    return assess_forecast(study(edited(more=FORECAST + CLAIMS)), draws=64, seed=5)


def forecast(*pairs: tuple[str, str], more: str = "", draws: int = 8) -> ForecastAssessment:
    return assess_forecast(study(edited(*pairs, more=more)), draws=draws, deep=False)


def outcomes(found: TalksCalendar, *named: str, by: str = "2020-12-31") -> Outcomes:
    return outcomes_of(found.stakes.study.scenario, found, named, years(by))


def lever(found: ForecastAssessment, what: str) -> Lever:
    return next(x for x in found.levers if x.what == what)


def close(found: object, expected: object, within: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=0, atol=within)


# --- outcomes ------------------------------------------------------------------------------------


def test_outcomes_are_the_table_the_breakdown_and_no_deal(small: TalksCalendar) -> None:
    found = outcomes(small)
    assert [(o.id, o.kind) for o in found.all] == [
        ("part", "deal"),
        ("whole", "deal"),
        ("hit", "threat"),
        (NO_DEAL, "no-deal"),
    ]
    assert (found.packages, found.falls) == (("part", "whole", "hit"), {"hit": "hit"})


def test_a_deal_that_is_not_named_is_another_deal(small: TalksCalendar) -> None:
    found = outcomes(small, "whole", "hit")
    assert found.ids == ("whole", "hit", OTHER_DEAL, NO_DEAL)
    ends = [(0.3, End("deal", 0, 0.1, 0.1)), (0.7, End("deal", 1, 0.1, 0.1))]
    assert found.chances(small, ends) == {"whole": 0.7, "hit": 0.0, OTHER_DEAL: 0.3, NO_DEAL: 0.0}
    assert outcomes(small, "part", "whole").ids == ("part", "whole", "hit", NO_DEAL)


def test_every_end_belongs_to_exactly_one_outcome(small: TalksCalendar) -> None:
    found = outcomes(small)
    late = years("2021-01-01")
    ends = [
        End("deal", 0, 0.2, 0.4),
        End("deal", 1, late, late),
        End("deal", 1, years("2020-12-31"), late),  # signed by the day, in force after it
        End("breakdown", 3, 0.5, 0.5),
        End("breakdown", 3, late, late),
        End("no-deal", 2, 0.0, inf),
    ]
    placed = []
    for end in ends:
        chances = found.chances(small, [(1.0, end)])
        assert sum(chances.values()) == 1.0
        placed.append(next(name for name, p in chances.items() if p == 1.0))
    assert placed == ["part", NO_DEAL, "whole", "hit", NO_DEAL, NO_DEAL]


def test_breakdown_at_a_rate_comes_by_the_day_in_closed_form() -> None:
    found = calendar(HAZARD, NO_THREAT)
    by = years("2020-12-31")
    kinds = outcomes(found)
    for start, until in ((0.0, 0.25), (0.25, inf), (0.5, 4.0), (2.0, inf)):
        end = End("hazard", 3, start, start, until=until)
        chances = kinds.chances(found, [(1.0, end)])
        passed = max(min(by, until) - start, 0.0)
        whole = 1.0 if until == inf else 1.0 - exp(-0.5 * (until - start))
        share = (1.0 - exp(-0.5 * passed)) / whole
        assert chances["hit"] == pytest.approx(share)
        assert chances[NO_DEAL] == pytest.approx(1.0 - share)
    played = planted(found, part=(-1.0, -1.0), hit=(-1.0, -1.0))
    chances = kinds.chances(played, played.play(played.game()).ends)
    assert chances["hit"] == pytest.approx(1.0 - exp(-0.5 * by))


def test_what_a_deadline_brings_is_the_breakdown() -> None:
    lower = """
[[package]]
id = "both"
kind = "threat"
talks = "main"
changes = [{ threat = "levy", rate = 0.1 }]
"""
    found = calendar(more=lower)
    kinds = outcomes(found, "part", "both")
    assert kinds.ids == ("part", "both", OTHER_DEAL, NO_DEAL)
    assert kinds.falls == {"hit": "both"}  # the same threat
    assert kinds.chances(found, [(1.0, End("breakdown", 3, 0.5, 0.5))])["both"] == 1.0


def test_leaving_for_something_else_is_no_deal() -> None:
    options = """
[[outside_option]]
id = "sum"
party = "FOR"
value_usd_bn = 1.0
[[outside_option]]
id = "alone"
party = "HOM"
package = "whole"
[[outside_option]]
id = "quiet"
party = "HOM"
package = "status-quo"
"""
    found = calendar(EXIT, NO_THREAT, more=options)
    kinds, keys = outcomes(found), found.stakes.states.keys
    placed = {}
    for exit_ in found.game().exits:
        chances = kinds.chances(found, [(1.0, End("exit", exit_.state, 0.1, 0.1))])
        placed[keys[exit_.state]] = next(name for name, p in chances.items() if p == 1.0)
    assert placed == {"exit:sum": NO_DEAL, "whole": NO_DEAL, "status-quo": NO_DEAL}
    plain = calendar(EXIT, NO_THREAT)
    end = End("exit", plain.stakes.states.falls, 0.1, 0.1)
    assert outcomes(plain).chances(plain, [(1.0, end)])["hit"] == 1.0


def test_talks_that_can_only_end_without_a_deal_have_no_odds() -> None:
    found = calendar(talks="side")
    with pytest.raises(InputError, match="nothing can come of the talks 'side' but no deal"):
        outcomes(found)


def test_a_threat_that_is_no_package_is_an_outcome_on_which_claims_bear() -> None:
    found = forecast(EXIT, QUIET, more=FORECAST + CLAIMS)
    assert [(o.id, o.label, o.kind) for o in found.outcomes.all] == [
        ("part", "part", "deal"),
        ("whole", "whole", "deal"),
        ("threat:levy", "levy", "threat"),
        (NO_DEAL, "no deal by the date", "no-deal"),
    ]
    (step,) = [u for u in found.odds.updates if u.outcome == "threat:levy"]
    assert (step.claim, step.direction) == ("soon", 1)
    assert len(found.calendar.stakes.study.scenario.packages) == 3


# --- the prior -----------------------------------------------------------------------------------


def test_the_prior_is_the_smoothed_frequency_mixed_with_an_even_spread() -> None:
    mixed = mixed_prior(np.array([0.75, 0.25, 0.0, 0.0]), 4, 0.6)
    smooth = np.array([3.5, 1.5, 0.5, 0.5]) / 6.0
    close(mixed, 0.6 * smooth + 0.4 / 4)
    close(mixed_prior(np.array([1.0, 0.0]), 1, 1.0), (0.75, 0.25))
    close(mixed_prior(np.array([1.0, 0.0]), 1, 0.0), (0.5, 0.5))


def test_the_prior_by_hand(told: ForecastAssessment) -> None:
    prior, found = told.prior, told.calendar
    draws = draw_games(found, draws=64, seed=5)
    rows = []
    for sure, free in zip(draws.sure, draws.free, strict=True):
        one, other = (told.outcomes.chances(found, ends) for ends in (sure, free))
        rows.append([0.5 * one[i] + 0.5 * other[i] for i in told.outcomes.ids])
    table = np.array(rows)
    close(prior.by_draw, table)
    close(table.sum(axis=1), 1.0)
    smooth = (table.sum(axis=0) + 0.5) / (64 + 0.5 * 4)
    by_hand = dict(zip(told.outcomes.ids, 0.75 * smooth + 0.25 / 4, strict=True))
    assert (prior.threat_is_sure, prior.game_share) == (0.5, 0.75)
    for name in told.outcomes.ids:
        assert prior.prior[name] == pytest.approx(by_hand[name], abs=1e-12)
        both = 0.5 * prior.sure[name] + 0.5 * prior.free[name]
        assert prior.game[name] == pytest.approx(both, abs=1e-12)
    assert sum(prior.prior.values()) == pytest.approx(1.0, abs=1e-12)


def test_how_sure_the_threat_is_weighs_both_games(told: ForecastAssessment) -> None:
    for sigma, game in ((1.0, told.prior.sure), (0.0, told.prior.free)):
        found = prior_of(told.calendar, told.outcomes, told.prior.draws, threat_is_sure=sigma,
                         game_share=1.0)  # fmt: skip
        assert found.game == pytest.approx(game)
        for name, p in found.prior.items():
            assert p == pytest.approx((64 * game[name] + 0.5) / 66)
    assert told.prior.sure != told.prior.free


# --- odds ----------------------------------------------------------------------------------------


def test_odds_sum_to_one_and_steps_add_up(told: ForecastAssessment) -> None:
    odds = told.odds
    assert sum(odds.prior.values()) == pytest.approx(1.0, abs=1e-12)
    assert sum(odds.posterior.values()) == pytest.approx(1.0, abs=1e-12)
    assert odds.prior == told.prior.prior
    # Of public statements: supports 1.6, denies 0.65, asserts 1.3; on record 0.75, anonymous
    # 0.5, named 0.6.
    by_hand = {"part": 0.75 * log(1.6) + 0.5 * log(0.65), "whole": 0.0, "hit": 0.6 * log(1.3)}
    for name, step in by_hand.items():
        steps = [u.log_odds_step for u in odds.updates if u.outcome == name]
        assert sum(steps) == pytest.approx(step)
        moved = log(odds.posterior[name] / odds.posterior[NO_DEAL])
        assert moved == pytest.approx(log(odds.prior[name] / odds.prior[NO_DEAL]) + step)
    assert [u.claim for u in odds.updates] == ["near", "far", "soon"]
    assert [t.claim for t in told.testimonies] == ["near", "far", "soon", "mum"]


def test_reasons_say_where_the_odds_are_from(told: ForecastAssessment) -> None:
    assert set(told.reasons) == set(told.outcomes.ids)
    assert "1 claim for and 1 against raise its odds" in told.reasons["part"]
    assert "'near' most" in told.reasons["part"]
    assert "no claim bears on it" in told.reasons["whole"]
    assert "if the threat is sure" in told.reasons["hit"]
    assert "claims on the others lower it" in told.reasons[NO_DEAL]


def test_reasons_mention_vetoes() -> None:
    veto = ('weight = { value = 2.0, low = 1.0, high = 4.0 }',
            'weight = { value = 2.0, low = 1.0, high = 4.0 }\nveto = { loses_more_than = 0.08 }'
            )  # fmt: skip
    line = '[[red_line]]\nid = "no"\nparty = "HOM"\nrefuses = "part"\n'
    found = forecast(veto, more=FORECAST + line)
    assert "the game never comes to it, as for-food (FOR) veto it:" in found.reasons["whole"]
    assert "as HOM's red line 'no': it refuses this package" in found.reasons["part"]
    assert found.prior.game["whole"] == found.prior.game["part"] == 0.0
    floor = 0.75 * 0.5 / (8 + 2) + 0.25 / 4
    assert found.prior.prior["whole"] == pytest.approx(floor)


# --- what would change them ----------------------------------------------------------------------


def test_a_claim_withdrawn_by_hand(told: ForecastAssessment) -> None:
    found = lever(told, "'near' is withdrawn")
    logs = {name: log(p) for name, p in told.odds.posterior.items()}
    logs["part"] -= 0.75 * log(1.6)
    by_hand = normalised(logs)
    assert found.odds == pytest.approx(by_hand)
    assert (found.kind, found.outcome) == ("claim", "part")
    assert found.before == told.odds.posterior["part"]
    assert found.after == pytest.approx(by_hand["part"])
    assert found.change < 0


def test_a_source_that_goes_on_record_counts_more(told: ForecastAssessment) -> None:
    found = lever(told, "who says 'far' goes on record")
    logs = {name: log(p) for name, p in told.odds.posterior.items()}
    logs["part"] += (0.75 - 0.5) * log(0.65)
    assert found.odds == pytest.approx(normalised(logs))
    new = lever(told, "a party denies 'whole' on record")
    logs = {name: log(p) for name, p in told.odds.posterior.items()}
    logs["whole"] += 0.75 * log(0.65)
    assert new.odds == pytest.approx(normalised(logs))
    assert not [x for x in told.levers if "goes on record" in x.what and "'near'" in x.what]


def test_the_threats_resolve_is_a_lever(told: ForecastAssessment) -> None:
    what = "the threat is sure to be carried out if nobody puts it off"
    sure = prior_of(told.calendar, told.outcomes, told.prior.draws, threat_is_sure=1.0,
                    game_share=0.75)  # fmt: skip
    by_hand = update_odds(sure.prior, NO_DEAL, told.testimonies, told.ratios).posterior
    assert lever(told, what).odds == pytest.approx(by_hand)


def test_an_unknown_is_split_at_its_median(told: ForecastAssessment) -> None:
    column = told.prior.draws.values[:, 1]
    middle = float(np.median(column))
    half = told.prior.by_draw[column <= middle]
    assert len(half) == 32
    row = mixed_prior(half.mean(axis=0), 64, 0.75)
    prior = dict(zip(told.outcomes.ids, row, strict=True))
    by_hand = update_odds(prior, NO_DEAL, told.testimonies, told.ratios).posterior
    assert lever(told, f"weight of for-food is at most {middle:.3g}").odds == pytest.approx(by_hand)


def test_what_the_game_does_not_depend_on_is_no_lever() -> None:
    found = planted(calendar(NO_THREAT), part=(1.0, 1.0))
    told = assess_forecast(found.stakes.study, calendar=found, by=BY, draws=8, deep=False)
    assert set(told.prior.game.values()) == {0.0, 1.0}
    assert not [x for x in told.levers if x.kind in ("unknown", "threat")]


def test_moved_dates_give_odds(told: ForecastAssessment) -> None:
    gone = lever(told, "'spring' does not take place")
    assert gone.kind == "date"
    odds = {}
    for dates in (told.calendar.plan, told.calendar.plan.without("spring")):
        draws = draw_games(told.calendar, draws=32, seed=5, plan=dates)
        prior = prior_of(told.calendar, told.outcomes, draws, threat_is_sure=0.5, game_share=0.75)
        found = update_odds(prior.prior, NO_DEAL, told.testimonies, told.ratios)
        odds[len(dates.rounds)] = found.posterior
    base = told.odds.posterior
    assert gone.odds == pytest.approx({o: p + odds[0][o] - odds[1][o] for o, p in base.items()})
    assert gone.odds["part"] < base["part"]
    held = [x for x in told.levers if x.kind == "date"]
    assert {x.what.split("'")[1] for x in held} <= {"spring", "levy-day"}


def test_other_settings_differ_in_one_choice() -> None:
    others = '{ closure = ["zero"], elasticity = ["mixed"], family = ["ossa"] }'
    tried = ('"uniform-4" }', f'"uniform-4", alternatives = {others} }}')
    own = study(edited(tried))
    settings = dict(other_settings(own))
    assert set(settings) >= {"closure zero", "elasticities mixed", "model ossa"}
    assert own.setting not in settings.values()
    ossa, mixed = settings["model ossa"], settings["elasticities mixed"]
    assert (ossa.model, ossa.closure, ossa.elasticity) == ("ossa", "world-share", "uniform-4")
    assert (mixed.model, mixed.closure) == (own.setting.model, own.setting.closure)


def test_another_setting_gives_odds() -> None:
    tried = ('"uniform-4" }', '"uniform-4", alternatives = { elasticity = ["mixed"] } }')
    own = study(edited(tried, more=FORECAST + CLAIMS))
    found = assess_forecast(own, draws=8, seed=5)
    mixed = dict(other_settings(own))["elasticities mixed"]
    other = assess_forecast(replace(own, setting=mixed), draws=8, seed=5, deep=False)
    assert lever(found, "elasticities mixed").kind == "model"
    assert lever(found, "elasticities mixed").odds == pytest.approx(other.odds.posterior)


def test_every_lever_is_a_distribution() -> None:
    # The small samples of moved dates differ from the large one; odds stay odds all the same.
    share = FORECAST + "game_share = 1.0\nthreat_is_sure = 0.9\n"
    found = assess_forecast(study(edited(more=share)), draws=256, seed=1)
    assert {x.kind for x in found.levers} >= {"date", "unknown", "threat", "statement"}
    for x in found.levers:
        assert sum(x.odds.values()) == pytest.approx(1.0)
        assert min(x.odds.values()) >= 0.0
        assert x.before == found.odds.posterior[x.outcome]
        assert x.after == x.odds[x.outcome]
    changes = [abs(x.change) for x in found.levers]
    assert changes == sorted(changes, reverse=True)
    assert min(changes) > 5e-4


# --- what the file says, and rules of time -------------------------------------------------------


def test_the_file_overrides_the_class() -> None:
    own = FORECAST.replace("public statements", "general") + (
        "likelihood_ratios = { supports = 3.0 }\nreliability = { named = 0.2 }\n"
        "game_share = 0.4\nthreat_is_sure = 0.8\n"
    )
    claims = SOURCE + claim("near", "package:part", "supports", "reliability = 0.9")
    found = forecast(more=own + claims)
    assert found.ratios["supports"] == 3.0
    assert found.reliability["named"] == 0.2
    assert (found.prior.game_share, found.prior.threat_is_sure) == (0.4, 0.8)
    assert found.overridden == (
        "likelihood ratio of 'supports'",
        "reliability of 'named' sources",
        "threat_is_sure",
        "game_share",
        "reliability of 'near'",
    )
    assert found.odds.updates[0].log_odds_step == pytest.approx(0.9 * log(3.0))
    assert not any("nothing is known of it" in n for n in found.notes)
    plain = forecast(more=FORECAST)
    assert plain.overridden == ()
    assert any("given 50 %: nothing is known of it" in n for n in plain.notes)
    assert not any("nothing is known" in n for n in forecast(NO_THREAT, QUIET, more=FORECAST).notes)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ('reference_class = "rumours"\n', "'rumours' is no reference class"),
        ("", "no reference class is named"),
    ],
)
def test_a_class_that_is_not_known_is_noted(named: str, said: str) -> None:
    found = forecast(more=FORECAST.replace('reference_class = "public statements"\n', named))
    assert (found.reference.id, found.known) == ("general", False)
    assert f"{said}: the defaults of 'general' are used" in found.notes
    known = forecast(more=FORECAST)
    assert (known.reference.id, known.known) == ("public statements", True)
    assert not any("reference class" in n for n in known.notes)


def test_without_a_forecast_a_day_is_asked_for() -> None:
    with pytest.raises(InputError, match="no day is named") as caught:
        assess_forecast(study(), draws=2)
    (problem,) = caught.value.problems
    assert problem.where == "scenario.toml: forecast"
    assert "--by" in problem.do
    found = assess_forecast(study(), by=BY, draws=2, deep=False)
    assert (found.by, found.outcomes.ids) == (BY, ("part", "whole", "hit", NO_DEAL))


def test_no_day_before_as_of() -> None:
    with pytest.raises(InputError, match="lies before as_of, 2020-01-01"):
        assess_forecast(study(), by=dt.date(2019, 12, 31), draws=2)
    today = assess_forecast(study(), by=dt.date(2020, 1, 1), draws=2, deep=False)
    assert today.prior.game[NO_DEAL] == 1.0
    with pytest.raises(InputError, match="before as_of"):
        study(edited(more=FORECAST.replace("2020-12-31", "2019-12-31")))


def test_nothing_later_than_as_of_enters() -> None:
    late = claim("near", "package:part", "supports", "date = 2020-01-02")
    with pytest.raises(InputError, match="after as_of"):
        study(edited(more=FORECAST + SOURCE + late))
    source = SOURCE.replace("2019-12-20", "2020-01-02")
    with pytest.raises(InputError, match="after as_of"):
        study(edited(more=FORECAST + source + claim("near", "package:part", "supports")))
    over = event("winter", "2019-12-10", "meeting", 'talks = "main"', 'outcome = "nothing"')
    found = forecast(more=FORECAST + over)
    assert [r.id for r in found.calendar.plan.rounds] == ["spring"]


def test_the_day_decides_what_counts(told: ForecastAssessment) -> None:
    early = assess_forecast(told.calendar.stakes.study, by=dt.date(2020, 3, 31), draws=16,
                            deep=False)  # fmt: skip
    assert early.prior.game[NO_DEAL] == 1.0
    signed = assess_forecast(told.calendar.stakes.study, by=dt.date(2020, 4, 1), draws=16,
                             deep=False)  # fmt: skip
    assert signed.prior.game["part"] > 0.0
    assert signed.prior.game["hit"] == 0.0


def test_other_talks_than_the_forecasts_have_their_own_table() -> None:
    own = study(edited(EXIT, more=FORECAST.replace("by =", 'outcomes = ["part"]\nby =')))
    assert assess_forecast(own, draws=2, deep=False).outcomes.ids == (
        "part", "hit", OTHER_DEAL, NO_DEAL,
    )  # fmt: skip
    with pytest.raises(InputError, match="nothing can come of the talks 'side'"):
        assess_forecast(own, calendar=calendar_of(own, "side"), draws=2)


def test_a_page_says_of_the_threat_only_where_there_is_one(told: ForecastAssessment) -> None:
    def page(found: ForecastAssessment) -> str:
        return "\n".join(line for _, line in forecast_page(forecast_document(found)))

    assert "the threat is sure with 50 %" in page(told)
    assert "\n  no bearing" in page(told)
    peace = forecast(NO_THREAT, QUIET, more=FORECAST + CLAIMS)
    assert forecast_document(peace)["threat_is_sure"] is None
    assert "the threat is sure" not in page(peace)
