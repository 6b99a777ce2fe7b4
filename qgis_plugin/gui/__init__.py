"""Dialogs, the preview on the map, and what they share."""
