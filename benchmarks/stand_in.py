"""MediaPipe's side of the benchmarks, unchanged, with the stand-in in its place.

``python -m benchmarks.stand_in poses …`` is `benchmarks.peer_mediapipe`, and ``hands …`` is
`benchmarks.peer_hands`, in which ``import mediapipe`` gives `vitruvian.compat.mediapipe`.
"""

from __future__ import annotations

import sys

from benchmarks import peer_hands, peer_mediapipe
from vitruvian.compat import mediapipe

PROGRAMS = {"poses": peer_mediapipe.main, "hands": peer_hands.main}


def main() -> None:
    sys.modules["mediapipe"] = mediapipe
    sys.modules["mediapipe.tasks.python"] = mediapipe.tasks.python
    program = PROGRAMS[sys.argv.pop(1)]
    program()


if __name__ == "__main__":
    main()
