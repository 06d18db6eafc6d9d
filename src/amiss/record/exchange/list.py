"""What was inspected as a table for spreadsheets, one row each."""

from pathlib import Path

from amiss.domain.errors import RecordError
from amiss.record.exchange.give import with_truths
from amiss.record.exchange.table import to_csv
from amiss.record.exchange.truth import Truth
from amiss.record.queries.inspections import Recorded, Wanted
from amiss.record.site import Site

COLUMNS = ("id", "at", "station", "step", "item", "order_id", "lot", "product", "decision",
           "score", "found", "people_say", "bundle", "operating_point")  # fmt: skip


def give_csv(site: Site, out: Path, wanted: Wanted) -> int:
    """Writes the table; gives how many rows.

    Raises:
        RecordError: the record cannot be read, or the file not written.
    """
    rows = [_row(one, truth) for one, truth in with_truths(site, wanted)]
    try:
        out.write_text(to_csv(COLUMNS, rows), encoding="utf-8", newline="")
    except OSError as error:
        raise RecordError(f"{out} cannot be written ({error.strerror}).") from error
    return len(rows)


def _row(one: Recorded, truth: Truth | None) -> dict[str, object]:
    found = (one.document["result"] or {}).get("findings", ())
    kinds = dict.fromkeys(str(finding["kind"]) for finding in found)
    told = {name: getattr(one, name) for name in COLUMNS if hasattr(one, name)}
    damaged = None if truth is None else truth.damaged
    return {
        **told,
        "at": one.at.isoformat(),
        "decision": None if one.decision is None else one.decision.value,
        "found": " ".join(kinds),
        "people_say": None if damaged is None else ("damaged" if damaged else "sound"),
    }
