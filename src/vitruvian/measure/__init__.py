"""How good it is: PCK, OKS, recall."""
