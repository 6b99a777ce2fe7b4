"""Fit a network to chips: options, weights, and the record of a run."""
