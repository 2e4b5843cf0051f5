"""Smoothing of series."""

from smooth.filters import exponential, moving_average

__all__ = ["exponential", "moving_average"]
