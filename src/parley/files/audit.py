"""What was repaired while a world was built, in short."""

from __future__ import annotations

from dataclasses import dataclass

from parley.economy.world import AuditEntry, World

__all__ = ["AuditStep", "audit_summary"]


@dataclass(frozen=True)
class AuditStep:
    """All repairs of one kind.

    ``first`` holds the first few; steps that move numbers list the largest moves first.
    """

    step: str
    count: int
    first: tuple[AuditEntry, ...]


def audit_summary(world: World, shown: int = 3) -> tuple[AuditStep, ...]:
    """Return the repairs of a world by step, in the order in which they were made."""
    by_step: dict[str, list[AuditEntry]] = {}
    for entry in world.audit:
        by_step.setdefault(entry.step, []).append(entry)
    return tuple(
        AuditStep(step, len(entries), tuple(entries[:shown])) for step, entries in by_step.items()
    )
