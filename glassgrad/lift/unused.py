"""Dead code elimination: forward instructions whose numbers nobody reads are left out.

What is multiplied by the constant 0 is no part of a sum any more, but it was a head and became an
instruction. Only from the finished program can be seen that no result needs it.
"""

from __future__ import annotations

from collections.abc import Iterable

from glassgrad.lift.ir import Buffer, Code, sources_of, target_of


def remove_unused(code: Code, watched: Iterable[Buffer] = ()) -> set[Buffer]:
    """Take out the forward instructions that no root needs, and give the buffers that went away.

    watched: buffers that somebody wants to see besides. A buffer of which some cells are needed
    stays whole.

    >>> from glassgrad.lift.ir import Compute, Term, whole
    >>> theta, y, z = Buffer("theta", (), "parameter"), Buffer("y", (), "value"), Buffer(
    ...     "z", (), "value")
    >>> steps = [Compute(whole(x), (), [Term(whole(theta))]) for x in (y, z)]
    >>> code = Code(theta, roots=[whole(y)], forward=steps)
    >>> remove_unused(code), len(code.forward)
    ({z[]}, 1)
    """
    needed = {root.buffer for root in code.roots} | set(watched)
    count = 0
    while count < len(needed):  # a buffer may be found to be needed after some of its writers
        count = len(needed)
        for instruction in reversed(code.forward):
            if target_of(instruction) in needed:
                needed.update(sources_of(instruction))
    gone = {target_of(instruction) for instruction in code.forward} - needed
    code.forward = [step for step in code.forward if target_of(step) in needed]
    return gone
