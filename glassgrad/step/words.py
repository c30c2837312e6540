"""The steps of a trace in words, for text and pages alike. Where words go is not decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from re import fullmatch

from glassgrad.draw.format import count, plain
from glassgrad.draw.graph import formula
from glassgrad.step.derivatives import derivative
from glassgrad.step.trace import Flow, Step, Trace, apart, differ


@dataclass(frozen=True)
class Card:
    """What one input gets: (what, how much) line by line, the sum last; then remarks."""

    title: str
    lines: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """A step in words.

    table: rows of cells below a row of headings. sign: what is wrong with the order, in a word.
    """

    title: str
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    sign: str = ""


def describe(trace: Trace, step: Step) -> Words:
    """A step of a trace in words."""
    tell: dict[str, Callable[[Trace, Step], Words]] = {
        "leaves": _leaves, "forward": _forward, "start": _start, "backward": _backward, "end": _end,
    }  # fmt: skip
    return tell[step.kind](trace, step)


def rest(trace: Trace, node: int) -> Words:
    """Of an order that is done, while another one still comes to this node."""
    turns = sum(step.kind == "backward" and step.node == node for step in trace.steps)
    times = {0: "not handed on", 1: "handed on once", 2: "handed on twice"}
    done = f"{name_of(trace, node)} has {times.get(turns, f'handed on {turns} times')}"
    return Words(f"Done: {done}", ("nothing is left to hand on in this order",))


def name_of(trace: Trace, node: int) -> str:
    """What a node is called in a sentence: by its number, if it has no name at all."""
    return trace.names[node] or plain(trace.data[node])


def number(x: float | None) -> str:
    """A number in a sentence, or that there is none."""
    return "not known" if x is None else plain(x)


def _leaves(trace: Trace, step: Step) -> Words:
    named = [i for i, inputs in enumerate(trace.inputs) if not inputs and trace.names[i]]
    nameless = [i for i, inputs in enumerate(trace.inputs) if not inputs and not trace.names[i]]
    parts = [f"{trace.names[i]} = {plain(trace.data[i])}" for i in named]
    parts += [plain(trace.data[i]) for i in nameless]
    missing = ["every result and every grad is still missing"] if trace.root else []
    return Words("The numbers to start from", (", ".join(parts), *missing))


def _forward(trace: Trace, step: Step) -> Words:
    name, title = name_of(trace, step.node), _in_names(trace, step.node)
    lines = [f"{name} = {_in_numbers(trace, step.node)} = {plain(trace.data[step.node])}"]
    return Words(
        f"Forward, operation {step.number} of {step.of}: {title}", tuple(lines), _stale(trace, step)
    )


def _start(trace: Trace, step: Step) -> Words:
    name = name_of(trace, step.node)
    return Words(
        f"Backward starts at {name}",
        (
            f"{_dotted(name)}.grad = 1.0: {name} changes exactly as much as itself",
            *(["every other grad starts at 0.0"] if step.node else []),
        ),
    )


def _backward(trace: Trace, step: Step) -> Words:
    name = name_of(trace, step.node)
    upstream = step.flows[0].upstream
    inputs = "its input" if len(step.flows) == 1 else "each input"
    handed = f"{_dotted(name)}.grad = {number(upstream)}"
    lines = [f"{name} hands on {handed} to {inputs}, times the local derivative"]
    wrong = _order_warnings(trace, step)
    signs = [*wrong, *(["too late"] if any(flow.late for flow in step.flows) else [])]
    return Words(
        f"Backward, operation {step.number} of {step.of}: {_in_names(trace, step.node)}",
        tuple(lines),
        (*wrong.values(), *_stale(trace, step)),
        tuple(_card(trace, step, flow) for flow in step.flows),
        sign=", ".join(signs),
    )


def _card(trace: Trace, step: Step, flow: Flow) -> Card:
    name, result = name_of(trace, flow.to), name_of(trace, step.node)
    inputs = trace.inputs[step.node]
    title = f"to {name}"
    if inputs.count(flow.to) > 1:
        places = ("first", "second", "third", "fourth", "fifth")
        title += f", the {places[flow.place] if flow.place < 5 else 'next'} input"
    if flow.local is None:
        local = f"not known: {_why_not_known(trace, step.node)}"
    else:
        local = _derivative(trace, step.node, flow)
    product = f"{number(flow.local)} × {_second(flow.upstream)} = {number(flow.product)}"
    total = f"{number(flow.before)} + {_second(flow.product)} = {number(flow.after)}"
    if flow.arrived > flow.expected:
        total += f" ({_ordinal(flow.arrived)} contribution; there should be {flow.expected})"
    elif flow.expected > 1:
        total += f" ({flow.arrived} of {flow.expected})"
    if flow.product is None:
        product = "not known"
    if flow.after is None:
        total = "not known"
    lines = (
        ("local derivative", local),
        (f"× {_dotted(result)}.grad", product),
        (f"{_dotted(name)}.grad", total),
    )
    return Card(title, lines, (*_late(trace, flow), *_own(trace, flow)))


def _why_not_known(trace: Trace, node: int) -> str:
    symbol = trace.symbols[node] or "?"
    if node not in trace.misnamed:
        return f"{symbol} is not in the table of operations"
    inputs = "its input" if len(trace.inputs[node]) == 1 else "its inputs"
    return f"this node's data is not the {symbol} of {inputs}"


def _late(trace: Trace, flow: Flow) -> tuple[str, ...]:
    """That an input has handed on before this came, and will not again."""
    if not flow.late:
        return ()
    below = " and ".join(dict.fromkeys(name_of(trace, x) for x in trace.inputs[flow.to]))
    lost = "this" if flow.product is None else f"this {plain(flow.product)}"
    name = name_of(trace, flow.to)
    return (f"too late: {name} has already handed on; {lost} never reaches {below}",)


def _own(trace: Trace, flow: Flow) -> tuple[str, ...]:
    """How the reader's own gradient compares, once all of ours has arrived."""
    own, ours = flow.own, flow.after
    if own is None:
        return ()
    if ours is None:
        return (f"{trace.whose} has {plain(own)} here, which is used from here on",)
    if not differ(own, ours):
        return ()
    remark = f"{trace.whose} has {plain(own)} here; the chain rule gives {plain(ours)}"
    times = own / ours if isfinite(own) and isfinite(ours) and ours else 0.0
    if flow.follows:
        return (remark, "this follows from the difference in an earlier step")
    if flow.expected > 1 and flow.own_product is not None and not differ(own, flow.own_product):
        return (remark, f"{plain(own)} is this contribution alone: = where += belongs?")
    if times > 1.5 and not differ(times, round(times)):
        return (remark, f"{round(times)} times as much: were grads of an earlier backward kept?")
    if not own:
        return (remark,)
    kept = "grads of an earlier backward were kept, also those of results in between"
    overwritten = ", or = where += belongs" if flow.expected > 1 else ""
    return (remark, f"usual causes: {kept}{overwritten}; if not, this derivative is wrong there")


