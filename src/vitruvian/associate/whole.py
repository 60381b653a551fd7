"""The second pass: who is who, decided over a whole film at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vitruvian.associate.evidence import CUES, weigh
from vitruvian.associate.join import Joiner, Person
from vitruvian.associate.tracklets import Piece, pieces, read_tracks
from vitruvian.types import Clip, Landmarks

__all__ = ["settle"]


def settle(clip: Clip, people: int | None = None, clicks=(), *, cues=CUES) -> Clip:
    if not clip.present.any():
        return clip
    tracks = read_tracks(clip)
    parts = pieces(clip, tracks)
    joiner = Joiner(weigh(clip, tracks, parts, cues), {})
    found = joiner.people(people)
    return laid_out(clip, parts, found, {k:2. for p in found for k in p})

def laid_out(clip, parts, found, margins):
    lead=(len(clip.times),len(found))
    boxes=np.full((*lead,4),np.nan,np.float32); scores=np.full(lead,np.nan,np.float32); ids=np.full(lead,np.nan,np.float32)
    body=Landmarks.missing(clip.body.skeleton,lead)
    for q,person in enumerate(found):
        for k in person:
            m,c=parts[k].moments,parts[k].column
            boxes[m,q]=clip.boxes[m,c]; scores[m,q]=clip.scores[m,c]; ids[m,q]=1/(1+np.exp(-margins[k]))
            for name in ("xy","z","visibility","presence","world"): getattr(body,name)[m,q]=getattr(clip.body,name)[m,c]
    return replace(clip,ids=np.arange(1,len(found)+1),boxes=boxes,scores=scores,body=body,id_scores=ids,vectors=None)
