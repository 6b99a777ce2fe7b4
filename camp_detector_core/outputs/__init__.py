"""Outputs that appear whole: together at the end of a run, or one file at a time.

Hosts carry it; it needs Python 3.9 and its standard library.
"""
