"""Dwellings, report and picture that a run on the command line leaves."""
