"""One option of detection: what it is, which values it takes, and how texts become values."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field
from enum import Enum
from numbers import Integral, Real
from typing import Any, Callable, Mapping, NamedTuple, Optional

from .errors import ParameterError
from .wording import shown

_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")
_PAIR = 2
_MOST = 40
"""Characters of a value that an error repeats."""
_WIDEST = sys.float_info.max
"""Widest range: the difference of its ends is a finite float64."""
UNITS = {"m": "metres", "m2": "square metres", "px": "pixels"}
"""Units of parameters, and their words."""


class Kind(Enum):
    """Kinds of values; `Parameter.parse` returns the Python type."""

    FLAG = "flag"
    """bool"""
    WHOLE = "whole"
    """int"""
    NUMBER = "number"
    """float"""
    WHOLES = "wholes"
    """tuple of int, written with commas"""
    RANGE = "range"
    """tuple of two floats, the lower one first, written with a comma"""
    WORD = "word"
    """str, one of the choices"""
    TEXT = "text"
    """str"""
    DATA = "data"
    """A file, a layer, a rectangle: each host has types of its own for it."""


_SEVERAL = {Kind.WHOLES, Kind.RANGE}
"""Kinds of values of several numbers."""
_FORMS = {
    Kind.FLAG: "True or False",
    Kind.WHOLE: "a whole number, {limits}",
    Kind.NUMBER: "{limits}",
    Kind.WHOLES: "whole numbers between commas, each {limits}, such as 3,2,1",
    Kind.WORD: "one of {words}",
    Kind.RANGE: "LOW,HIGH with LOW below HIGH",
}
"""Notation of a value of each kind."""


class Limits(NamedTuple):
    """The least and the greatest number that a parameter takes."""

    low: float
    high: float = math.inf
    above: bool = False
    """True if the least number itself is too low."""

    def hold(self, value: float) -> bool:
        """Tell whether a number lies within; NaN never does, infinity neither."""
        is_low = value > self.low if self.above else value >= self.low
        return is_low and value <= self.high and value < math.inf

    def __str__(self) -> str:
        """Give the limits in words, such as "0 to 1", "above 0 and up to 1" or "1 or more"."""
        low, high = _plain(self.low), _plain(self.high)
        if self.above:
            return f"above {low}" + ("" if math.isinf(self.high) else f" and up to {high}")
        return f"{low} or more" if math.isinf(self.high) else f"{low} to {high}"


@dataclass(frozen=True)
class Parameter:
    """One option of detection."""

    name: str
    """An identifier of Python."""
    kind: Kind
    label: str
    """Title in a dialog, without the unit."""
    help: str
    """Sentences that say what it does and what to choose; neither unit nor default."""
    unit: str = ""
    """One of `UNITS`."""
    limits: Optional[Limits] = None
    """Limits of a number, or of each number of several."""
    default: Any = None
    """Value of the parameter where none is given; None where that depends, see ``unset``."""
    unset: str = ""
    """Effect of no value, such as "the model's"."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Words that are taken (besides numbers, where ``kind`` says so), each with its meaning."""
    form: str = ""
    """Placeholder of a value on a command line: ``LOW,HIGH``."""
    hosts: Mapping[str, str] = field(default_factory=dict)
    """Hosts that show the parameter, each with the name that it has there."""
    required: bool = False
    for_polygons: bool = False
    """True if tools that write rasters alone have no use for it."""

    @property
    def title(self) -> str:
        """The label with the unit, such as "Minimum area (square metres)"."""
        return f"{self.label} ({UNITS[self.unit]})" if self.unit else self.label

    @property
    def explanation(self) -> str:
        """The help, with the meaning of each choice and of no value."""
        choices = (f"{word}: {meaning}." for word, meaning in self.choices.items() if meaning)
        unset = f"Left empty: {self.unset}." if self.unset else ""
        return " ".join(filter(None, [self.help, *choices, unset]))

    def check(self, value: Any) -> None:  # noqa: ANN401 - whatever a host or a script gives
        """Refuse a value that the parameter does not take; None stands for no value.

        Args:
            value: Value of the type of ``kind``.

        Raises:
            ParameterError: Not one of the choices, or outside of the limits.
        """
        if value is None or self.kind in {Kind.FLAG, Kind.TEXT, Kind.DATA}:
            return
        if isinstance(value, str):
            if value not in self.choices:
                raise self._error(repr(value))
            return
        is_several = isinstance(value, (tuple, list))
        numbers = tuple(value) if is_several else (value,)
        if is_several != (self.kind in _SEVERAL) or not self._holds(numbers):
            limit = f", at most {_WIDEST:.2g} apart" if self._is_too_wide(numbers) else ""
            raise self._error(",".join(map(self._digits, numbers)) or "none", limit)

    def parse(self, text: Any, *, decimal_comma: bool = False) -> Any:  # noqa: ANN401 - text, number, bool or None; the kind's type
        """Read a value in any of the forms in which hosts write it.

        Args:
            text: ``64``, ``64.0``, ``True``, ``3,2,1``; empty and None are the default.
            decimal_comma: True where a host writes one number in the user's language: ``0,5``.

        Returns:
            The value, checked.

        Raises:
            ParameterError: It cannot be read, or the parameter does not take it.
        """
        stripped = "" if text is None else str(text).strip()
        if not stripped:
            return self.default
        if self.kind in {Kind.TEXT, Kind.DATA}:
            return text
        if decimal_comma and self.kind not in _SEVERAL:
            stripped = stripped.replace(",", ".")
        try:
            value = stripped if stripped in self.choices else _READERS[self.kind](stripped)
        except (ValueError, OverflowError):
            raise self._error(repr(stripped)) from None
        self.check(value)
        return value

    def requirement(self) -> str:
        """Say what a value must be, such as "0 to 1000 metres"."""
        unit = f" {UNITS[self.unit]}" if self.unit else ""
        limits = "a number" if self.limits is None else f"{self.limits}{unit}"
        words = ", ".join(self.choices)
        form = _FORMS.get(self.kind, "").format(limits=limits, words=words)
        if self.kind is Kind.WORD:
            return form
        is_open = self.limits is not None and math.isinf(self.limits.high)
        if self.kind is Kind.NUMBER and (words or is_open):
            form = f"a number {form}"
        return f"{words} or {form}" if words else form

    def _holds(self, numbers: tuple[Any, ...]) -> bool:
        if self.kind is Kind.WORD or not all(map(self._is_number, numbers)):
            return False
        if self.kind is Kind.RANGE:
            return self._is_ascending(numbers) and not self._is_too_wide(numbers)
        return bool(numbers) and (self.limits is None or all(map(self.limits.hold, numbers)))

    def _is_ascending(self, numbers: tuple[Any, ...]) -> bool:
        """Return True for two numbers, the lower one first."""
        is_pair = len(numbers) == _PAIR and all(map(self._is_number, numbers))
        return is_pair and bool(numbers[0] < numbers[1])

    def _is_too_wide(self, numbers: tuple[Any, ...]) -> bool:
        """Return True for the ends of a range whose difference is no finite float64."""
        if self.kind is not Kind.RANGE or not self._is_ascending(numbers):
            return False
        low, high = numbers
        return bool(max(abs(low), abs(high)) > _WIDEST or high - low > _WIDEST)

    def _is_number(self, value: object) -> bool:
        kind = Integral if self.kind in {Kind.WHOLE, Kind.WHOLES} else Real
        return isinstance(value, kind) and not isinstance(value, bool)

    def _digits(self, value: Any) -> str:  # noqa: ANN401 - whatever a script gives
        return _plain(value) if self._is_number(value) else repr(value)

    def _error(self, value_text: str, limit: str = "") -> ParameterError:
        sentence = f"must be {self.requirement()}{limit}, got {shown(value_text, _MOST)}"
        return ParameterError(sentence, parameter=self.name)


def _plain(number: float) -> str:
    """A number in digits, unless these are many."""
    try:
        return f"{number:.10g}"
    except OverflowError:  # an integer that no float64 holds
        return "a number too large"


def _flag(text: str) -> bool:
    if text.lower() not in {*_TRUE, *_FALSE}:
        raise ValueError(text)
    return text.lower() in _TRUE


def _whole(text: str) -> int:
    number = float(text)
    if number != int(number):
        raise ValueError(text)
    return int(number)


def _word(text: str) -> str:
    raise ValueError(text)


_READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.FLAG: _flag,
    Kind.WHOLE: _whole,
    Kind.NUMBER: float,
    Kind.WHOLES: lambda text: tuple(int(part) for part in text.split(",")),
    Kind.RANGE: lambda text: tuple(float(part) for part in text.split(",")),
    Kind.WORD: _word,
}
