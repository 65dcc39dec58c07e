"""What governments do to trade: changes of instruments and the wedges they make."""

from parley.policy.change import Change, ChangeKind
from parley.policy.wedges import Policy, apply_changes, no_change

__all__ = ["Change", "ChangeKind", "Policy", "apply_changes", "no_change"]
