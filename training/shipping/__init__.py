"""Make the model that ships: from a file of places to the files in the package, in one chain."""
