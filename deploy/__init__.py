"""The tracking server: with containers (compose.yaml) or without (native)."""
