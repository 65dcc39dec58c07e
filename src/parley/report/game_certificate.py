"""Certificates in documents: their fields, and the refusal to print without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from parley.arena import Arena
from parley.errors import NotConvergedError
from parley.games.certificate import Certificate
from parley.games.cooperation_certificate import CooperationCertificate

__all__ = ["certificate_record", "require_certified"]

ADVICE = ("another --seed", "narrower --bounds", "another model or set of elasticities")


def require_certified(
    what: str,
    arena: Arena,
    certificate: Certificate | CooperationCertificate,
    path: Sequence[float],
    advice: Sequence[str] = ADVICE,
    *,
    floors: bool = False,
) -> None:
    """Raise NotConvergedError unless the answer is certified.

    Parameters
    ----------
    what
        The answer, in words.
    arena
        Where it was found.
    certificate, path
        Its last certificate; gaps to first-order rates by iteration, fractions.
    advice
        What to try instead.
    floors
        Whether there are ratification floors to keep.
    """
    if certificate.ok:
        return
    setting = arena.setting
    said = [f"last certificate: {certificate.describe()}"]
    if isinstance(certificate, Certificate):
        said += [
            f"{p.party}: gap {p.rate_gap_pp:.1e} pp, best deviation {p.best_deviation_pp:+.1e} pp "
            f"({p.best_deviation})"
            + (f", floors short by {p.floor_shortfall:.0e}" if floors else "")
            for p in certificate.parties
            if not p.ok
        ]
    tries = list(advice)
    if setting.closure != "zero":
        tries.insert(0, "--closure zero (held deficits can leave a war without a rest point)")
    raise NotConvergedError(
        f"{what} could not be certified (model {setting.model}, closure {setting.closure}, "
        f"elasticity {setting.elasticity}); no tariff is shown\n    " + "\n    ".join(said),
        path,
        "try " + ", ".join(tries),
        "largest gap to a first-order rate, a fraction, by iteration",
    )


def certificate_record(found: Certificate) -> dict[str, Any]:
    """Return a certificate that holds, as fields of a document."""
    return {
        "certified": True,
        "residual": found.residual,
        "parties": [asdict(p) for p in found.parties],
    }
