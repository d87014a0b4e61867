"""Tables of prompts: read from files and streams, written whole. Importing this loads pandas."""

from .cleaning import clean_prompts, need_column
from .formulas import escape_formulas, restore_formulas
from .numbers import numbers
from .reading import read_table
from .source import MAX_BYTES, check_name_of_format
from .streaming import iter_prompts
from .writing import encode_table, output_format, write_pieces, write_table

__all__ = [
    "MAX_BYTES",
    "check_name_of_format",
    "clean_prompts",
    "encode_table",
    "escape_formulas",
    "iter_prompts",
    "need_column",
    "numbers",
    "output_format",
    "read_table",
    "restore_formulas",
    "write_pieces",
    "write_table",
]
