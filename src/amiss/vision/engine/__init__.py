"""What runs the encoder: ONNX Runtime, OpenVINO, or a test double."""
