"""Text that is safe to show: without control characters, and of limited length."""

MAX_MESSAGE = 500
"""Length limit of a message, enough for one sentence with a long path."""
_END = 200
"""Number of characters kept of the end of a longer message, since the remedy stands there."""
_MAX_SHOWN = 200
"""Length limit of untrusted text in a message."""
_HARMLESS = frozenset("\u200c\u200d\u200e\u200f\u2068\u2069")
"""Allowed characters that are not printable: joiners of letters (Persian, Hindi), and the marks and
isolates that keep names and numbers in order within Arabic sentences. They override no direction.
"""


def visible(text: str) -> str:
    """Write one line of text with its control characters spelled out.

    Terminals obey escape sequences, and characters that turn the direction of writing make a name
    look like another one. A name in a file of unknown origin can hold both.

    Args:
        text: Any text, also with bytes of file names that are not UTF-8.

    Returns:
        The text with blanks of any kind as spaces, and as escapes all else that cannot be printed:
        ESC becomes a backslash, ``x1b``.
    """
    return "".join(_character(c) for c in text)


def _character(c: str) -> str:
    if c.isprintable() or c in _HARMLESS:
        return c
    return " " if c.isspace() else ascii(c)[1:-1]


def visible_lines(text: str) -> str:
    """Write lines of text with their control characters spelled out."""
    return "\n".join(visible(line) for line in text.split("\n"))


def shown(text: object, limit: int = _MAX_SHOWN) -> str:
    """Shorten untrusted text to one line without control characters."""
    full = str(text)
    return visible(full if len(full) <= limit else f"{full[:limit]}...")


def one_line(text: str) -> str:
    """Untrusted text for a document: on one line, with blanks for what cannot be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def message(text: str, limit: int = MAX_MESSAGE) -> str:
    """Write a message for the user on one line of at most ``limit`` characters.

    Of a longer one the middle is left out, and how much of it, because the beginning names what
    is wrong and the end says what to do.
    """
    line = visible(" ".join(text.split()))
    if len(line) <= limit:
        return line
    end = min(_END, limit // 2)
    gap = f" [... {len(line) - limit + 40} characters ...] "
    return line[: limit - end - len(gap)] + gap + line[-end:]
