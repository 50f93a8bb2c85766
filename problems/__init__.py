"""Families of problems with certificates; one file per group, found by being there."""

CONVLAB = True
