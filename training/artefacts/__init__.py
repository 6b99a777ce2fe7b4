"""Turn a trained network into what a run leaves: models, figures, item and packages."""
