"""Pure functions of metering: values and columns in, values and columns out."""
