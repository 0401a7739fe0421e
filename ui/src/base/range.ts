// The time range of a page: the last while, or from-to. Resolved against the clock only when drawn.

import { timeMs, type TimeMs } from './time';

export type TimeRange =
  | { readonly kind: 'last'; readonly ms: number }
  | { readonly kind: 'between'; readonly from: TimeMs; readonly to: TimeMs };

export interface Span {
  readonly from: TimeMs;
  readonly to: TimeMs;
}

export const MIN_RANGE_MS = 1_000;
export const MAX_RANGE_MS = 366 * 86_400_000;

export const PRESETS: readonly { readonly ms: number; readonly label: string }[] = [
  { ms: 5 * 60_000, label: 'Last 5 minutes' },
  { ms: 15 * 60_000, label: 'Last 15 minutes' },
  { ms: 30 * 60_000, label: 'Last 30 minutes' },
  { ms: 3_600_000, label: 'Last hour' },
  { ms: 3 * 3_600_000, label: 'Last 3 hours' },
  { ms: 6 * 3_600_000, label: 'Last 6 hours' },
  { ms: 12 * 3_600_000, label: 'Last 12 hours' },
  { ms: 86_400_000, label: 'Last 24 hours' },
  { ms: 2 * 86_400_000, label: 'Last 2 days' },
  { ms: 7 * 86_400_000, label: 'Last 7 days' },
  { ms: 30 * 86_400_000, label: 'Last 30 days' },
];

export function resolveRange(range: TimeRange, now: TimeMs): Span {
  return range.kind === 'last'
    ? { from: timeMs(now - range.ms), to: now }
    : { from: range.from, to: range.to };
}

const clamp = (ms: number): number => Math.min(MAX_RANGE_MS, Math.max(MIN_RANGE_MS, ms));

export function between(from: number, to: number): TimeRange {
  const low = Math.round(Math.min(from, to));
  return { kind: 'between', from: timeMs(low), to: timeMs(low + Math.round(clamp(Math.abs(to - from)))) };
}

// Half a window to either side: what was at the edge comes to the middle.
export function shiftRange(range: TimeRange, direction: -1 | 1, now: TimeMs): TimeRange {
  const span = resolveRange(range, now);
  const by = ((span.to - span.from) / 2) * direction;
  return between(span.from + by, span.to + by);
}

// Twice as much, round the same middle but never into the future; "last" stays "last".
export function zoomOut(range: TimeRange, now: TimeMs): TimeRange {
  if (range.kind === 'last') return { kind: 'last', ms: clamp(range.ms * 2) };
  const width = range.to - range.from;
  const to = Math.min(range.to + width / 2, Math.max(now, range.to));
  return between(to - 2 * width, to);
}
