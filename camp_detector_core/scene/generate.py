"""Draws a whole scene: layout, ground, objects from low to high, sensor, labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from .canvas import Canvas, Light
from .decoy_paint import paint_decoy
from .decoys import DECOYS, add_decoys
from .ground import choose_soil, paint_ground, surface_color
from .layout import fitted, lay_sites, slots
from .objects import KINDS, Kind, build_dwelling, build_neighbour
from .random_draws import chance
from .roofs import paint_dwelling
from .satellite import camera_options, enlarge
from .scenery import paint_fence, paint_road, paint_thing, paint_tree
from .sensor import expose
from .shapes import clip_convex, inside_convex, inside_polygon, polygon_area
from .spacing import Placer
from .surroundings import add_distractors, add_trees, lay_fences, lay_paths, lay_roads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .objects import SceneObject
    from .options import SceneOptions
    from .shapes import Points
    from .surroundings import Fence, Road

_STREAMS: Final = (
    "frame", "layout", "build", "roads", "things", "trees", "paths", "fences", "ground", "sensor",
    "decoys",
)  # fmt: skip


@dataclass(frozen=True)
class Label:
    """Label of a dwelling as the image shows it."""

    polygon: NDArray[np.float64]
    """(n, 2) corners x, y in pixels from the image's upper left corner, not closed."""
    kind: Kind
    """Kind of the object."""
    visible: float
    """Share of the roof's area that the image shows, above 0 to 1; less than 1 at its border."""


@dataclass(frozen=True)
class Scene:
    """A generated image and the truth about it."""

    image: NDArray[np.uint8]
    """(3, height, width) red, green, blue; 0 where there is no data."""
    valid: NDArray[np.bool_]
    """(height, width), True where the image holds data."""
    labels: tuple[Label, ...]
    """The roof of every dwelling, cut at the border of the valid image; none overlap."""
    mask: NDArray[np.uint8]
    """(height, width), 1 where the centre of a pixel lies in a roof, else 0."""
    options: SceneOptions
    """Options that the scene was generated with."""


@dataclass(frozen=True)
class _Plan:
    """Positions of all objects, metres."""

    dwellings: list[SceneObject]
    things: list[SceneObject]
    roads: list[Road]
    paths: list[Road]
    fences: list[Fence]


def generate_scene(options: SceneOptions) -> Scene:
    """Draw the scene that the options describe; equal options give equal bytes.

    Args:
        options: Size, place, look and seed.

    Returns:
        The image with its labels.
    """
    rngs = {name: np.random.default_rng([int(options.seed), i]) for i, name in enumerate(_STREAMS)}
    frame = _frame(rngs["frame"], options)
    plan = _plan(rngs, options, frame=frame * options.gsd)
    camera = camera_options(options)
    image = expose(rngs["sensor"], _paint(rngs, camera, plan), camera)
    image = enlarge(image, options)
    valid = _inside_frame(frame, options)
    image[:, ~valid] = 0
    labels = _labels(plan.dwellings, frame=frame, gsd=options.gsd)
    return Scene(image, valid, labels, _mask(labels, options), options)


def _frame(rng: np.random.Generator, options: SceneOptions) -> Points:
    """Convex outline of the image's valid part, pixels: one or more corners are cut off."""
    height, width = options.height, options.width
    corners = np.array(((0, 0), (width, 0), (width, height), (0, height)), float)
    if not options.nodata:
        return corners
    cut = rng.integers(2, size=4).astype(bool)
    cut[rng.integers(4)] = True
    depth = rng.uniform(0.06, 0.34, (4, 2)) * (width, height)
    ring = []
    for i, corner in enumerate(corners):
        if not cut[i]:
            ring.append(corner)
            continue
        inward = np.where(corner == 0, 1, -1)
        along_x, along_y = (corner + inward * depth[i] * axis for axis in np.eye(2))
        ring.extend((along_y, along_x) if i % 2 == 0 else (along_x, along_y))
    return np.array(ring)


def _inside_frame(frame: Points, options: SceneOptions) -> NDArray[np.bool_]:
    if not options.nodata:
        return np.ones((options.height, options.width), bool)
    x = (np.arange(options.width) + 0.5)[None]
    y = (np.arange(options.height) + 0.5)[:, None]
    return inside_convex(frame, x, y)


