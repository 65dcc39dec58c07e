"""What a government wants, and what its constituencies get."""

from parley.politics.constituency import constituency_income, sector_income

__all__ = ["constituency_income", "sector_income"]
