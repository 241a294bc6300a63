"""What people read: tables for the terminal and for the documentation."""

from edgekit.report._table import Cell, Column, TextTable, key_values, printable, text

__all__ = ["Cell", "Column", "TextTable", "key_values", "printable", "text"]
