"""Items and outcomes from CSV and Parquet files."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from amiss.domain.errors import RecordError
from amiss.domain.words import DamageType, ProcessStep
from amiss.record.catalogue.files import read_rows
from amiss.record.catalogue.items import Item, Items
from amiss.record.database import Database
from amiss.record.outcomes import Outcome, OutcomeKind, Outcomes

TOGETHER = 500
Thing = TypeVar("Thing")
ITEM_COLUMNS = {"item", "product", "lot", "order_id", "shipped"}
OUTCOME_COLUMNS = {"id", "kind", "at", "item", "order_id", "damaged", "types", "cost", "currency",
                   "step"}  # fmt: skip
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_items(database: Database, path: Path, *, actor: str) -> dict[str, Any]:
    """Brings in what is known of items: item, product, lot, order_id, shipped.

    Raises:
        RecordError: the file cannot be read at all, or the record not written.
    """
    refused: list[dict[str, Any]] = []
    waiting: list[Item] = []
    added = 0
    for item in _readable(path, _item, refused):
        waiting.append(item)
        if len(waiting) == TOGETHER:
            Items(database).add(waiting, actor=actor)
            added, waiting = added + len(waiting), []
    Items(database).add(waiting, actor=actor)
    return {"added": added + len(waiting), "refused": refused}


def read_outcomes(database: Database, path: Path, *, actor: str) -> dict[str, Any]:
    """Brings in outcomes: id, kind, at, item, order_id, damaged, types, cost, currency, step.

    Raises:
        RecordError: the file cannot be read at all, or the record not written.
    """
    refused: list[dict[str, Any]] = []
    done = Outcomes(database).add(_readable(path, _outcome, refused), actor=actor)
    others = [{"id": name, "reason": reason} for name, reason in done.refused.items()]
    return {"added": done.added, "unchanged": done.unchanged, "refused": [*refused, *others]}


def _readable(
    path: Path, make: Callable[[Mapping[str, Any]], Thing], refused: list[dict[str, Any]]
) -> Iterator[Thing]:
    for number, values in read_rows(path):
        try:
            made = None if isinstance(values, str) else make(values)
            reason = values if isinstance(values, str) else ""
        except (RecordError, ValueError, KeyError, TypeError) as error:
            missing = isinstance(error, KeyError)
            made, reason = None, f"{error} is missing" if missing else str(error)
        if made is None:
            refused.append({"row": number, "reason": reason})
        else:
            yield made


def _item(row: Mapping[str, Any]) -> Item:
    _refuse_others(row, ITEM_COLUMNS)
    shipped = row.get("shipped")
    return Item(
        str(row["item"]),
        _text(row, "product"),
        _text(row, "lot"),
        _text(row, "order_id"),
        None if shipped is None else _moment(shipped),
    )


def _outcome(row: Mapping[str, Any]) -> Outcome:
    _refuse_others(row, OUTCOME_COLUMNS)
    types = row.get("types", ())
    words = types.split() if isinstance(types, str) else types
    return Outcome(
        str(row["id"]),
        OutcomeKind(str(row["kind"])),
        _moment(row["at"]),
        _text(row, "item"),
        _text(row, "order_id"),
        None if row.get("damaged") is None else _truth(row["damaged"]),
        tuple(DamageType(word) for word in words),
        None if row.get("cost") is None else float(row["cost"]),
        _text(row, "currency"),
        None if row.get("step") is None else ProcessStep(str(row["step"])),
    )


def _refuse_others(row: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(row) - known:
        raise RecordError(
            f"there is no column {', '.join(sorted(unknown))}; use {', '.join(sorted(known))}"
        )


def _text(row: Mapping[str, Any], name: str) -> str | None:
    return None if row.get(name) is None else str(row[name])


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    found = _TRUTHS.get(str(value).strip().lower())
    if found is None:
        raise RecordError(f"damaged is {value!r}; say true or false")
    return found


def _moment(value: object) -> datetime:
    """A moment; without a time zone it is UTC."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
