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
// those that do not, and always the `tails` largest. Order of time is kept. Cells stand still as time
// goes on and the choice within one is by id, so a live chart does not flicker.
export function thinDots(dots: readonly Dot[], limit: number): readonly Dot[] {
  if (dots.length <= limit) return dots;
  const tails = Math.ceil(limit * 0.1);
  const kept = new Set([...dots].sort((a, b) => b.value - a.value).slice(0, tails));
  const times = dots.map((dot) => dot.timeMs);
  const heights = dots.map((dot) => Math.log10(Math.max(dot.value, 1e-9)));
  const columns = Math.max(1, Math.floor(Math.sqrt((limit - tails) * 2)));
  const rows = Math.max(1, Math.floor((limit - tails) / columns));
  const width = cellSize(times, columns);
  const height = cellSize(heights, rows);
  const cells = new Map<string, Dot>();
  dots.forEach((dot, index) => {
    const key = `${Math.floor((times[index] ?? 0) / width)}/${Math.floor((heights[index] ?? 0) / height)}`;
    const held = cells.get(key);
    if (held === undefined || precedes(dot, held)) cells.set(key, dot);
  });
  for (const dot of cells.values()) kept.add(dot);
  return dots.filter((dot) => kept.has(dot));
}

function precedes(dot: Dot, held: Dot): boolean {
  const opens = dot.stored === 'stored';
  if (opens !== (held.stored === 'stored')) return opens;
  return dotKey(dot) < dotKey(held);
}

// A size from a fixed ladder, so that it changes seldom, of which at most `count` cells cover the values.
function cellSize(values: readonly number[], count: number): number {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high > low)) return 1;
  return 2 ** (Math.ceil(Math.log2((high - low) / Math.max(1, count - 1)) * 4) / 4);
}

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
