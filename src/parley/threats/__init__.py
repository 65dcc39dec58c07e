r"""Threats: what carrying one out does to whom, and whether its author would do it.

A threat is credible if carrying it out does not cost the threatener more than its
reputation, :math:`G(\text{carry out}) - G(\text{not}) \ge -\rho`. The sign hangs on the
model, the treatment of deficits, the elasticities, the answer and the political weights,
so all are tried and the verdict says which of them decides.
"""

from parley.threats.assess import ThreatAssessment, assess_threat
from parley.threats.case import ThreatCase, threat_case, threat_settings
from parley.threats.setting import ANSWERS, CaseResult, SettingResult
from parley.threats.verdict import Verdict

__all__ = [
    "ANSWERS",
    "CaseResult",
    "SettingResult",
    "ThreatAssessment",
    "ThreatCase",
    "Verdict",
    "assess_threat",
    "threat_case",
    "threat_settings",
]
