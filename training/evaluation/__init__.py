"""Measure a model by pixels and by dwellings, and write the files that show the result."""
