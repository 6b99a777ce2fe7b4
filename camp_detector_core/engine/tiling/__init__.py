"""Tiling: where chips lie, the loop over windows, blending, and detection in a host's own tiles."""
