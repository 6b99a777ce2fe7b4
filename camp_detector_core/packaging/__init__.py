"""Descriptions of a model in the formats of other tools, all derived from its spec."""
