"""Pages of the web area."""
