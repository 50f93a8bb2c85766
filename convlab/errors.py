"""The one error that convlab raises for what a user can mend."""

__all__ = ["ConvlabError"]


class ConvlabError(ValueError):
    """Bad input: the message is one sentence that says what is wrong, where, and what to do."""
