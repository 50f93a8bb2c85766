"""Recipes of pictures: one file each, with the data beside the picture."""
