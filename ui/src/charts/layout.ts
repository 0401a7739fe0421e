// Where the plot stands within its chart, in CSS pixels, and how time and value map to it.

import type { BucketAxis } from '../base/bucketAxis';

export const MARGIN = { top: 10, right: 46, bottom: 30, left: 66 } as const;

export interface PlotLayout {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly ratio: number; // Device pixels per CSS pixel.
  readonly xOf: (timeMs: number) => number;
  readonly timeAt: (x: number) => number;
  readonly yOfPosition: (position: number) => number;
  readonly positionAt: (y: number) => number;
}

export function plotLayout(
  size: { readonly width: number; readonly height: number },
  ratio: number,
  fromMs: number,
  toMs: number,
): PlotLayout {
  const { top, left } = MARGIN;
  const width = Math.max(1, size.width - left - MARGIN.right);
  const height = Math.max(1, size.height - top - MARGIN.bottom);
  const range = Math.max(1, toMs - fromMs);
  return {
    left,
    top,
    width,
    height,
    ratio,
    xOf: (timeMs) => left + ((timeMs - fromMs) / range) * width,
    timeAt: (x) => fromMs + ((x - left) / width) * range,
    yOfPosition: (position) => top + (1 - position) * height,
    positionAt: (y) => 1 - (y - top) / height,
  };
}

export const yOf = (layout: PlotLayout, axis: BucketAxis, value: number): number =>
  layout.yOfPosition(axis.toPosition(value));

export const inside = (layout: PlotLayout, x: number, y: number): boolean =>
  x >= layout.left && x <= layout.left + layout.width && y >= layout.top && y <= layout.top + layout.height;


const TICK_STEPS_MS: readonly number[] = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
].map((seconds) => seconds * 1000);

// Round times of the zone, at least `gap` pixels apart. `offsetMs`: what the zone is ahead of UTC.
export function timeTicks(fromMs: number, toMs: number, width: number, gap: number, offsetMs: number): readonly number[] {
  const most = Math.max(1, Math.floor(width / gap));
  const step = TICK_STEPS_MS.find((one) => (toMs - fromMs) / one <= most) ?? 604_800_000;
  const ticks: number[] = [];
  for (let time = Math.ceil((fromMs + offsetMs) / step) * step - offsetMs; time <= toMs; time += step) ticks.push(time);
  return ticks;
}
