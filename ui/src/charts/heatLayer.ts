// The map itself: a rectangle a cell, on whole device pixels so that edges are crisp.

import type { BucketAxis } from '../base/bucketAxis';
import { countAt, type HeatmapGrid } from '../base/heatmap';
import { cssRgb } from '../base/oklab';
import { paletteIndex, type ColourMode } from './colour';
import type { PlotLayout } from './layout';
import type { ChartTheme } from './theme';

// Rows at least this high (device pixels) are told apart by a faint line at their upper edge.
const LINE_FROM = 8;
const LINE_ALPHA = 0.22;

export interface HeatOptions {
  readonly grid: HeatmapGrid;
  readonly axis: BucketAxis;
  readonly largest: number; // What the top colour stands for.
  readonly colour: ColourMode;
}

export function drawHeat(
  context: CanvasRenderingContext2D,
  { grid, axis, largest, colour }: HeatOptions,
  layout: PlotLayout,
  theme: ChartTheme,
): void {
  const { ratio } = layout;
  const px = (value: number): number => Math.round(value * ratio);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  const left = px(layout.left);
  const right = px(layout.left + layout.width);
  context.fillStyle = theme.surface;
  context.fillRect(left, px(layout.top), right - left, px(layout.top + layout.height) - px(layout.top));
  const colours = theme.palette.map(cssRgb);
  const edges = axis.positions.map((position) => px(layout.yOfPosition(position)));
  for (let column = 0; column < grid.ends.length; column++) {
    const end = grid.ends[column] ?? 0;
    const x0 = Math.max(left, px(layout.xOf(end - grid.stepMs)));
    const x1 = Math.min(right, px(layout.xOf(end)));
    if (x1 <= x0 || Number.isNaN(countAt(grid, column, 0))) continue;
    for (let row = 0; row < grid.rows; row++) {
      const bottom = edges[row] ?? 0;
      const top = edges[row + 1] ?? 0;
      const count = countAt(grid, column, row);
      context.fillStyle =
        count > 0 ? (colours[paletteIndex(count, largest, colour, colours.length)] ?? theme.zero) : theme.zero;
      context.fillRect(x0, top, x1 - x0, Math.max(1, bottom - top));
    }
  }
  context.globalAlpha = LINE_ALPHA;
  context.fillStyle = theme.surface;
  for (let row = 1; row < edges.length - 1; row++) {
    const top = edges[row] ?? 0;
    if ((edges[row - 1] ?? 0) - top >= LINE_FROM) context.fillRect(left, top, right - left, 1);
  }
  context.globalAlpha = 1;
}
