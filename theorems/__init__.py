"""Theorems; one file per statement or per paper, in folders by area, found by being there."""

CONVLAB = True
