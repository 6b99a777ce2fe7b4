"""The errors of the tools: one sentence for the analyst each."""


class ToolError(Exception):
    """What is wrong, which file or parameter, and what to do."""


class Stopped(Exception):  # noqa: N818 - a state that the user asked for, not a fault
    """The user cancelled the tool."""
