from __future__ import annotations
import numpy as np
from vitruvian.types import Floats
def differences(a, b):
    d=(a-b).reshape(*np.broadcast_shapes(a.shape,b.shape)[:-1],5,3)
    n=np.sqrt((d*d).sum(-1)); k=np.isfinite(n)
    return np.where(k.any(-1), np.where(k,n,0).sum(-1)/np.maximum(k.sum(-1),1)/float(__import__("os").environ.get("DIV","9")), np.nan).astype(np.float32)
