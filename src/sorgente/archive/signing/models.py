"""Tables of this process."""
