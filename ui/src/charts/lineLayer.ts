// Lines on a linear axis with round ticks.

import type { PlotLayout } from './layout';
import type { ChartTheme } from './theme';

export interface Line {
  readonly key: string;
  readonly name: string;
  readonly colour: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export interface LineAxis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly toPosition: (value: number) => number;
}

// A round step of at least `rough`: 1, 2, 2.5 or 5 times a power of ten; a power of two for bytes.
function roundStep(rough: number, base: 2 | 10): number {
  if (base === 2) return 2 ** Math.ceil(Math.log2(rough));
  const size = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((one) => one >= rough) ?? rough;
}

// Round numbers around all values; 0 is on the axis when it is not far.
export function lineAxis(lines: readonly Line[], ticks: number, base: 2 | 10): LineAxis {
  let low = Infinity;
  let high = -Infinity;
  for (const line of lines) {
    for (const value of line.values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) [low, high] = [0, 1];
  if (low > 0 && low < high * 0.7) low = 0;
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)];
  const step = roundStep((high - low) / Math.max(1, ticks), base);
  const bottom = Math.floor(low / step + 1e-9) * step;
  const top = Math.max(bottom + step, Math.ceil(high / step - 1e-9) * step);
  const count = Math.round((top - bottom) / step);
  return {
    low: bottom,
    high: top,
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((bottom + i * step).toPrecision(12))),
    toPosition: (value) => (value - bottom) / (top - bottom),
  };
}

export function drawLines(
  context: CanvasRenderingContext2D,
  lines: readonly Line[],
  axis: LineAxis,
  stepMs: number,
  bright: string | null,
  layout: PlotLayout,
): void {
  const { ratio } = layout;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.save();
  context.beginPath();
  context.rect(layout.left, layout.top - 2, layout.width, layout.height + 4);
  context.clip();
  context.lineJoin = 'round';
  const order = [...lines].sort((a, b) => Number(a.key === bright) - Number(b.key === bright));
  for (const line of order) {
    context.globalAlpha = bright === null || line.key === bright ? 1 : 0.25;
    context.strokeStyle = line.colour;
    context.fillStyle = line.colour;
    context.lineWidth = line.key === bright ? 2.5 : 1.6;
    context.beginPath();
    let last = -Infinity;
    line.times.forEach((time, index) => {
      const value = line.values[index] ?? NaN;
      if (!Number.isFinite(value)) return;
      const [x, y] = [layout.xOf(time), layout.yOfPosition(axis.toPosition(value))];
      // A gap in the data is a gap in the line; a point alone is a point.
      if (time - last > stepMs * 1.5) {
        context.moveTo(x, y);
        const next = line.times[index + 1] ?? Infinity;
        if (next - time > stepMs * 1.5) context.rect(x - 1, y - 1, 2, 2);
      } else context.lineTo(x, y);
      last = time;
    });
    context.stroke();
  }
  context.globalAlpha = 1;
  context.restore();
}

export interface NearPoint {
  readonly line: Line;
  readonly timeMs: number;
  readonly value: number;
  readonly x: number;
  readonly y: number;
}

function nearestIndex(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  const before = times[low - 1];
  return before !== undefined && time - before < (times[low] ?? Infinity) - time ? low - 1 : low;
}

// The line nearest to the pointer at the pointer's time.
export function nearestLine(
  lines: readonly Line[],
  axis: LineAxis,
  layout: PlotLayout,
  x: number,
  y: number,
): NearPoint | null {
  let best: NearPoint | null = null;
  const time = layout.timeAt(x);
  for (const line of lines) {
    const index = nearestIndex(line.times, time);
    const [timeMs, value] = [line.times[index], line.values[index]];
    if (timeMs === undefined || value === undefined || !Number.isFinite(value)) continue;
    const point = { line, timeMs, value, x: layout.xOf(timeMs), y: layout.yOfPosition(axis.toPosition(value)) };
    if (best === null || Math.abs(point.y - y) < Math.abs(best.y - y)) best = point;
  }
  return best;
}

export function drawLinesFocus(
  context: CanvasRenderingContext2D,
  near: NearPoint | null,
  pointer: { readonly x: number; readonly y: number } | null,
  brush: readonly [number, number] | null,
  layout: PlotLayout,
  theme: ChartTheme,
): void {
  const { ratio } = layout;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  if (brush !== null) {
    context.fillStyle = theme.brush;
    context.fillRect(Math.min(...brush), layout.top, Math.abs(brush[1] - brush[0]), layout.height);
    return;
  }
  if (near === null || pointer === null) return;
  context.strokeStyle = theme.crosshair;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(Math.round(near.x) + 0.5, layout.top);
  context.lineTo(Math.round(near.x) + 0.5, layout.top + layout.height);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.arc(near.x, near.y, 4, 0, 2 * Math.PI);
  context.fillStyle = near.line.colour;
  context.fill();
  context.strokeStyle = theme.surface;
  context.lineWidth = 1.5;
  context.stroke();
}
