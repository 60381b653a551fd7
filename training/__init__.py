"""How the models that are our own were trained; each script makes its file anew."""
