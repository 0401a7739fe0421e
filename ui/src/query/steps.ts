// How fine a chart is: the step of its columns, and the range aligned to it so that a live chart
// moves by whole columns and never shimmers.

import type { Span } from '../base/range';
import { timeMs } from '../base/time';

const SECOND = 1000;
const NICE_MS: readonly number[] = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
].map((seconds) => seconds * SECOND);

// What Prometheus answers at most for one series.
export const MAX_POINTS = 11_000;
export const DEFAULT_INTERVAL_MS = 15_000;

// rate() needs two samples in its window; four keep it filled when one scrape is late or lost.
const SAMPLES_PER_WINDOW = 4;

const niceAtLeast = (ms: number): number =>
  NICE_MS.find((step) => step >= ms) ?? Math.ceil(ms / 86_400_000) * 86_400_000;

export interface Steps {
  readonly stepMs: number;
  readonly windowMs: number; // What rate() looks back over: the step, or more where samples are sparse.
  readonly raised: boolean; // The chosen step would be too many points, so it was made coarser.
}

export function chooseSteps(
  rangeMs: number,
  intervalMs: number,
  wantedMs: number | null,
  columns: number,
): Steps {
  const finest = Math.ceil(rangeMs / MAX_POINTS);
  const chosen = wantedMs ?? niceAtLeast(Math.max(rangeMs / columns, 2 * intervalMs));
  const stepMs = Math.max(chosen, wantedMs !== null && wantedMs < finest ? niceAtLeast(finest) : 0);
  return {
    stepMs,
    windowMs: Math.max(stepMs, niceAtLeast(SAMPLES_PER_WINDOW * intervalMs)),
    raised: stepMs > chosen,
  };
}

// Outwards to whole steps.
export function alignSpan(span: Span, stepMs: number): Span {
  const from = Math.floor(span.from / stepMs) * stepMs;
  const to = Math.ceil(span.to / stepMs) * stepMs;
  return { from: timeMs(from), to: timeMs(Math.max(to, from + stepMs)) };
}

// The time between scrapes as the samples themselves tell it: the median of the gaps of one series.
export function intervalOf(times: readonly number[]): number | null {
  if (times.length < 2) return null;
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  gaps.sort((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)] ?? 0;
  return median > 0 ? Math.max(100, Math.round(median / 100) * 100) : null;
}
