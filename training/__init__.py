"""Training of the models: data, network, fit, evaluation and export."""
