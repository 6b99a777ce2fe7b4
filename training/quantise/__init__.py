"""From a float32 model file to an 8-bit one that is smaller, faster, and hardly worse."""
