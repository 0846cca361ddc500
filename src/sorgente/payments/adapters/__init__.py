"""Files and messages of banks and of pagoPA, read and written: no Django, no database."""
