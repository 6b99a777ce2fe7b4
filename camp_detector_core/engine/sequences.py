"""Chains of successors as ordered lists, and ragged arrays, without a Python loop per element."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRIDE = 32
"""Every so many elements, long chains are cut for the walk."""


class Sequences(NamedTuple):
    """Elements in the order of their chains, one chain after another."""

    order: NDArray[np.intp]
    """Elements (n,), each once."""
    offsets: NDArray[np.intp]
    """Offsets (chains + 1,): chain ``k`` is ``order[offsets[k]:offsets[k + 1]]``."""
    is_closed: NDArray[np.bool_]
    """True (chains,) if the last element's successor is the first one."""


def ragged(starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    """List ``starts[0], starts[0] + 1, ...``, ``starts[1], ...``: ``lengths[k]`` of range ``k``."""
    stops = np.cumsum(lengths)
    total = int(stops[-1]) if len(stops) else 0
    return np.repeat(starts - (stops - lengths), lengths) + np.arange(total)


def offsets_of(lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    """Compute the start (n + 1,) of each of n consecutive ranges, and their total."""
    offsets = np.zeros(len(lengths) + 1, np.intp)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def stable_order(keys: NDArray[np.intp]) -> NDArray[np.intp]:
    """Sort numbers from 0 to 2**32 stably; returns their order.

    Numpy sorts 16-bit numbers by radix, several times faster than wider ones.
    """
    order = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    high = keys >> 16
    if high.any():
        order = order[np.argsort(high[order].astype(np.uint16), kind="stable")]
    return order


def follow(successor: NDArray[np.intp]) -> Sequences:
    """Order the elements of every chain and every cycle.

    All chains are walked at once, from the places where they are cut to the next such place: at
    every start, at elements that come before both neighbours by number (each cycle has one), and
    at every 32nd element or so, chosen by a fixed scramble of its number. The pieces are then
    put in order by doubling jumps. So the work is proportional to the number of elements, and
    the number of numpy calls stays in the hundreds even where one chain holds all elements.

    Args:
        successor: (n,) the element after each one, -1 at the end of a chain; no two elements
            have the same successor.

    Returns:
        The chains, sorted by their first element; cycles start at their smallest element.
    """
    count = len(successor)
    predecessor = np.full(count + 1, -1, np.intp)
    predecessor[successor] = np.arange(count)
    predecessor = predecessor[:count]
    pieces = np.flatnonzero(_cuts(successor, predecessor))
    walk, lengths, last = _walk(successor, pieces)
    number = np.full(count + 1, -1, np.intp)
    number[pieces] = np.arange(len(pieces))
    next_piece = number[successor[last]] if count else number[:0]
    roots, distances, is_closed = _rank(next_piece, lengths)
    first, chain = np.unique(roots, return_inverse=True)
    # Sums of weights are floats, exact up to 2**53.
    offsets = offsets_of(np.bincount(chain, lengths, len(first)).astype(np.intp))
    positions = offsets[chain] + distances
    order = np.empty(count, np.intp)
    for step, (active, elements) in enumerate(walk):
        order[positions[active] + step] = elements
    return Sequences(order, offsets, is_closed[first])


def _cuts(successor: NDArray[np.intp], predecessor: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Choose the elements where the walk of a piece begins, (n,) bool."""
    index = np.arange(len(successor))
    ends = successor < 0
    # Multiplying by the golden ratio's bits scatters neighbouring numbers.
    cuts: NDArray[np.bool_] = (index * 40503 >> 8) % _STRIDE == 0
    cuts |= predecessor < 0
    cuts |= (predecessor >= index) & (ends | (successor >= index))
    return cuts


def _walk(
    successor: NDArray[np.intp], pieces: NDArray[np.intp]
) -> tuple[list[tuple[NDArray[np.intp], NDArray[np.intp]]], NDArray[np.intp], NDArray[np.intp]]:
    """Walk all pieces in step.

    Returns:
        For each step the pieces still walked and the elements they reached; then the length of
        each piece, and its last element.
    """
    stops = np.zeros(len(successor) + 1, bool)
    stops[pieces] = True
    stops[-1] = True  # successor -1, the end of a chain, looks here
    walk = []
    lengths = np.zeros(len(pieces), np.intp)
    last = np.zeros(len(pieces), np.intp)
    active, current = np.arange(len(pieces)), pieces
    while len(active):
        walk.append((active, current))
        following = successor[current]
        stop = stops[following]
        finished = active[stop]
        lengths[finished] = len(walk)
        last[finished] = current[stop]
        go = ~stop
        active, current = active[go], following[go]
    return walk, lengths, last


def _rank(
    next_piece: NDArray[np.intp], lengths: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Find the place of each piece in its chain.

    Args:
        next_piece: (n,) the piece that follows each one, or -1.
        lengths: (n,) elements of each piece.

    Returns:
        The first piece of the chain of each piece (of a cycle: the smallest one), the number of
        elements between the two, and for each first piece whether the chain is a cycle.
    """
    count = len(next_piece)
    index = np.arange(count)
    previous_piece = np.full(count + 1, -1, np.intp)
    previous_piece[next_piece] = index
    previous_piece = previous_piece[:count]
    starts = previous_piece < 0
    # Whatever is smallest upstream is the root; starts win over any cycle's numbers by their sign.
    low = np.where(starts, -1 - index, index)
    jump = np.where(starts, index, previous_piece)
    while True:
        lower = np.minimum(low, low[jump])
        if np.array_equal(lower, low):
            break
        low, jump = lower, jump[jump]
    is_closed = low >= 0
    roots = np.where(is_closed, low, -1 - low)
    upward = np.append(np.where(roots == index, count, previous_piece), count)
    distances = np.append(lengths, 0)[upward]
    while (upward < count).any():
        distances += distances[upward]
        upward = upward[upward]
    return roots, distances[:count], is_closed
