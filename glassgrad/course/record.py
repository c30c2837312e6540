"""What a reader has solved, and the hints they have seen: one small file in the course's folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from glassgrad.files import write_atomically

FILE = Path("glassgrad-progress.json")  # where the notebook runs


@dataclass
class Record:
    """The numbers of the exercises solved, and how many hints were shown for each."""

    solved: list[str] = field(default_factory=list)
    hints: dict[str, int] = field(default_factory=dict)

    def save(self) -> None:
        """Write the file. Raises OSError where that is not possible."""
        write_atomically(FILE, json.dumps(asdict(self), indent=2) + "\n")


def read() -> Record:
    """The reader's record, or an empty one. A damaged file is kept under another name."""
    if not FILE.exists():
        return Record()
    try:
        found = json.loads(FILE.read_text(encoding="utf-8"))
        solved = [str(number) for number in found["solved"]]
        return Record(solved, {str(number): int(n) for number, n in found["hints"].items()})
    except OSError:  # a folder of this name, or no permission
        return Record()
    except (ValueError, KeyError, TypeError, AttributeError):
        kept = FILE.replace(FILE.with_suffix(".damaged.json"))
        print(f"(The record of your progress is damaged; it is kept as {kept}, a new one begins.)")
        return Record()
