"""The second pass: who is who, decided over a whole film at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vitruvian.associate.evidence import CUES, Evidence, weigh
from vitruvian.associate.join import Joiner, Person
from vitruvian.associate.lay import Gap, fill, laid_out, seen
from vitruvian.associate.tracklets import Piece, pieces, read_tracks
from vitruvian.clip import Clip

__all__ = ["settle"]

_LINKED = -1.0
"""A step that costs less tells where somebody went who was not seen meanwhile."""
_BRIEF, _POOR = 0.4, 0.85

def settle(clip: Clip, people: int | None = None, clicks=(), *, cues=CUES) -> Clip:
    clip = seen(clip)
    if not clip.present.any():
        return clip
    tracks = read_tracks(clip)
    parts = pieces(clip, tracks)
    evidence=weigh(clip, tracks, parts, cues)
    joiner = Joiner(evidence, {})
    found = joiner.people(people)
    found = [p for p in found if not spurious(clip,parts,p)]
    columns=np.full((len(clip.times),len(found)),-1)
    for q,person in enumerate(found):
        for k in person: columns[parts[k].moments,q]=parts[k].column
    out=laid_out(clip,columns,np.arange(1,len(found)+1))
    return fill(out, gaps(evidence,found,parts))

def spurious(clip,parts,person):
    moments=np.concatenate([parts[k].moments for k in person])
    cols=np.concatenate([np.full(len(parts[k].moments),parts[k].column) for k in person])
    short=len(moments)/len(clip.times)*(clip.times[-1]-clip.times[0])
    path=clip.boxes[moments,cols]; middle=(path[:,:2]+path[:,2:])/2; size=np.median(path[:,2:]-path[:,:2],0).max()
    return short<_BRIEF or (short<3 and clip.scores[moments,cols].mean()<.9 and np.ptp(middle,axis=0).max()<1.5*size)

def gaps(evidence,found,parts):
    out=[]
    for q,person in enumerate(found):
        for k in person:
            m=parts[k].moments
            out+= [(q,a,b) for a,b in zip(m,m[1:]) if b>a+1]
        for a,b in zip(person,person[1:]):
            i,j=evidence.spans[a,1],evidence.spans[b,0]
            if j>i+1 and evidence.links[a,b]<_LINKED: out.append((q,i,j))
    return out
