// The map itself: a rectangle a cell, on whole device pixels so that edges are crisp.

import type { BucketAxis } from '../base/bucketAxis';
import { countAt, type HeatmapGrid } from '../base/heatmap';
import { cssRgb } from '../base/oklab';
import { paletteIndex, type ColourMode } from './colour';
import type { PlotLayout } from './layout';
import type { ChartTheme } from './theme';

// Cells at least this wide and high (device pixels) leave a hair between them.
const GAP_FROM = 7;

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
    const gapX = x1 - x0 >= GAP_FROM ? 1 : 0;
    for (let row = 0; row < grid.rows; row++) {
      const bottom = edges[row] ?? 0;
      const top = edges[row + 1] ?? 0;
      const gapY = bottom - top >= GAP_FROM ? 1 : 0;
      const count = countAt(grid, column, row);
      context.fillStyle =
        count > 0 ? (colours[paletteIndex(count, largest, colour, colours.length)] ?? theme.zero) : theme.zero;
      context.fillRect(x0, top, x1 - x0 - gapX, Math.max(1, bottom - top - gapY));
    }
  }
}
