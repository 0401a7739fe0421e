// The PromQL that the builder makes. It is text for the server: nothing here reads PromQL.

import { unitOf, type Unit } from '../base/format';
import { groupText, selectorText } from '../base/labels';
import { formatDurationMs } from '../base/time';
import type { MetricEntry } from './catalog';
import type { Query } from './state';
import type { Steps } from './steps';

export const QUANTILES = [
  { layer: 'p50', q: 0.5 },
  { layer: 'p95', q: 0.95 },
  { layer: 'p99', q: 0.99 },
] as const;

export interface Plan {
  readonly kind: 'heatmap' | 'lines' | 'code';
  readonly query: string; // What is drawn: cells or lines.
  readonly quantileSource: string; // What histogram_quantile is taken of; '' for none.
  readonly exemplars: string; // What exemplars are asked by; '' for none.
  readonly groupBy: readonly string[];
  readonly raisedStep: boolean;
}

const by = (labels: readonly string[]): string => (labels.length > 0 ? ` by (${groupText(labels)})` : '');

export function quantileText(q: number, source: string): string {
  return `histogram_quantile(${q}, ${source})`;
}

// Counts in a step: increase() over the step; where samples are too sparse for that, the rate over
// the wider window times the step.
function increaseText(selector: string, steps: Steps, group: string): string {
  const window = formatDurationMs(steps.windowMs);
  return steps.windowMs === steps.stepMs
    ? `sum${group} (increase(${selector}[${window}]))`
    : `sum${group} (rate(${selector}[${window}])) * ${steps.stepMs / 1000}`;
}

function histogramPlan(query: Query, steps: Steps): Plan {
  const buckets = selectorText(`${query.metric}_bucket`, query.filters);
  const group = by(['le', ...query.groupBy.filter((label) => label !== 'le')]);
  return {
    kind: 'heatmap',
    query: increaseText(buckets, steps, group),
    quantileSource: `sum${group} (rate(${buckets}[${formatDurationMs(steps.windowMs)}]))`,
    exemplars: buckets,
    groupBy: query.groupBy,
    raisedStep: steps.raised,
  };
}

function alignedText(query: Query, entry: MetricEntry, steps: Steps): string {
  const selector = selectorText(query.metric, query.filters);
  const window = formatDurationMs(steps.windowMs);
  const align = query.align === 'auto' ? (entry.type === 'counter' ? 'rate' : 'value') : query.align;
  switch (align) {
    case 'rate':
    case 'increase':
      return `${align}(${selector}[${window}])`;
    case 'value':
      return selector;
    case 'avg':
    case 'min':
    case 'max':
      return `${align}_over_time(${selector}[${window}])`;
  }
}

function linesPlan(query: Query, entry: MetricEntry, steps: Steps): Plan {
  const aligned = alignedText(query, entry, steps);
  const combine =
    query.combine !== 'auto'
      ? query.combine
      : query.groupBy.length === 0
        ? 'none'
        : entry.type === 'counter'
          ? 'sum'
          : 'avg';
  return {
    kind: 'lines',
    query: combine === 'none' ? aligned : `${combine}${by(query.groupBy)} (${aligned})`,
    quantileSource: '',
    exemplars: '',
    groupBy: query.groupBy,
    raisedStep: steps.raised,
  };
}

// Code is wrapped in lines of its own, so a comment at its end hides nothing.
function codePlan(query: Query, steps: Steps): Plan {
  const code = query.code.trim();
  return {
    kind: 'code',
    query: code,
    quantileSource: `(\n${code}\n)`,
    exemplars: code,
    groupBy: [],
    raisedStep: steps.raised,
  };
}

export function planQuery(query: Query, entry: MetricEntry, steps: Steps): Plan {
  if (query.mode === 'code') return codePlan(query, steps);
  return entry.type === 'histogram' ? histogramPlan(query, steps) : linesPlan(query, entry, steps);
}

// What the values of a query's result are measured in. Code is not read here: it has the unit of the
// builder's metric only where it names that metric's buckets.
export function unitOfQuery(query: Query, entry: MetricEntry, kind: 'heatmap' | 'lines'): Unit {
  const unit = unitOf(entry.name, entry.unit);
  if (query.mode === 'code') {
    return kind === 'heatmap' && entry.name !== '' && query.code.includes(`${entry.name}_bucket`) ? unit : 'none';
  }
  const perSecond = query.align === 'rate' || (query.align === 'auto' && entry.type === 'counter');
  return kind === 'lines' && (perSecond || query.combine === 'count') ? 'none' : unit;
}
