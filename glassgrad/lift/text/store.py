"""How a result gets into its array: as a new array, into a part of one, or added to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from glassgrad.lift.ir import Buffer
from glassgrad.lift.text.arrays import Arrays, shape_text
from glassgrad.lift.text.formulas import ATOM, Text
from glassgrad.lift.text.sums import Order
from glassgrad.lift.text.targets import Target, variable
from glassgrad.lift.text.views import BATCH, view_text


@dataclass(frozen=True)
class Statement:
    """A line of the text.

    value: for `name = value`, what another line may hold instead of the name. thin: whether it
    lacks some of the axes of the array. holds_last: whether the value of the line before is written
    inside this one, so that that line is not needed. reads: the names of what it reads.
    """

    text: str
    buffer: Buffer | None
    comment: str = ""
    value: Text | None = None
    thin: bool = False
    holds_last: bool = False
    reads: tuple[str, ...] = ()


class Store:
    """Writes results into arrays, in the order of a function's lines.

    states: of a buffer "zeros" that are still to be written, or "made". reshaped: buffers that are
    written to through a reshape.
    """

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.states: dict[Buffer, str] = {}
        self.reshaped: set[Buffer] = set()

    def made(self, buffer: Buffer) -> list[Statement]:
        """What makes an array of zeros, unless there is one already."""
        if self.states.get(buffer) == "made":
            return []
        self.states[buffer] = "made"
        arrays = self.arrays
        return [
            Statement(
                f"{arrays.names[buffer]} = {arrays.zeros(buffer)}", buffer, arrays.words(buffer)
            )
        ]

    def mask_text(self, aim: Target, order: Order | None = None) -> str:
        """The mask of a target, with axes as the target has them or in this order."""
        buffer = aim.view.buffer
        assert buffer.mask is not None
        mask = self.arrays.constants.array("mask", buffer.mask)
        dims = aim.at_once().dims(False, order)
        return view_text(mask, buffer.shape, False, aim.view.offset, dims)

    def put(
        self,
        aim: Target,
        text: Text,
        present: Iterable[int],
        accumulate: bool,
        comment: str,
        plain: Buffer | None = None,
        has_holes: bool = False,
    ) -> list[Statement]:
        """Put a result where it belongs.

        plain: the buffer of which it is nothing but a view. has_holes: whether it is 0 in the
        target's holes, so that no mask is needed.
        """
        buffer = aim.view.buffer
        name = self.arrays.names[buffer]
        if aim.holes() is not None and not has_holes:
            text = Text(f"np.where({self.mask_text(aim)}, {text.text}, 0.0)")
            present, plain = {*present, *aim.order} - ({BATCH} - set(present)), None
        state = self.states.get(buffer, "")
        missing = aim.missing(set(present))
        if aim.loops:
            return self._in_loops(aim, text, missing, comment)
        if buffer is self.arrays.d_theta:
            accumulate = True  # it holds zeros at first
        if aim.is_whole and state != "made" and buffer not in self._reshaped_twice():
            self.states[buffer] = "made"
            value = self._shaped(aim, text, missing)
            again = self.arrays.writes[buffer] > 1
            shared = plain is not None and (again or self.arrays.writes[plain] > 1)
            shared = shared and (buffer.batched or bool(buffer.shape))
            if shared or (again and value.text.startswith("np.broadcast_to(")):
                value = Text(f"{value.at(ATOM)}.copy()")
            words = self.arrays.words(buffer, buffer.comment or comment)
            thin = bool(missing) and aim.counts == list(buffer.shape)
            inner = text if thin else value
            return [Statement(f"{name} = {value.text}", buffer, words, inner, thin)]
        sign = "+=" if accumulate else "="
        lines = self.made(buffer)
        target = name if aim.is_whole and aim.counts == list(buffer.shape) else self.aimed(aim)
        is_number = not buffer.shape and not buffer.batched
        if target.endswith(")") or (sign == "=" and "[" not in target and not is_number):
            target += "[...]"
        axes = ["batch"] * buffer.batched + [str(count) for count in aim.counts]
        comment = f"{' x '.join(axes) or 'a number'}: {comment}".removesuffix(": ")
        return [*lines, Statement(f"{target} {sign} {text.text}", buffer, comment)]

    def aimed(self, aim: Target) -> str:
        """The text of the target."""
        buffer = aim.view.buffer
        return self.arrays.look(buffer, aim.view.offset, aim.dims(buffer.batched), True)

    def _reshaped_twice(self) -> set[Buffer]:
        """Buffers that must be made as zeros, because a later write goes through a reshape."""
        return {buffer for buffer in self.reshaped if self.arrays.writes[buffer] > 1}

    def _shaped(self, aim: Target, text: Text, missing: Order) -> Text:
        """The text with all of its axes, in the shape of the buffer."""
        buffer = aim.view.buffer
        if missing:
            shape = shape_text(buffer.batched, tuple(aim.counts))
            number = re.fullmatch(r"-?[\w.]+", text.text) and not text.text[-1].isalpha()
            make = "np.full({1}, {0})" if number and text.text[0] in "-0123456789" else ""
            text = Text((make or "np.broadcast_to({0}, {1})").format(text.text, shape))
        if aim.counts != list(buffer.shape):
            shape = ", ".join(["-1"] * buffer.batched + [str(count) for count in buffer.shape])
            if not aim.counts and not buffer.batched:
                return Text(f"np.reshape({text.text}, {buffer.shape})")
            return Text(f"{text.at(ATOM)}.reshape({shape})")
        return text

    def _in_loops(self, aim: Target, text: Text, missing: Order, comment: str) -> list[Statement]:
        """Add what falls on the same cells one by one."""
        buffer = aim.view.buffer
        lines = self.made(buffer)
        name = f"{self.arrays.names[buffer]}_parts"
        if missing:
            shape = shape_text(buffer.batched, tuple(aim.counts))
            text = Text(f"np.broadcast_to({text.text}, {shape})")
        axes = ["batch"] * buffer.batched + [str(count) for count in aim.counts]
        lines.append(Statement(f"{name} = {text.text}", None, " x ".join(axes)))
        variables = [variable(place) for place in range(len(aim.loops))]
        counts = ", ".join(str(aim.shape[axis]) for axis in aim.loops)
        ranges = f"range({counts})" if len(variables) == 1 else f"np.ndindex({counts})"
        lines.append(Statement(f"for {', '.join(variables)} in {ranges}:", None))
        text_of = f"{name}[..., {', '.join(variables)}]"
        lines.append(Statement(f"    {self.aimed(aim)} += {text_of}", buffer, comment))
        return lines
