"""What other processes may ask of metering."""

from sorgente.metering.queries.annual import annual_consumption_columns
from sorgente.metering.queries.for_billing import billing_reads

__all__ = ["annual_consumption_columns", "billing_reads"]
