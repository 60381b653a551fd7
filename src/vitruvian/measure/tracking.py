"""All the measures of tracks at once: who was found, and who is who."""

from __future__ import annotations

from dataclasses import dataclass

from vitruvian.measure.clear import Clear, clear
from vitruvian.measure.hota import Hota, hota
from vitruvian.measure.identity import Identity, identity
from vitruvian.measure.moments import Moments

__all__ = ["Tracking", "tracking"]


@dataclass(frozen=True, slots=True)
class Tracking:
    """HOTA, IDF1 and CLEAR MOT of one film.

    Args:
        hota: HOTA, DetA, AssA, LocA.
        identity: IDF1, IDP, IDR.
        clear: MOTA, MOTP, recall, precision, switches, fragmentations.
    """

    hota: Hota
    identity: Identity
    clear: Clear

    @property
    def table(self) -> dict[str, float | int]:
        """Every number under the name that the field uses."""
        return {
            "HOTA": self.hota.hota,
            "DetA": self.hota.deta,
            "AssA": self.hota.assa,
            "LocA": self.hota.loca,
            "IDF1": self.identity.idf1,
            "IDP": self.identity.idp,
            "IDR": self.identity.idr,
            "MOTA": self.clear.mota,
            "MOTP": self.clear.motp,
            "recall": self.clear.recall,
            "precision": self.clear.precision,
            "switches": self.clear.switches,
            "fragmentations": self.clear.fragmentations,
        }


def tracking(moments: Moments, threshold: float = 0.5) -> Tracking:
    """HOTA, IDF1 and CLEAR MOT, equal to TrackEval's.

    Args:
        moments: The truth and what was found.
        threshold: Similarity from which somebody counts as found, for IDF1 and CLEAR MOT; HOTA
            goes through all of them.

    Example:
        >>> from vitruvian.measure import Moments, tracking
        >>> tracking(Moments([[1], [1]], [[7], [7]], [[[1.0]], [[1.0]]])).table["IDF1"]
        1.0
    """
    return Tracking(hota(moments), identity(moments, threshold), clear(moments, threshold))
