"""When: a scenario's dates as a game over its packages, solved for its payoffs.

``plan`` reads the dates, ``stakes`` says what every state is worth to whom, ``game`` joins
them, ``assess`` reads the equilibrium, ``moves`` asks what a date is worth, and ``draws``
plays the game under uncertain weights and patience.
"""

from parley.timing.assess import CalendarAssessment, assess_calendar
from parley.timing.game import TalksCalendar, calendar_of

__all__ = ["CalendarAssessment", "TalksCalendar", "assess_calendar", "calendar_of"]
