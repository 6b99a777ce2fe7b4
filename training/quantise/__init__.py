"""Turn a float32 model file into an 8-bit one that is smaller, faster, and hardly worse."""
