"""Teach a model a place: from a reviewed part of an image to a model that is better there."""
