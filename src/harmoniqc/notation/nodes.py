"""The nodes of the tree a text is read into."""

from __future__ import annotations

from typing import Any


class Node:
    """A node of the tree.

    Attributes:
        data: Name of the rule.
        children: Nodes and lexemes, in their order.
    """

    __slots__ = ("children", "data")

    def __init__(self, data: str, children: list[Any]) -> None:
        self.data = data
        self.children = children
