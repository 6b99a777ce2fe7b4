"""The report of an evaluation: one HTML file that needs no network, no script and no other file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from camp_detector_core.engine.counts import counted
from training.evaluation import markup
from training.evaluation.bootstrap import NO_INTERVAL
from training.evaluation.charts import draw_reliability, draw_sweep
from training.evaluation.compare import TITLES, figure, span
from training.evaluation.maps import COLORS, draw_area, draw_block
from training.evaluation.tables import FALSE_ALARM, HIT, MISS, worst_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.evaluation.measure import Evaluation

MOST_AREAS, MOST_ZOOMED, MOST_ROWS = 12, 6, 40
"""Areas and blocks that are shown, and rows of the table of blocks."""
_KEY = (
    (f"border-color:{COLORS[HIT]}", "hit: found, and labelled (white: the label)"),
    (f"border-color:{COLORS[MISS]};background:#9b965a", "miss: labelled, and not found"),
    (
        f"border-color:{COLORS[FALSE_ALARM]};border-style:dashed",
        "false alarm: found, and not labelled as such",
    ),
)


def make_page(
    evaluation: Evaluation,
    summary: dict[str, Any],
    *,
    blocks: Sequence[dict[str, Any]],
    compared: Sequence[dict[str, Any]] = (),
) -> str:
    """The whole report.

    Args:
        evaluation: For pictures; all figures come from the next ones.
        summary: Of `training.evaluation.summary.to_dict`.
        blocks: Of `training.evaluation.tables.block_rows`.
        compared: Of `training.evaluation.compare.comparison_rows`, where models were compared.

    Raises:
        RasterError: The images cannot be read for the maps.
    """
    settings, total = summary["settings"], summary["total"]
    reliability = evaluation.total.reliability
    calibration = total["calibration"]
    parts = [
        markup.text(_lead(summary)),
        markup.section("Figures", *_headline(summary)),
        *([markup.section("Models compared", *_compared(compared))] if len(compared) > 1 else []),
        markup.section("By size of dwelling", _sizes(total["by_size"])),
        markup.section(
            "Probabilities",
            markup.text(
                "Of the pixels with a probability of 0.8, 80 % should be labelled: then the bars "
                "end on the dashed line. Below it, the model claims too much. Expected calibration "
                f"error {_number(calibration['expected_calibration_error'])}, Brier score "
                f"{_number(calibration['brier'])} (0 is perfect for both)."
            ),
            markup.side_by_side(
                [
                    markup.figure(
                        draw_reliability(reliability),
                        alt="Reliability diagram: share of labelled pixels by probability",
                        caption="Reliability diagram; its numbers are in reliability.csv.",
                    ),
                    markup.figure(
                        draw_sweep(total["threshold_sweep"], settings["threshold"]),
                        alt="IoU, precision and recall of pixels by threshold",
                        caption="Pixels at other thresholds. The best one on the ground that is "
                        "measured here flatters the model: take it from validation.",
                    ),
                ]
            ),
        ),
        markup.section("Maps", markup.key(_KEY), *_maps(evaluation)),
        markup.section("Worst blocks", markup.key(_KEY), *_zoomed(evaluation, blocks)),
        markup.section("By block of ground", *_blocks(blocks, settings["block_metres"])),
        markup.section("How it was measured", _method(summary)),
    ]
    return markup.page(f"How good is {summary['model']['id']}?", parts)


def _lead(summary: dict[str, Any]) -> str:
    data, buildings = summary["data"], summary["total"]["buildings"]
    part = "all of them" if data["split"] is None else f"the part {data['part']} of the split"
    labelled = counted(buildings["labelled"], "dwelling")
    return (
        f"Measured on {counted(data['count'], 'image')} ({part}), "
        f"{data['hectares']:.2f} hectares: {labelled} labelled, "
        f"{buildings['predicted']} found, and {buildings['matched']} of these the same at an "
        f"overlap (IoU) of {summary['settings']['building_iou']:g} or more."
    )


def _headline(summary: dict[str, Any]) -> list[str]:
    total, settings = summary["total"], summary["settings"]
    pixels, buildings = total["pixels"], total["buildings"]
    bounds = total["intervals_95"]
    values = {"pixel_iou": pixels["iou"], **buildings}
    iou = settings["building_iou"]
    titles = {
        "pixel_iou": "Pixels: IoU",
        "precision": f"Dwellings: precision at IoU {iou:g}",
        "recall": f"Dwellings: recall at IoU {iou:g}",
        "f1": f"Dwellings: F1 at IoU {iou:g}",
        "mean_f1": "Dwellings: mean F1 over IoU 0.50 to 0.95",
        "count_error": "Count error",
    }
    all_ones = pixels["all_ones_iou"]
    baseline = {"pixel_iou": f"{all_ones:.3f}"}
    rows = [
        [titles[n], figure(values, n), span(bounds.get(n), n), baseline.get(n, "-")] for n in TITLES
    ]
    more = {"precision": all_ones, "recall": 1.0, "f1": 2 * all_ones / (1 + all_ones)}
    rows[1:1] = [
        [f"Pixels: {n if n != 'f1' else 'F1'}", f"{pixels[n]:.3f}", "-", f"{more[n]:.3f}"]
        for n in more
    ]
    rows += [
        ["Panoptic quality", _number(buildings["panoptic_quality"]), "-", "-"],
        ["Area of hits, median error", _percent(buildings["median_area_error"]), "-", "-"],
    ]
    header = ["", "this model", "95 % interval", "everything marked"]
    sampling = (
        f"Intervals: {total['blocks']} blocks of {settings['block_metres']:g} m, drawn again 1000 "
        "times. They say how the figures would vary over more ground of this kind, and nothing "
        "about other places. Count error: found less labelled, over labelled."
    )
    note = sampling if bounds else f"{NO_INTERVAL[0].upper()}{NO_INTERVAL[1:]}."
    return [markup.table("Headline figures", header, rows), markup.text(note)]


def _compared(rows: Sequence[dict[str, Any]]) -> list[str]:
    lines = []
    for row in rows:
        lines.append([row["name"], *(figure(row, n) for n in TITLES)])
        lines.append(["95 % interval", *(span(row["intervals_95"].get(n), n) for n in TITLES)])
        if "difference_95" in row:
            interval = row["difference_95"]
            lines.append(["less the first one", *(span(interval.get(n), n) for n in TITLES)])
    words = (
        "All were run on the same images. The last line of each is the 95 % interval of its "
        "figures less those of the first model, on the same blocks: where it holds no zero, the "
        "difference is more than chance."
    )
    return [markup.table("Models", ["", *TITLES.values()], lines), markup.text(words)]


def _sizes(rows: Sequence[dict[str, Any]]) -> str:
    header = ["area, m2", "labelled", "of them found", "recall"]
    header += ["found", "of them right", "precision", "area error"]
    cells = [
        [
            str(r["area_m2"]),
            *(str(r[n]) for n in ("labelled", "labelled_found")),
            _number(r["recall"]),
            *(str(r[n]) for n in ("found", "found_right")),
            _number(r["precision"]),
            _percent(r["median_area_error"]),
        ]
        for r in rows
    ]
    caption = "Recall by labelled area, precision by found area, median error of the area of hits"
    return markup.table(caption, header, cells)


def _maps(evaluation: Evaluation) -> list[str]:
    errors = [
        sum(int((~m.right[0]).sum() + (~m.right[1]).sum()) for m in a.matchings.values())
        for a in evaluation.areas
    ]
    order = sorted(range(len(errors)), key=lambda i: -errors[i])[:MOST_AREAS]
    parts = []
    for number in sorted(order):
        area = evaluation.areas[number]
        names = ", ".join(area.chips[:3]) + (" ..." if len(area.chips) > 3 else "")  # noqa: PLR2004
        words = f"Area {number + 1}: {names} ({area.hectares:.2f} ha)"
        alt = f"Map of area {number + 1}, with misses and false alarms: {errors[number]}"
        parts.append(markup.figure(draw_area(area), alt=alt, caption=words, kind="map"))
    if len(order) < len(errors):
        areas = counted(len(errors) - len(order), "area")
        left = f"Not shown, with fewer misses and false alarms: {areas}."
        parts.append(markup.text(left))
    return parts


def _zoomed(evaluation: Evaluation, blocks: Sequence[dict[str, Any]]) -> list[str]:
    worst = [r for r in worst_first(blocks)[:MOST_ZOOMED] if r["misses"] + r["false_alarms"]]
    if not worst:
        return [markup.text("No block has a miss or a false alarm.")]
    figures = [
        markup.figure(
            draw_block(evaluation.areas[r["area"] - 1], r["row"] - 1, r["col"] - 1),
            alt=f"Block {_name(r)}, enlarged",
            caption=f"Block {_name(r)}: {r['labelled']} labelled, {r['found']} found, "
            f"{counted(r['misses'], 'miss', 'misses')}, "
            f"{counted(r['false_alarms'], 'false alarm')}",
        )
        for r in worst
    ]
    return [markup.side_by_side(figures)]


def _blocks(rows: Sequence[dict[str, Any]], metres: float) -> list[str]:
    names = ("labelled", "found", "misses", "false_alarms")
    cells = [
        [_name(r), *(str(r[n]) for n in names), _number(r["f1"]), _number(r["pixel_iou"])]
        for r in worst_first(rows)[:MOST_ROWS]
    ]
    header = ["area / row / column", "labelled", "found", "misses", "false alarms"]
    caption = f"Blocks of {metres:g} m, those with the most misses and false alarms first"
    left = len(rows) - len(cells)
    more = f"{left} more rows are in blocks.csv. " if left > 0 else ""
    return [
        markup.table(caption, [*header, "F1", "pixel IoU"], cells),
        markup.text(
            f"{more}A dwelling belongs to the block of its centroid. Rows count from the north, "
            "columns from the west."
        ),
    ]


def _name(row: dict[str, Any]) -> str:
    return f"{row['area']} / {row['row']} / {row['col']}"


def _method(summary: dict[str, Any]) -> str:
    model, data, settings = summary["model"], summary["data"], summary["settings"]
    rows = [
        ["Model file", f"{model['file']} (SHA-256 {model['sha256']})"],
        ["Licence of the model", model["licence"] or "not stated"],
        ["Attribution", "; ".join(model["attribution"]) or "not stated"],
        ["Images", data["chips"]],
        ["Labels", data["labels"]],
        *(["Of the labels", note] for note in data["notes"]),
        ["Split", "none" if data["split"] is None else f"{data['split']}, part {data['part']}"],
        ["Threshold", f"{settings['threshold']:g}"],
        ["Smallest dwelling", f"{settings['min_area_m2']:g} m2"],
        ["Touching dwellings", "separated" if settings["separation"] else "not separated"],
        ["Flips and turns averaged", "yes" if settings["tta"] else "no"],
        ["Pixels", settings["pixel_rule"]],
        ["Edges", settings["edge_rule"]],
        ["Software", f"{summary['software']}, {summary['date']}"],
    ]
    return markup.table("Model, data and settings", [], rows, kind="text")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1%}"
