"""Text that is safe to show: no character in it acts on a terminal, and a message has an end."""

MAX_MESSAGE = 500
"""Characters of a message; one sentence with a long path in it fits."""
_END = 200
"""Characters that are kept of the end of a longer one, since the remedy stands there."""
_MAX_SHOWN = 200
"""Characters of a stranger's text that a message repeats."""
_HARMLESS = frozenset("\u200c\u200d\u200e\u200f\u2068\u2069")
"""Parts of text though not printable: joiners of letters (Persian, Hindi), and the marks and
isolates that keep names and numbers in order within Arabic sentences. They override no direction.
"""


def visible(text: str) -> str:
    """One line of text in which control characters are spelled out.

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
    """The same for text of several lines, which it keeps."""
    return "\n".join(visible(line) for line in text.split("\n"))


def shown(text: object, most: int = _MAX_SHOWN) -> str:
    """Text of a stranger, fit for one line: at most so long, and without characters that act."""
    whole = str(text)
    return visible(whole if len(whole) <= most else f"{whole[:most]}...")


def one_line(text: str) -> str:
    """Untrusted text for a document: on one line, with blanks for what cannot be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def message(text: str, limit: int = MAX_MESSAGE) -> str:
    """A sentence for the user on one line of at most ``limit`` characters.

    Of a longer one the middle is left out, and how much of it, because the beginning names what
    is wrong and the end says what to do.
    """
    line = visible(" ".join(text.split()))
    if len(line) <= limit:
        return line
    end = min(_END, limit // 2)
    gap = f" [... {len(line) - limit + 40} characters ...] "
    return line[: limit - end - len(gap)] + gap + line[-end:]
