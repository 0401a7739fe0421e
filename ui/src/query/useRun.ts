// Runs one query of the Explorer: the plan, its cells or lines, the quantiles and the exemplars.

import { useMemo } from 'react';
import { fetchExemplars } from '../api/exemplars';
import { fetchRange, type Series } from '../api/query';
import type { Dot } from '../base/dots';
import type { Span } from '../base/range';
import type { Failure } from '../base/result';
import type { MetricEntry } from './catalog';
import { heatGroups, isHistogram, limitTo, MAX_HEATMAPS, sortSeries, type HeatGroup, type Limited } from './groups';
import { planQuery, QUANTILES, quantileText, type Plan } from './promql';
import { asksSomething, type Layer, type Query } from './state';
import { alignSpan, chooseSteps, type Steps } from './steps';
import { useAnswer } from './useAnswer';
import { useIntervalMs } from './useInterval';

export type Drawn =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'heatmap'; readonly groups: Limited<HeatGroup> }
  | { readonly kind: 'lines'; readonly series: Limited<Series> };

export interface Run {
  readonly plan: Plan | null;
  readonly steps: Steps | null;
  readonly span: Span; // Aligned to the step.
  readonly drawn: Drawn;
  readonly failure: Failure | null;
  readonly dotsFailure: Failure | null;
  readonly linesFailure: Failure | null;
  readonly warnings: readonly string[];
  readonly dots: number; // All that the server gave.
  readonly loading: boolean;
  readonly fetching: boolean;
}

const HEAT_COLUMNS = 90;
const LINE_POINTS = 240;
export const MAX_DOTS = 5_000;
const NO_DOTS: readonly Dot[] = [];
const NO_WARNINGS: readonly string[] = [];

export function useRun(
  query: Query,
  entry: MetricEntry,
  known: boolean, // The catalogue has told what the metric is.
  span: Span,
  stepMs: number | null,
  hidden: readonly Layer[],
): Run {
  const asks = asksSomething(query);
  const interval = useIntervalMs(query, entry, span.to);
  const ready = asks && interval !== null && (known || query.mode === 'code');
  const columns = entry.type === 'histogram' || query.mode === 'code' ? HEAT_COLUMNS : LINE_POINTS;
  const steps = chooseSteps(span.to - span.from, interval ?? 0, stepMs, columns);
  const aligned = alignSpan(span, steps.stepMs);
  const plan = ready ? planQuery(query, entry, steps) : null;
  const request = (text: string) => ({
    query: text,
    startMs: aligned.from + steps.stepMs,
    endMs: aligned.to,
    stepMs: steps.stepMs,
  });
  const moment = [aligned.from, aligned.to, steps.stepMs, span.to];
  const text = plan?.query ?? '';

  const cells = useAnswer(['range', text, steps.stepMs], moment, (signal) => fetchRange(request(text), signal), ready);
  const histogram = plan?.kind === 'heatmap' || (plan?.kind === 'code' && isHistogram(cells.value?.data ?? []));
  const source = plan?.quantileSource ?? '';
  const quantile = (index: 0 | 1 | 2) => {
    const { layer, q } = QUANTILES[index];
    const wanted = histogram && source !== '' && !hidden.includes(layer);
    const line = quantileText(q, source);
    // One list of hooks for every run; those not wanted ask nothing.
    return useAnswer(['range', line, steps.stepMs], moment, (signal) => fetchRange(request(line), signal), wanted);
  };
  const p50 = quantile(0);
  const p95 = quantile(1);
  const p99 = quantile(2);
  const selector = plan?.exemplars ?? '';
  const exemplars = useAnswer(
    ['exemplars', selector],
    moment,
    (signal) => fetchExemplars({ query: selector, startMs: aligned.from, endMs: aligned.to, limit: MAX_DOTS }, signal),
    histogram && selector !== '',
  );

  const dots = exemplars.value?.data ?? NO_DOTS;
  const drawn = useMemo((): Drawn => {
    const data = cells.value?.data ?? null;
    if (data === null || !ready) return { kind: 'nothing' };
    if (!histogram) return { kind: 'lines', series: sortSeries(data, query) };
    const shown = (layer: Layer, series: readonly Series[] | undefined): readonly Series[] =>
      hidden.includes(layer) ? [] : (series ?? []);
    const quantiles = {
      p50: shown('p50', p50.value?.data),
      p95: shown('p95', p95.value?.data),
      p99: shown('p99', p99.value?.data),
    };
    const groups = heatGroups(data, quantiles, dots, aligned, steps.stepMs);
    const order = query.descending ? groups : [...groups].reverse();
    return { kind: 'heatmap', groups: limitTo(order, Math.min(24, query.limit ?? MAX_HEATMAPS)) };
  }, [cells.value, p50.value, p95.value, p99.value, dots, histogram, ready, query, hidden, aligned.from, aligned.to, steps.stepMs]);

  return {
    plan,
    steps: ready ? steps : null,
    span: aligned,
    drawn,
    failure: cells.failure,
    dotsFailure: exemplars.failure,
    linesFailure: p50.failure ?? p95.failure ?? p99.failure,
    warnings: cells.value?.warnings ?? NO_WARNINGS,
    dots: dots.length,
    loading: asks && (!ready || cells.loading),
    fetching: cells.fetching || exemplars.fetching,
  };
}
