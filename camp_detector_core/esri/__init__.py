"""Esri's deep learning packages: made, described and checked."""
