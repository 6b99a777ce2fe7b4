"""Training runs and models in MLflow; the only place that imports it.

A run's folder is the truth: whatever MLflow shows is read from there, so that an upload that failed
is repeated by one command. Importing the package loads nothing heavy.
"""
