"""Figures of many numbers."""

import math
import statistics

median = statistics.median


def percentile(values, percent):
    """The smallest value that at least so many percent do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def slope(points):
    """How steeply (x, y) points rise: the median of the slopes of all pairs (Theil and Sen), which outliers don't bend."""
    points = points[:: math.ceil(len(points) / 300) or 1]
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(points) for b in points[i + 1 :] if b[0] != a[0]]
    return median(slopes) if slopes else 0.0
