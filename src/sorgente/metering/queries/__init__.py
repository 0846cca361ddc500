"""What other processes may ask of metering."""

from sorgente.metering.queries.for_billing import billing_reads

__all__ = ["billing_reads"]
