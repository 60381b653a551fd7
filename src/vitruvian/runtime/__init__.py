"""Sessions: arrays in, arrays out, whatever engine runs the model."""
