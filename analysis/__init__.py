"""Evaluation statistics: data frames in, tidy results out. Knows nothing of Kapabla, of Flask or of any database.

Every estimate has its n, an interval and a named method. The formulas are those of the statistics contract.
"""
