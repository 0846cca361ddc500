"""The measurements of `sorgente bench`, one module each with `measure(size)`."""
