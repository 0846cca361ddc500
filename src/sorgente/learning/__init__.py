"""Pure models: text classification, calibration and its measures. No Django, no database."""
