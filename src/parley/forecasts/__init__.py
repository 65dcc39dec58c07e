"""Odds over how talks end: a prior from the calendar game, moved by what people say."""

from parley.forecasts.assess import ForecastAssessment, assess_forecast

__all__ = ["ForecastAssessment", "assess_forecast"]
