"""What protobuf's ``json_format`` asks a message about its fields, so that it reads ours too."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

__all__ = ["Descriptor", "FieldDescriptor"]

_KINDS: dict[type | None, tuple[int, int]] = {
    int: (5, 1),
    float: (2, 6),
    str: (9, 9),
    None: (11, 10),
}
"""Numbers of a field's type, in a description and in C++ (google/protobuf/descriptor.proto)."""


@dataclass(frozen=True)
class FieldDescriptor:
    """One field of a message.

    Args:
        name: As in Python.
        kind: int, float or str; None for a message.
        message_type: What the messages of a list are.
    """

    name: str
    kind: type | None
    message_type: Descriptor | None = None
    is_extension: ClassVar[bool] = False

    @property
    def json_name(self) -> str:
        """As in JavaScript."""
        first, *others = self.name.split("_")
        return first + "".join(word.capitalize() for word in others)

    camelcase_name = json_name

    @property
    def is_repeated(self) -> bool:
        """Whether it is a list."""
        return self.message_type is not None

    @property
    def has_presence(self) -> bool:
        """Whether it may be left unset."""
        return not self.is_repeated

    @property
    def label(self) -> int:
        """1 where it may be left unset, 3 for a list."""
        return 3 if self.is_repeated else 1

    @property
    def type(self) -> int:
        """The number of its type."""
        return _KINDS[self.kind][0]

    @property
    def cpp_type(self) -> int:
        """The number of its type in C++."""
        return _KINDS[self.kind][1]


@dataclass(frozen=True)
class Descriptor:
    """A kind of message.

    Args:
        name: Its name.
        fields: In the order of the message.
    """

    name: str
    fields: tuple[FieldDescriptor, ...]
    has_options: ClassVar[bool] = False
    file: ClassVar[Any] = SimpleNamespace(name="mediapipe")

    @property
    def full_name(self) -> str:
        """Its name with that of its package."""
        return f"mediapipe.{self.name}"
