"""What a `.tflite` says of itself, and what it relies on."""
