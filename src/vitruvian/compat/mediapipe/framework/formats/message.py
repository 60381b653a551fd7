"""What messages can do: fields that are set or not, and lists of messages."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from ctypes import c_float
from typing import Any, ClassVar, Generic, Self, TypeVar

from vitruvian.compat.mediapipe.framework.formats.descriptor import Descriptor, FieldDescriptor

__all__ = ["Message", "Repeated"]

M = TypeVar("M", bound="Message")


class Repeated(list[M], Generic[M]):
    """A list of messages that can make its own entries."""

    def __init__(self, kind: type[M], entries: Iterable[M] = ()) -> None:
        super().__init__(entries)
        self._kind = kind

    def add(self, **values: Any) -> M:
        """Put a new message at the end, and give it back."""
        self.append(self._kind(**values))
        return self[-1]


class Message:
    """A message of named fields; one that was never set reads as 0, or as nothing.

    Raises:
        ValueError: It has no such field.
    """

    fields: ClassVar[dict[str, Any]] = {}
    """What each field reads as before it is set."""
    lists: ClassVar[dict[str, type[Message]]] = {}
    """Fields that are lists, and of what."""
    DESCRIPTOR: ClassVar[Descriptor]

    def __init_subclass__(cls) -> None:
        lists = (FieldDescriptor(name, None, kind.DESCRIPTOR) for name, kind in cls.lists.items())
        single = (FieldDescriptor(name, type(unset)) for name, unset in cls.fields.items())
        cls.DESCRIPTOR = Descriptor(cls.__name__, (*lists, *single))

    def __init__(self, **values: Any) -> None:
        for name, kind in self.lists.items():
            object.__setattr__(self, name, Repeated(kind, values.pop(name, ())))
        for name, value in values.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.lists or name not in self.fields:
            raise AttributeError(f"{type(self).__name__} has no field {name!r} to assign to")
        if value is not None:
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        # Called for what is not there only: a field that was never set.
        if name in type(self).fields:
            return type(self).fields[name]
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def HasField(self, name: str) -> bool:
        """Whether a field has been set.

        Raises:
            ValueError: It has no such field, or it is a list.
        """
        if name not in self.fields:
            raise ValueError(f"{type(self).__name__} has no single field {name!r}")
        return name in self.__dict__

    def ClearField(self, name: str) -> None:
        """Make a field one that was never set.

        Raises:
            ValueError: It has no such field.
        """
        if name in self.lists:
            getattr(self, name).clear()
        elif self.HasField(name):
            del self.__dict__[name]

    def ListFields(self) -> list[tuple[FieldDescriptor, Any]]:
        """The fields that are set, and what they are; numbers as precise as a message holds."""
        found = []
        for field in self.DESCRIPTOR.fields:
            value = self.__dict__.get(field.name)
            if value is not None and value != []:
                found.append((field, c_float(value).value if field.kind is float else value))
        return found

    def CopyFrom(self, other: Self) -> None:
        """Become equal to another message."""
        self.__dict__.clear()
        self.__dict__.update(deepcopy(other.__dict__))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        lines = []
        for name in self.lists:
            for entry in getattr(self, name):
                inner = "".join(f"  {line}\n" for line in repr(entry).splitlines())
                lines.append(f"{name} {{\n{inner}}}\n")
        for name in self.fields:
            if self.HasField(name):
                value = getattr(self, name)
                lines.append(
                    f'{name}: "{value}"\n' if isinstance(value, str) else f"{name}: {value}\n"
                )
        return "".join(lines)
