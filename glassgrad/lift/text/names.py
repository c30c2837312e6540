"""Names for parts of the parameter vector, from the paths of the parameters in them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Sequence

SYNONYMS = {
    "weights": "W", "weight": "W", "w": "W", "bias": "b", "biases": "b", "b": "b",
}  # fmt: skip
MOST = 200  # paths to look at: the first, the last and some between them say enough


def part_name(paths: Sequence[str], axes: int) -> str:
    """What to call an array of so many axes whose cells are the parameters at these paths.

    It is "" where the paths have nothing in common.

    >>> part_name(["layers.0.neurons.0.weights.0", "layers.0.neurons.1.weights.0"], 2)
    'W1'
    >>> part_name(["wq.0.1", "wq.1.0"], 2), part_name(["blocks.1.norm.gain.0"], 1)
    ('wq', 'blocks_1_norm_gain')
    >>> part_name(["a1", "a2"], 1), part_name(["slope", "start"], 1)
    ('a', 'slope_start')
    >>> part_name(["L0n0w0", "L0n0w1", "L0n1w0"], 2), part_name(["L0n0b", "L0n1b"], 1)
    ('L0w', 'L0b')
    """
    step = max(1, len(paths) // MOST)
    some = list(dict.fromkeys([*paths[::step], paths[-1]])) if paths else []
    split = [re.sub(r"[\[\]() ,]+", ".", path).strip(".").split(".") for path in some]
    if not split:
        return ""
    if len({len(parts) for parts in split}) == 1:
        common = [same[0] for same in zip(*split, strict=True) if len(set(same)) == 1]
    else:
        common = []
        for same in zip(*split, strict=False):
            if len(set(same)) > 1:
                break
            common.append(same[0])
    if len(some) == 1 and axes:
        while len(common) > 1 and common[-1].isdigit():
            common.pop()
    if any(not part.isdigit() for part in common):
        return _short(common, axes)
    if not any(path.startswith("p") and path[1:].isdigit() for path in some):
        name = common_name(some)
        if name:
            return identifier(name)
    stems = list(dict.fromkeys(re.sub(r"[\d_]+$", "", parts[0]) for parts in split))
    if stems == ["p"] or "" in stems:  # a number says nothing
        return ""
    return identifier("_".join(stems)) if len(stems) <= 3 else ""


def common_name(labels: Sequence[str]) -> str:
    """What labels with numbers in them have in common, if that is a name, else "".

    A number that is in all of them stays. Of those that differ, the last says which, and those
    before go with what they number.

    >>> common_name(["ypred0", "ypred1"]), common_name(["h1[0]", "h1[1]"])
    ('ypred', 'h1')
    >>> common_name(["L0n0w0", "L0n1w1"]), common_name(["x1*w1", "x2*w2"]), common_name(["a", "b"])
    ('L0w', '', '')
    """
    clean = [re.sub(r"[\[\]() ,.]+", "_", label).strip("_") for label in labels]
    split = [re.findall(r"(\D+)(\d*)", label) for label in dict.fromkeys(clean)]
    letters = {tuple(word for word, _ in parts) for parts in split}
    if len(letters) != 1 or any(label[:1].isdigit() for label in clean):
        return ""
    name, last = "", len(split[0]) - 1
    for place, alike in enumerate(zip(*split, strict=True)):
        if len(set(alike)) == 1:
            name += "".join(alike[0])
        elif place in (0, last):
            name += alike[0][0]
    name = name.strip("_")
    return name if name.isidentifier() else ""


def _short(parts: list[str], axes: int) -> str:
    """Common parts of paths in few letters: those of an MLP as in its formula."""
    if "layers" in parts or parts[-1] in ("weights", "bias"):
        at = parts.index("layers") if "layers" in parts else 0
        numbers = [int(part) for part in parts[at:] if part.isdigit()]
        number = str(numbers[0] + 1) if numbers and "layers" in parts else ""
        letter = SYNONYMS.get(parts[-1], "")
        if not letter and parts[-1].isdigit() and len(parts) > 1:
            letter = SYNONYMS.get(parts[-2], "")
        before = [part for part in parts[:at] if part != "neurons"]
        if letter == "W" and axes < 2 and not number:
            letter = "w"
        if letter or len(parts[at:]) <= 4:
            return identifier("_".join([*before, f"{letter or 'layer'}{number}"]))
    return identifier("_".join(parts))


def identifier(text: str) -> str:
    """The nearest thing that Python takes as a name.

    >>> identifier("2nd try"), identifier("lambda")
    ('_2nd_try', 'lambda_')
    """
    name = re.sub(r"\W+", "_", text).rstrip("_") or "_"
    if name[0].isdigit():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def unused(name: str, taken: Collection[str]) -> str:
    """The name, with a number after it if it is taken.

    >>> unused("W", {"W", "W_2"})
    'W_3'
    """
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
