"""Where the weights come from, checked, cached and converted."""