def _end(trace: Trace, step: Step) -> Words:
    """What has been arrived at, beside what there is to compare it with."""
    columns: list[tuple[str, Mapping[int, float | None]]] = []
    if trace.right is not None:
        columns.append(("the right order", trace.right))
    if trace.own is not None:
        columns.append((trace.whose, dict(enumerate(trace.own))))
    rows = [("", "data", "grad", *(head for head, _ in columns))]
    for i, data in enumerate(trace.data):
        ours = trace.grads.get(i, 0.0)
        cells = [name_of(trace, i), plain(data), number(ours)]
        for _, others in columns:
            other = others.get(i, 0.0)
            cells.append(number(other) + " ≠" * apart(ours, other))
        rows.append(tuple(cells))
    warnings, sign = [], ""
    for column, (head, _) in enumerate(columns, 3):
        different = count(n := sum(row[column].endswith("≠") for row in rows), "gradient")
        verb = "is" if n == 1 else "are"
        if n and head == trace.whose:
            here = "the chain rule gives" if trace.right is None else "this order arrives at"
            warnings.append(f"{different} of {head} {verb} not what {here}")
        elif n:
            sign = f"{different} {'differs' if n == 1 else 'differ'}"
            warnings.append(f"{sign} from the right order")
    all_there = None not in trace.grads.values() and not sign
    title = "All gradients are there" if all_there else "The walk has ended"
    return Words(title, (), tuple(warnings), (), tuple(rows), sign)


def _order_warnings(trace: Trace, step: Step) -> dict[str, str]:
    """What is wrong with coming to this node now: a word and a sentence for each."""
    name, warnings = name_of(trace, step.node), {}
    if step.handed is not None:
        again = f"again: {number(step.handed)} was handed on before and now counts twice"
        warnings["again"] = f"{name} hands on {again}"
    if step.early:
        here, whole = step.flows[0].upstream, (trace.right or {}).get(step.node)
        is_part = here is not None and whole is not None and 0 <= here * whole < whole * whole
        still = f"more gradient for {name} is still to come"
        part = f"only {number(here)} of {number(whole)} has arrived" if is_part else still
        warnings["too early"] = f"too early: {part}"
    return warnings


def _stale(trace: Trace, step: Step) -> tuple[str, ...]:
    if step.node not in trace.stale:
        return ()
    name = name_of(trace, step.node)
    return (f"an input of {name} was changed after {name} was computed: compute it again",)


def _in_names(trace: Trace, node: int) -> str:
    """The formula of a result in names, with its own name in front."""
    return f"{name_of(trace, node)} = {_formula(trace, node)}"


def _formula(trace: Trace, node: int) -> str:
    names = [name_of(trace, x) for x in trace.inputs[node]]
    symbol = trace.symbols[node]
    if symbol not in ("+", "") and not symbol.isalpha():
        names = [f"({name})" if " " in name else name for name in names]
    return formula(symbol, names)


def _in_numbers(trace: Trace, node: int) -> str:
    return formula(trace.symbols[node], [plain(trace.data[x]) for x in trace.inputs[node]])


def _derivative(trace: Trace, node: int, flow: Flow) -> str:
    """The local derivative as a formula in names, in numbers, and as a number."""
    inputs = trace.inputs[node]
    names, numbers = [name_of(trace, x) for x in inputs], [plain(trace.data[x]) for x in inputs]
    rule, place = trace.rules[node], flow.place
    parts = [number(flow.local)]
    if with_numbers := derivative(rule, place, numbers, plain(trace.data[node])):
        with_names = derivative(rule, place, names, _formula(trace, node))
        parts = [with_names, with_numbers, number(flow.local)]
    return " = ".join(dict.fromkeys(parts))  # each once, in this order


def _dotted(name: str) -> str:
    """A name that `.grad` can stand behind."""
    return name if fullmatch(r"#\d+|[^\W\d][\w.\[\]]*", name) else f"({name})"


def _ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if n // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _second(x: float | None) -> str:
    """A number after a sign."""
    text = number(x)
    return f"({text})" if text.startswith("-") else text
