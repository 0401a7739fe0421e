// What lies on the map: quantile lines with their names at the right end, then the dots.

import type { BucketAxis } from '../base/bucketAxis';
import { dotKey, type Dot } from '../base/dots';
import { yOf, type PlotLayout } from './layout';
import type { ChartTheme } from './theme';

export const DOT_RADIUS = 4;
const LABEL_GAP = 13;

export interface QuantileLine {
  readonly layer: 'p50' | 'p95' | 'p99';
  readonly times: readonly number[]; // Ends of steps.
  readonly values: readonly number[];
}

export interface PlacedDot {
  readonly dot: Dot;
  readonly x: number;
  readonly y: number;
}

export function placeDots(dots: readonly Dot[], axis: BucketAxis, layout: PlotLayout): readonly PlacedDot[] {
  return dots
    .map((dot) => ({ dot, x: layout.xOf(dot.timeMs), y: yOf(layout, axis, dot.value) }))
    .filter(({ x }) => x >= layout.left && x <= layout.left + layout.width);
}

// Of the dots within `reach` pixels the nearest; of two as near the one that opens.
export function dotAt(placed: readonly PlacedDot[], x: number, y: number, reach: number): Dot | null {
  let best: Dot | null = null;
  let bestDistance = reach;
  for (const one of placed) {
    const distance = Math.hypot(one.x - x, one.y - y) - (one.dot.stored === 'stored' ? 0.5 : 0);
    if (distance <= bestDistance) {
      best = one.dot;
      bestDistance = distance;
    }
  }
  return best;
}

function trace(context: CanvasRenderingContext2D, points: readonly (readonly [number, number] | null)[]): void {
  context.beginPath();
  let down = false;
  for (const point of points) {
    if (point === null) down = false;
    else if (down) context.lineTo(point[0], point[1]);
    else {
      context.moveTo(point[0], point[1]);
      down = true;
    }
  }
}

function drawLine(
  context: CanvasRenderingContext2D,
  line: QuantileLine,
  axis: BucketAxis,
  layout: PlotLayout,
  theme: ChartTheme,
  halfStepMs: number,
): number | null {
  // A value stands for the step that ends at its time: it is drawn in the middle of that column.
  const points = line.times.map((time, index) => {
    const value = line.values[index] ?? NaN;
    if (Number.isNaN(value)) return null;
    return [layout.xOf(time - halfStepMs), yOf(layout, axis, value)] as const;
  });
  context.lineJoin = 'round';
  context.lineCap = 'round';
  trace(context, points);
  context.strokeStyle = theme.casing;
  context.lineWidth = 4;
  context.stroke();
  context.strokeStyle = theme.lines[line.layer];
  context.lineWidth = 1.75;
  context.stroke();
  return points[points.length - 1]?.[1] ?? [...points].reverse().find((point) => point !== null)?.[1] ?? null;
}

function drawDot(context: CanvasRenderingContext2D, { dot, x, y }: PlacedDot, theme: ChartTheme): void {
  context.beginPath();
  context.arc(x, y, DOT_RADIUS, 0, 2 * Math.PI);
  if (dot.stored === 'stored') {
    context.fillStyle = theme.dot;
    context.fill();
    context.strokeStyle = theme.dotEdge;
    context.lineWidth = 1.25;
    context.stroke();
    return;
  }
  context.fillStyle = theme.hole;
  context.fill();
  context.strokeStyle = theme.casing;
  context.lineWidth = 3.5;
  context.stroke();
  context.strokeStyle = theme.hollow;
  context.lineWidth = 1.75;
  context.stroke();
}

export function drawMarks(
  context: CanvasRenderingContext2D,
  marks: {
    readonly lines: readonly QuantileLine[];
    readonly dots: readonly PlacedDot[];
    readonly axis: BucketAxis;
    readonly stepMs: number;
  },
  layout: PlotLayout,
  theme: ChartTheme,
): void {
  const { ratio } = layout;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.save();
  context.beginPath();
  context.rect(layout.left, layout.top - 1, layout.width, layout.height + 2);
  context.clip();
  const ends = marks.lines.map((line) => drawLine(context, line, marks.axis, layout, theme, marks.stepMs / 2));
  context.restore();
  // Those that do not open lie below those that do.
  for (const placed of marks.dots) if (placed.dot.stored !== 'stored') drawDot(context, placed, theme);
  for (const placed of marks.dots) if (placed.dot.stored === 'stored') drawDot(context, placed, theme);
  context.font = '600 11px "Inter Variable", system-ui, sans-serif';
  context.textBaseline = 'middle';
  let free = Infinity;
  // From the bottom up, each label at least LABEL_GAP above the one before.
  const labels = marks.lines.map((line, index) => ({ line, y: ends[index] ?? null }));
  for (const { line, y } of labels.sort((a, b) => (b.y ?? 0) - (a.y ?? 0))) {
    if (y === null) continue;
    const at = Math.min(y, free - LABEL_GAP);
    free = at;
    context.fillStyle = theme.lines[line.layer];
    context.fillText(line.layer, layout.left + layout.width + 8, at);
  }
}

export interface Focus {
  readonly pointer: { readonly x: number; readonly y: number } | null;
  readonly hovered: Dot | null;
  readonly selected: Dot | null;
  readonly brush: readonly [number, number] | null; // x of both ends.
}

function ring(context: CanvasRenderingContext2D, { x, y }: PlacedDot, theme: ChartTheme, strong: boolean): void {
  context.beginPath();
  context.arc(x, y, DOT_RADIUS + (strong ? 5 : 3), 0, 2 * Math.PI);
  context.strokeStyle = theme.casing;
  context.lineWidth = strong ? 5 : 4;
  context.stroke();
  context.strokeStyle = strong ? theme.dot : theme.hollow;
  context.lineWidth = strong ? 2.5 : 1.5;
  context.stroke();
}

export function drawFocus(
  context: CanvasRenderingContext2D,
  focus: Focus,
  placed: readonly PlacedDot[],
  layout: PlotLayout,
  theme: ChartTheme,
): void {
  const { ratio } = layout;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  if (focus.brush !== null) {
    const [a, b] = focus.brush;
    context.fillStyle = theme.brush;
    context.fillRect(Math.min(a, b), layout.top, Math.abs(b - a), layout.height);
  } else if (focus.pointer !== null && focus.hovered === null) {
    context.strokeStyle = theme.crosshair;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(Math.round(focus.pointer.x) + 0.5, layout.top);
    context.lineTo(Math.round(focus.pointer.x) + 0.5, layout.top + layout.height);
    context.moveTo(layout.left, Math.round(focus.pointer.y) + 0.5);
    context.lineTo(layout.left + layout.width, Math.round(focus.pointer.y) + 0.5);
    context.stroke();
    context.setLineDash([]);
  }
  const find = (dot: Dot | null): PlacedDot | undefined =>
    dot === null ? undefined : placed.find((one) => dotKey(one.dot) === dotKey(dot));
  const hovered = find(focus.hovered);
  const selected = find(focus.selected);
  if (hovered !== undefined) ring(context, hovered, theme, false);
  if (selected !== undefined) ring(context, selected, theme, true);
}
