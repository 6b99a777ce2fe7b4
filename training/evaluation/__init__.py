"""How good a model is, by pixels and by dwellings, and the files that show it."""
