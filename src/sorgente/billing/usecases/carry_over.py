"""What still waited in earlier runs moves to the run that takes the contract up again."""

from __future__ import annotations

from typing import Any

# A release is for the contract, not for the day: it is asked for once.
_RELEASED_BEFORE = """
UPDATE billing_runitem now
   SET state = 'released', code = earlier.code, released_by = earlier.released_by,
       released_at = earlier.released_at, release_reason = earlier.release_reason
  FROM (SELECT DISTINCT ON (contract_id) * FROM billing_runitem
         WHERE state = 'released' AND run_id <> %(run)s ORDER BY contract_id, id DESC) earlier
 WHERE now.run_id = %(run)s AND now.contract_id = earlier.contract_id
"""
_CARRIED = """
WITH moved AS (
     UPDATE billing_runitem e SET state = 'carried' FROM billing_runitem now, billing_runitem was
      WHERE now.run_id = %(run)s AND now.contract_id = e.contract_id AND e.run_id <> %(run)s
        AND e.state IN ('parked', 'released') AND was.id = e.id
     RETURNING e.run_id, was.state AS before)
UPDATE billing_billingrun r SET parked = r.parked - gone.items
  FROM (SELECT run_id, count(*) AS items FROM moved WHERE before = 'parked' GROUP BY run_id) gone
 WHERE r.id = gone.run_id
"""


def carry_over(cursor: Any, run_id: int) -> None:
    """Let a new run take over the contracts parked or released in earlier ones.

    A parked one is judged anew; one that a person let through stays let through. In the earlier run both are
    carried: its bills could not be issued any more, because the dates of a series never go back.
    """
    cursor.execute(_RELEASED_BEFORE, {"run": run_id})
    cursor.execute(_CARRIED, {"run": run_id})
