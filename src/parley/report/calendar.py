"""The calendar of some talks as a document: dates, stakes, equilibria, dates moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parley.report.document import document_head
from parley.report.limits import constituencies_show
from parley.studies import STATUS_QUO
from parley.timing.assess import CalendarAssessment
from parley.timing.moves import DateMove
from parley.timing.plan import Ahead
from parley.timing.reading import EndChance, Reading, Step, close_calls, end_words

__all__ = ["calendar_csv_tables", "calendar_document", "calendar_part"]

Array = NDArray[np.float64]
Row = dict[str, Any]


def calendar_document(found: CalendarAssessment) -> dict[str, Any]:
    """Return the calendar of some talks as a JSON-ready document."""
    study = found.calendar.stakes.study
    scenario = study.scenario
    against = f"status quo of {scenario.as_of.isoformat()}"
    base = study.equilibrium(STATUS_QUO)
    return {
        **document_head(study.world, base, list(study.solutions()), against, "calendar"),
        "scenario": scenario.id or scenario.filename,
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "income_usd_bn": _by_party(found, found.calendar.stakes.income(None)),
        "calendar": calendar_part(found),
    }


def calendar_part(found: CalendarAssessment) -> dict[str, Any]:
    """Return what the calendar of some talks says, for a document of its own or a brief."""
    calendar = found.calendar
    plan, stakes = calendar.plan, calendar.stakes
    return {
        "talks": calendar.talks.id,
        "label": calendar.talks.label or calendar.talks.id,
        "parties": list(calendar.parties),
        "objective": calendar.objective,
        "weighted": stakes.weighted,
        "offers": calendar.offers,
        "first_proposer": None if calendar.first is None else calendar.parties[calendar.first],
        "hazard_per_year": calendar.hazard,
        "ratification_days": calendar.lag_days,
        "ratification_of": calendar.lag_party or None,
        "side_payment_usd_bn": calendar.transfer_cap,
        "discount_per_year": {
            p: {"value": float(d), "assumed": p in stakes.assumed}
            for p, d in zip(calendar.parties, stakes.discount, strict=True)
        },
        "rounds": [{**_ahead(r), "proposer": r.proposer} for r in plan.rounds],
        "deadlines": [
            {
                **_ahead(d),
                "threat": d.threat or None,
                "owner": d.owner,
                "together": d.together or d.owner is None,
                "extends_days": d.extends_days,
                "extensions": d.extensions,
                "earliest": _iso(d.earliest),
                "brings": stakes.states.keys[stakes.states.own.get(d.threat, stakes.states.falls)],
            }
            for d in plan.deadlines
        ],
        "gates": [
            {**_ahead(g), "concessions_by": g.party, "constituency": g.constituency}
            for g in plan.gates
        ],
        "reweights": [
            {
                **_ahead(r),
                "constituency": r.constituency,
                "factor": r.factor,
                "fades_per_year": r.fades_per_year,
            }
            for r in (plan.reweights if stakes.weighted else ())
        ],
        "exits": [
            {
                "party": calendar.parties[party],
                "state": stakes.states.keys[state],
                "option": option or None,
                "from": plan.date(since).isoformat(),
            }
            for party, state, option, since in stakes.states.exits
            if calendar.ends_by(party)
        ],
        "states": _states(found),
        "equilibria": [
            _reading(found, "none" if found.free is None else "sure", found.sure),
            *([] if found.free is None else [_reading(found, "free", found.free)]),
        ],
        "hangs_on_belief": found.hangs_on_belief,
        "spread": _spread(found),
        "date_moves": [_move(found, m) for m in found.moves],
        "holdout": _holdout(found),
        "notes": [*calendar.notes, *_about_weights(found)],
    }


def _about_weights(found: CalendarAssessment) -> list[str]:
    """Return what political weights count in this model family, where there are any."""
    stakes = found.calendar.stakes
    if not stakes.weighted:
        return []
    shown = constituencies_show(stakes.study.equilibrium(STATUS_QUO).model)
    return [f"weights count the {shown} of a constituency's sectors"] + (
        ["labour moves freely between sectors, so that is where activity goes, not what is earned"]
        if shown.startswith("activity")
        else []
    )


def _iso(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()


def _ahead(entry: Ahead) -> Row:
    window = None if entry.window is None else [d.isoformat() for d in entry.window]
    return {
        "id": entry.id,
        "label": entry.label,
        "date": entry.date.isoformat(),
        "window": window,
    }


def _by_party(found: CalendarAssessment, values: Array) -> dict[str, float]:
    return {p: float(v) for p, v in zip(found.calendar.parties, values, strict=True)}


def _states(found: CalendarAssessment) -> list[Row]:
    stakes = found.calendar.stakes
    states = stakes.states
    return [
        {
            "id": key,
            "label": label,
            "on_the_table": k < states.packages,
            "worth_usd_bn": _by_party(found, found.values[k]),
            "real_income_usd_bn": _by_party(found, found.real[k]),
            "in_full": _in_full(found, k),
            "closed_by": list(stakes.closed.get(key, ())) if k < states.packages else [],
        }
        for k, (key, label) in enumerate(zip(states.keys, states.labels, strict=True))
    ]


def _in_full(found: CalendarAssessment, state: int) -> Row | None:
    """Return a state with all of it in force, and stage by stage; None for one without stages."""
    course = found.calendar.stakes.courses[state]
    if len(course) == 1:
        return None
    return {
        "worth_usd_bn": _by_party(found, found.full[0][state]),
        "real_income_usd_bn": _by_party(found, found.full[1][state]),
        "stages": [
            {
                "since_years": since,
                "worth_usd_bn": _by_party(found, found.staged[0][stage]),
                "real_income_usd_bn": _by_party(found, found.staged[1][stage]),
            }
            for since, stage in course
        ],
    }


def _reading(found: CalendarAssessment, threat: str, reading: Reading) -> Row:
    return {
        "threat": threat,
        "worth_usd_bn": _by_party(found, reading.worth),
        "by_first_proposer": [
            {
                "first": first or None,
                "probability": chance,
                "worth_usd_bn": _by_party(found, worth),
            }
            for first, chance, worth in reading.by_first
        ],
        "agreement_probability": reading.agreement,
        "likeliest": end_words(reading.likely),
        "ends": [_end(found, e) for e in reading.ends],
        "close_calls": [
            {"party": c.party, "step": c.step, "package": c.package, "gain_usd_bn": c.gain}
            for c in close_calls(found.calendar, reading, found.values)
        ],
        "steps": [_step(found, s) for s in reading.steps],
    }


def _spread(found: CalendarAssessment) -> Row | None:
    spread = found.spread
    if spread is None:
        return None
    return {
        "draws": spread.draws,
        "seed": spread.seed,
        "threat_is_sure": None if found.free is None else spread.threat_is_sure,
        "ends": [_end(found, e) for e in spread.ends],
    }


def _end(found: CalendarAssessment, end: EndChance) -> Row:
    return {
        "kind": end.kind,
        "state": end.state,
        "label": end.label,
        "by": end.by or None,
        "date": _iso(end.date),
        "in_force": _iso(end.in_force),
        "side_payments_usd_bn": (
            _by_party(found, np.array(end.transfer)) if end.transfer else None
        ),
        "probability": end.probability,
    }


def _step(found: CalendarAssessment, step: Step) -> Row:
    return {
        "id": step.id,
        "label": step.label,
        "kind": step.kind,
        "date": step.date.isoformat(),
        "first_proposer": step.first or None,
        "proposer": step.proposer or None,
        "reached_probability": step.chance,
        "put_off": step.put_off,
        "lapsed": step.lapsed,
        "waiting_usd_bn": _by_party(found, step.waiting),
        "agreed": step.agreed or None,
        "agreed_usd_bn": None if step.worth is None else _by_party(found, step.worth),
        "value_of_waiting_usd_bn": _of_waiting(found, step),
        "offers": [
            {
                "package": o.package,
                "worth_usd_bn": None if o.worth is None else _by_party(found, o.worth),
                "refused_by": list(o.against),
                "closed_by": o.shut or None,
            }
            for o in step.offers
        ],
        "move": step.move or None,
        "owner": step.owner or None,
        "choices": [
            {"move": name, "worth_usd_bn": _by_party(found, worth)} for name, worth in step.choices
        ],
        "exited": step.exited or None,
        "waits": [
            {"party": w.party, "for": w.waits_for, "gain_usd_bn": w.gain} for w in step.waits
        ],
    }


def _of_waiting(found: CalendarAssessment, step: Step) -> dict[str, float] | None:
    """Return what waiting past a round is worth over the deal signed, or the best on offer."""
    if step.kind != "round":
        return None
    if step.worth is not None:
        return _by_party(found, step.waiting - step.worth)
    open_ = [o.worth for o in step.offers if o.worth is not None]
    if not open_:
        return None
    return _by_party(found, step.waiting - np.max(open_, axis=0))


def _move(found: CalendarAssessment, move: DateMove) -> Row:
    return {
        "event": move.event,
        "label": move.label,
        "how": move.how,
        "date": _iso(move.date),
        "change_usd_bn": _by_party(found, move.change),
        "likeliest": end_words(move.likely),
        "agreement_probability": move.agreement,
        "changes_outcome": move.shifts,
    }


def _holdout(found: CalendarAssessment) -> Row | None:
    h = found.holdout
    if h is None:
        return None
    parties = found.calendar.parties
    return {
        "wants": dict(zip(parties, h.wants, strict=True)),
        "wins_usd_bn": dict(zip(parties, h.win, strict=True)),
        "gives_in_usd_bn": dict(zip(parties, h.lose, strict=True)),
        "gives_in_per_year": dict(zip(parties, h.standoff.gives_in, strict=True)),
        "mean_years": h.standoff.mean_years,
    }


def calendar_csv_tables(part: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return tidy tables of a calendar: states, ends, steps and dates moved, by party."""
    tables: dict[str, list[Row]] = {
        "calendar_states": [
            {"state": s["id"], "party": p, "worth_usd_bn": v,
             "real_income_usd_bn": s["real_income_usd_bn"][p]}
            for s in part["states"] for p, v in s["worth_usd_bn"].items()
        ],
        "calendar_stages": [
            {"state": s["id"], "since_years": x["since_years"], "party": p, "worth_usd_bn": v,
             "real_income_usd_bn": x["real_income_usd_bn"][p]}
            for s in part["states"] if s["in_full"]
            for x in s["in_full"]["stages"] for p, v in x["worth_usd_bn"].items()
        ],
        "calendar_ends": [
            {"threat": e["threat"], **_plain(end, ("kind", "state", "by", "date", "in_force",
                                                    "probability")), **_paid(end)}
            for e in part["equilibria"] for end in e["ends"]
        ],
        "calendar_spread": [
            _plain(end, ("kind", "state", "by", "date", "in_force", "probability"))
            for end in (part["spread"] or {"ends": ()})["ends"]
        ],
        "calendar_steps": [
            row for e in part["equilibria"] for s in e["steps"] for row in _step_rows(e, s)
        ],
        "calendar_date_moves": [
            {**_plain(m, ("event", "how", "date", "likeliest", "agreement_probability")),
             "party": p, "change_usd_bn": v}
            for m in part["date_moves"] for p, v in m["change_usd_bn"].items()
        ],
    }  # fmt: skip
    return {name: rows for name, rows in tables.items() if rows}


def _plain(row: Mapping[str, Any], names: Sequence[str]) -> Row:
    return {name: row[name] for name in names}


def _paid(end: Mapping[str, Any]) -> Row:
    """Return side payments as one column for each party, nothing where there are none."""
    paid = end["side_payments_usd_bn"] or {}
    return {f"side_payment_to_{party}_usd_bn": amount for party, amount in paid.items()}


def _step_rows(equilibrium: Mapping[str, Any], step: Mapping[str, Any]) -> list[Row]:
    waiting = step["value_of_waiting_usd_bn"] or {}
    return [
        {
            "threat": equilibrium["threat"],
            **_plain(step, ("id", "kind", "date", "first_proposer", "proposer",
                            "reached_probability", "agreed", "move")),
            "party": p,
            "waiting_usd_bn": v,
            "agreed_usd_bn": None if step["agreed_usd_bn"] is None else step["agreed_usd_bn"][p],
            "value_of_waiting_usd_bn": waiting.get(p),
        }
        for p, v in step["waiting_usd_bn"].items()
    ]  # fmt: skip
