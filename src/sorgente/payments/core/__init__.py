"""Pure values and functions of payments: no Django, no files."""