def _plan(rngs: dict[str, np.random.Generator], options: SceneOptions, *, frame: Points) -> _Plan:
    sites = lay_sites(rngs["layout"], options)
    roads = lay_roads(rngs["roads"], options)
    placer = Placer(frame, roads=[(road.line, road.width) for road in roads])
    for slot in slots(rngs["layout"], sites, options):
        scene_object = build_dwelling(rngs["build"], slot)
        if placer.offer(scene_object, gap=0.25) and slot.kind == "tin_roof":
            _join_neighbours(rngs["build"], placer, scene_object)
    for scene_object in fitted(rngs["layout"], sites, options):
        placer.offer(scene_object, gap=0.0)
    dwellings = [thing for thing in placer.objects if thing.kind in KINDS]
    add_distractors(rngs["things"], placer, options)
    add_decoys(rngs["decoys"], placer, options)
    add_trees(rngs["trees"], placer, options)
    return _Plan(
        dwellings=dwellings,
        things=[thing for thing in placer.objects if thing.kind not in KINDS],
        roads=roads,
        paths=lay_paths(rngs["paths"], dwellings, options),
        fences=lay_fences(rngs["fences"], dwellings, options),
    )


def _join_neighbours(rng: np.random.Generator, placer: Placer, scene_object: SceneObject) -> None:
    """Join some tin roofs to one or two more by a shared wall."""
    while len(scene_object.boxes) == 1 and chance(rng, 0.35):
        scene_object = build_neighbour(rng, scene_object, length=rng.uniform(3.5, 9.0))
        if not placer.offer(scene_object, gap=0.0):
            return


def _paint(
    rngs: dict[str, np.random.Generator], options: SceneOptions, plan: _Plan
) -> NDArray[np.float32]:
    light = Light(options.sun_azimuth, options.sun_elevation)
    soils = choose_soil(rngs["ground"], options.ground)
    ground = paint_ground(rngs["ground"], options, soils=soils, objects=plan.dwellings, light=light)
    surface = surface_color(soils[0])
    canvas = Canvas(
        ground,
        gsd=options.gsd,
        light=light,
        soil=surface,
        stacked=options.layout in ("tents", "blocks"),
    )
    for road in (*plan.paths, *plan.roads):
        paint_road(canvas, road, surface=surface)
    for fence in plan.fences:
        paint_fence(canvas, fence)
    # From low to high, so that shadows fall on what is lower and crowns hide what is below.
    for scene_object in sorted(
        (*plan.dwellings, *plan.things), key=lambda scene_object: scene_object.ridge
    ):
        if scene_object.kind in KINDS:
            paint_dwelling(canvas, scene_object)
        elif scene_object.kind == "tree":
            paint_tree(canvas, scene_object)
        elif scene_object.kind in DECOYS:
            paint_decoy(canvas, scene_object)
        else:
            paint_thing(canvas, scene_object)
    return canvas.rgb


def _labels(dwellings: list[SceneObject], *, frame: Points, gsd: float) -> tuple[Label, ...]:
    low, high = frame.min(0), frame.max(0)
    labels = []
    for scene_object in dwellings:
        whole = ring = scene_object.outline / gsd
        if (ring.max(0) <= low).any() or (ring.min(0) >= high).any():
            continue
        if len(scene_object.boxes) == 1:
            ring = clip_convex(ring, frame)
        elif not inside_convex(frame, *ring.mean(0)[:, None]).all():
            continue  # roofs with wings lie on one side of the border as a whole
        if len(ring) > 2:  # noqa: PLR2004 - two points enclose nothing
            share = min(polygon_area(ring) / polygon_area(whole), 1.0)
            labels.append(Label(ring, cast("Kind", scene_object.kind), share))
    return tuple(labels)


def _mask(labels: tuple[Label, ...], options: SceneOptions) -> NDArray[np.uint8]:
    mask = np.zeros((options.height, options.width), np.uint8)
    for label in labels:
        low = np.maximum(np.floor(label.polygon.min(0)).astype(int), 0)
        high = np.ceil(label.polygon.max(0)).astype(int)
        view = mask[low[1] : high[1], low[0] : high[0]]
        x = low[0] + np.arange(view.shape[1]) + 0.5
        y = low[1] + np.arange(view.shape[0]) + 0.5
        view[inside_polygon(label.polygon, x[None], y[:, None])] = 1
    return mask
