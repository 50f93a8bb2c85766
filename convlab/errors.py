"""The one kind of error that convlab raises for what a user can mend."""

__all__ = ["ConvlabError", "UnavailableError"]


class ConvlabError(ValueError):
    """Bad input: the message is one sentence that says what is wrong, where, and what to do."""


class UnavailableError(ConvlabError):
    """A family needs something that is not installed; the laboratory does without it."""
