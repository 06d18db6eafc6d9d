"""The figures of all sets, and the table story by story."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.stories.right import Row

from amiss.cli.output import number
from amiss.detect.reasons import ALIKE, DIFFERS, LOOKS_DAMAGED, LOOKS_SOUND, NO_DEPTH, NO_TRAY
from amiss.domain.words import Decision

Rows = Mapping[str, Row]
MOST_SIDELINED = 1
LEAST_SAME = 0.9
"""Share of the tellings in which no story's outcome may change."""
_PLAIN = {DIFFERS, LOOKS_DAMAGED, NO_DEPTH, NO_TRAY}
"""Said of many items, and no reason by itself."""


def figures(
    stories: Sequence[str], recorded: Rows, further: Rows, tellings: Sequence[Rows]
) -> dict[str, Any]:
    """One document. stories: ids of the items that tell one; the others are only counted.

    recorded: what was said of the recording; further: of further sound items; tellings: of the
    stories, each time with other seeds.
    """
    told = [recorded[name] for name in stories]
    others = [row for name, row in recorded.items() if name not in set(stories)]
    unchanged = [
        all(telling[name].decision == recorded[name].decision for name in stories)
        for telling in tellings
    ]
    return {
        "stories": _right(told),
        "others": _right(others),
        "further": {"items": len(further), **_decisions(further)},
        "tellings": {
            "count": len(tellings),
            "unchanged": sum(unchanged),
            "right": [sum(telling[name].right for name in stories) for telling in tellings],
        },
        "items": [
            {
                **row.export(),
                "same": sum(telling[row.item].decision == row.decision for telling in tellings),
                "right_again": sum(telling[row.item].right for telling in tellings),
                "well_again": sum(telling[row.item].well for telling in tellings),
            }
            for row in told
        ],
        "other_items": [row.export() for row in others],
        "further_sidelined": [
            row.export() for row in further.values() if row.decision != Decision.PASS
        ],
    }


def _right(rows: Sequence[Row]) -> dict[str, int]:
    return {
        "items": len(rows),
        "right": sum(row.right for row in rows),
        "for_the_right_reason": sum(row.well for row in rows),
    }


def _decisions(rows: Rows) -> dict[str, int]:
    decided = [row.decision for row in rows.values()]
    return {str(one): decided.count(one) for one in Decision}


def markdown(document: dict[str, Any]) -> str:
    """The same for people."""
    count = document["tellings"]["count"]
    head = ["story", "truth", "right is", "found", "score", "reasons", "on the place", "right"]
    head += [f"same in {count}", f"right in {count}"] if count else []
    lines = [_line(head), "|" + "---|" * len(head)]
    for item in document["items"]:
        again = [item["same"], item["right_again"]] if count else []
        lines.append(_line([item["item"], *_cells(item), *map(str, again)]))
    return "\n".join([*lines, "", *_sums(document)])


def _cells(item: dict[str, Any]) -> list[str]:
    place = {True: "yes", False: "no", None: "–"}[item["on_place"]]
    right = "no"
    if item["right"]:
        right = "yes" if item["well"] else "for another reason"
    found = item["decision"].replace("_", " ")
    return [
        item["truth"],
        item["wanted"],
        found,
        number(item["score"]),
        _said(item["reasons"]),
        place,
        right,
    ]


def _said(reasons: Sequence[str]) -> str:
    short = {ALIKE: "alike", LOOKS_SOUND: "looks sound"}
    own = [short.get(one, one) for one in reasons if one not in _PLAIN]
    return " ".join(own) or "differs, no type named"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sums(document: dict[str, Any]) -> list[str]:
    others, further, tellings = (document[name] for name in ("others", "further", "tellings"))
    said = [
        f"{what}: {one['right']} of {one['items']} right, "
        f"{one['for_the_right_reason']} of them for the right reason."
        for what, one in (("Stories", document["stories"]), ("Other items", others))
    ]
    if further["items"]:
        said.append(
            f"Further sound items: {further['sideline']} of {further['items']} sidelined "
            f"(at most {MOST_SIDELINED} may be), {further['not_inspected']} not inspected."
        )
    if tellings["count"]:
        said.append(
            f"Told with {tellings['count']} other seeds, no story's outcome changed in "
            f"{tellings['unchanged']} (at least {LEAST_SAME:.0%} are asked for); right stories in "
            f"each: {', '.join(map(str, tellings['right']))}."
        )
    return said
