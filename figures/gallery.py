"""
The catalogue at a glance
=========================

One small picture per theorem, area by area: what was measured, on the instance that comes closest
to the claim, and, dashed, what is claimed. Where runs differ, the band holds the middle 80 % of
them. Circles without a line are the ends of runs on instances made for that number of steps.
"""

from convlab.catalogue import installed
from convlab.report.picture import Picture

areas = dict.fromkeys(name.partition("/")[0] for name in installed().theorems)
pictures = {f"gallery_{area}": Picture([area], most=1, columns=3, small=True) for area in areas}
