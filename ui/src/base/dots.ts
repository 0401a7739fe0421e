// Exemplars as dots, and which of them a chart draws when there are thousands.

import type { Labels } from './labels';

export type Stored = 'stored' | 'missing' | 'none';

export interface Dot {
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string; // '' when the exemplar names no trace.
  readonly spanId: string;
  readonly stored: Stored;
  readonly series: Labels;
  readonly labels: Labels; // What the exemplar itself carries.
}

export const dotKey = (dot: Dot): string => `${dot.traceId}/${dot.spanId}/${dot.timeMs}/${dot.value}`;

// At most about `limit` dots: one per cell of a time by log(value) grid, those that open before
// those that do not, and always the `tails` largest. Order of time is kept.
export function thinDots(dots: readonly Dot[], limit: number): readonly Dot[] {
  if (dots.length <= limit) return dots;
  const tails = Math.ceil(limit * 0.1);
  const kept = new Set([...dots].sort((a, b) => b.value - a.value).slice(0, tails));
  const times = dots.map((dot) => dot.timeMs);
  const heights = dots.map((dot) => Math.log10(Math.max(dot.value, 1e-9)));
  const [t0, t1] = extent(times);
  const [h0, h1] = extent(heights);
  const columns = Math.max(1, Math.round(Math.sqrt((limit - tails) * 2)));
  const rows = Math.max(1, Math.floor((limit - tails) / columns));
  const cells = new Map<number, Dot>();
  dots.forEach((dot, index) => {
    const column = cellOf(times[index] ?? t0, t0, t1, columns);
    const row = cellOf(heights[index] ?? h0, h0, h1, rows);
    const key = column * rows + row;
    const held = cells.get(key);
    if (held === undefined || (held.stored !== 'stored' && dot.stored === 'stored')) cells.set(key, dot);
  });
  for (const dot of cells.values()) kept.add(dot);
  return dots.filter((dot) => kept.has(dot));
}

function extent(values: readonly number[]): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

const cellOf = (value: number, low: number, high: number, count: number): number =>
  high > low ? Math.min(count - 1, Math.floor(((value - low) / (high - low)) * count)) : 0;

export type Direction = 'earlier' | 'later' | 'larger' | 'smaller';

// The neighbour of a dot for a keyboard: the next in time or in value, or itself at the end.
export function neighbour(dots: readonly Dot[], current: Dot | null, direction: Direction): Dot | null {
  if (dots.length === 0) return null;
  const byTime = direction === 'earlier' || direction === 'later';
  const measure = (dot: Dot): number => (byTime ? dot.timeMs : dot.value);
  const order = [...dots].sort((a, b) => measure(a) - measure(b));
  const index = current === null ? -1 : order.findIndex((dot) => dotKey(dot) === dotKey(current));
  if (index < 0) return order[order.length - 1] ?? null;
  const next = direction === 'later' || direction === 'larger' ? index + 1 : index - 1;
  return order[Math.min(order.length - 1, Math.max(0, next))] ?? null;
}
