"""Languages are data: an installation names its own, the first of a number is the one it greets in."""

from collections.abc import Mapping
from typing import NewType

Language = NewType("Language", str)
"""A two-letter code such as `da`."""

Text = Mapping[Language, str]
"""The same sentence in every language that the installation speaks."""
