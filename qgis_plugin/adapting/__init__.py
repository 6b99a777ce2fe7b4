"""Adaptation of a model by a Python of the user's that has Camp Detector's training."""
