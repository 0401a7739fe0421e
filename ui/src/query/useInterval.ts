// The time between samples of a metric, as its newest samples tell it.

import { fetchInstant } from '../api/query';
import { selectorText } from '../base/labels';
import { mapResult } from '../base/result';
import type { MetricEntry } from './catalog';
import { DEFAULT_INTERVAL_MS, intervalOf } from './steps';
import type { Query } from './state';
import { useAnswer } from './useAnswer';

const FRESH_MS = 60_000;

// Null while it is not known yet. Falls back to 15 s when the samples do not tell.
export function useIntervalMs(query: Query, entry: MetricEntry, endMs: number): number | null {
  const series = entry.type === 'histogram' ? `${query.metric}_count` : query.metric;
  const selector = selectorText(series, query.filters);
  const enabled = query.mode === 'builder' && query.metric !== '';
  const minute = Math.floor(endMs / FRESH_MS) * FRESH_MS;
  const asked = useAnswer(
    ['interval', selector],
    [minute],
    async (signal) =>
      mapResult(await fetchInstant(`${selector}[5m]`, endMs, signal), (answer) => {
        const longest = answer.data.reduce<readonly number[]>(
          (best, one) => (one.times.length > best.length ? one.times : best),
          [],
        );
        return intervalOf(longest) ?? DEFAULT_INTERVAL_MS;
      }),
    enabled,
    FRESH_MS,
  );
  if (!enabled || asked.failure !== null) return asked.value ?? DEFAULT_INTERVAL_MS;
  return asked.value;
}
