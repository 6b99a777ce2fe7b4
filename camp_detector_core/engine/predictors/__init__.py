"""Predictors: a model's file opened and run on the processor or a GPU."""
