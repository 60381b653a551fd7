"""Side by side with the peers, in one run: ``python -m benchmarks.NAME`` from the repository root.

* ``speed``: frames a second, memory and agreement with MediaPipe on the sample film
* ``startup``: how long an import, a ``--help`` and a first landmark take
* ``accuracy``: landmarks and people found, against ground truth
* ``masks``: outlines of people who overlap and of what is clicked on, against known ones
* ``identity``: who is who, against ground truth
* ``contact``: makes films of people in contact whose truth is known

Each command makes what it needs in ``.bench/``: a virtual environment with the peer, and the
peer's bundles from the same weights. Predictions of the peer are kept there; timings never.
"""
