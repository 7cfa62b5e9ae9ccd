# SPDX-License-Identifier: MIT
"""What is refused, and why."""


class Refusal(Exception):
    """No answer can come from this file. The text continues a sentence that begins with the file's name."""

    def __init__(self, text: str, *notes: str):
        super().__init__(text)
        self.text = text
        self.notes = notes


class Absent(Refusal):
    """This file has no types to offer; another member of the archive, or another input, may have them."""


class Unable(Refusal):
    """This reader lacks something; another may have it."""


class Corrupt(Refusal):
    """The file says something that cannot be."""

    def __init__(self, text: str):
        super().__init__(f"corrupt: {text}")
