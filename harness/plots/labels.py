"""Places for the labels of points, so that no label lies on another, on a point or off the edge."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["Box", "leader", "overlap", "place"]

#: Left, lower, right and upper edge.
Box = tuple[float, float, float, float]

_STEPS = (0.0, 0.06, 0.14, 0.24, 0.36, 0.5, 0.7, 0.95, 1.25, 1.6, 2.0)
#: Up to this distance a label keeps off the boxes to avoid.
NEAR = 0.36
_ANGLES = tuple(math.pi * k / 8 for k in (0, 2, 14, 4, 12, 8, 6, 10, 1, 15, 3, 13, 7, 9, 5, 11))


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share an area."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def place(
    points: Sequence[tuple[float, float, float]],
    sizes: Sequence[tuple[float, float]],
    bounds: Box,
    avoid: Sequence[Box] = (),
    *,
    farthest: float = 2.0,
) -> list[Box | None]:
    """A box for the label of each point; None where there is no room.

    Parameters
    ----------
    points
        x, y and radius of each point.
    sizes
        Width and height of each label, in the same units.
    bounds
        The box that holds all labels.
    avoid
        Boxes that labels had better not cover (they may where it cannot be helped).
    farthest
        The largest distance of a label from its point's edge.
    """
    discs = [(x - r, y - r, x + r, y + r) for x, y, r in points]
    placed: list[Box] = []
    result: list[Box | None] = []
    for (x, y, radius), size in zip(points, sizes, strict=True):
        chosen = None
        for others, reach in (
            ([*discs, *placed, *avoid], min(NEAR, farthest)),
            ([*discs, *placed], farthest),
        ):
            chosen = _first_free(x, y, radius, size, bounds, others, reach)
            if chosen is not None:
                placed.append(chosen)
                break
        result.append(chosen)
    return result


def leader(point: tuple[float, float, float], box: Box, near: float) -> tuple[float, float] | None:
    """Where a line from the point to its label ends; None where the label is ``near`` enough."""
    end = (min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3]))
    far = math.hypot(end[0] - point[0], end[1] - point[1]) > point[2] + near
    return end if far else None


def _first_free(
    x: float,
    y: float,
    radius: float,
    size: tuple[float, float],
    bounds: Box,
    others: Sequence[Box],
    farthest: float,
) -> Box | None:
    width, height = size
    for step in _STEPS:
        if step > farthest:
            break
        reach = radius + 0.03 + step
        for angle in _ANGLES:
            across, up = math.cos(angle), math.sin(angle)
            # the label's nearest edge or corner lies at the reach, not its centre
            left = x + reach * across + (width / 2) * (_sign(across) - 1)
            lower = y + reach * up + (height / 2) * (_sign(up) - 1)
            box = (left, lower, left + width, lower + height)
            inside = (
                box[0] >= bounds[0]
                and box[1] >= bounds[1]
                and box[2] <= bounds[2]
                and box[3] <= bounds[3]
            )
            if inside and not any(overlap(box, other) for other in others):
                return box
    return None


def _sign(value: float) -> float:
    return 0.0 if abs(value) < 0.35 else math.copysign(1.0, value)
