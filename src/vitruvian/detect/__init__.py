"""Where the people are."""
