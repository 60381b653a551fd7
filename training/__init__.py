"""How the models that are our own were trained; each script makes its file anew."""

import os

# Read when NumPy is first loaded: its threads would wait for each other over small matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
