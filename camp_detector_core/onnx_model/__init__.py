"""ONNX files as bytes and graphs: what goes in and out, metadata, edits."""
