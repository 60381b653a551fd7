"""Sessions: arrays in, arrays out, whatever engine runs the model; and teams of them."""

from __future__ import annotations

from vitruvian.runtime.litert import LiteRTSession
from vitruvian.runtime.memory import give_back
from vitruvian.runtime.replay import Recorder, ReplaySession, record
from vitruvian.runtime.session import Session
from vitruvian.runtime.team import Team, open_session

__all__ = [
    "LiteRTSession",
    "Recorder",
    "ReplaySession",
    "Session",
    "Team",
    "give_back",
    "open_session",
    "record",
]
