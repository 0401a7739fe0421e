// What the server answered, sorted into what is drawn: a heatmap a group, or lines.

import type { Series } from '../api/query';
import type { Dot } from '../base/dots';
import { heatmapGrid, type HeatmapGrid } from '../base/heatmap';
import { labelsKey, labelsText, pickLabels, withoutLabels, type Labels } from '../base/labels';
import type { Span } from '../base/range';
import type { Layer, Query, SortBy } from './state';

export interface QuantileSeries {
  readonly layer: 'p50' | 'p95' | 'p99';
  readonly times: readonly number[];
  readonly values: readonly number[];
}

export interface HeatGroup {
  readonly key: string;
  readonly labels: Labels;
  readonly grid: HeatmapGrid;
  readonly lines: readonly QuantileSeries[];
  readonly dots: readonly Dot[];
}

export const MAX_HEATMAPS = 6;
export const MAX_LINES = 50;

export const isHistogram = (series: readonly Series[]): boolean =>
  series.length > 0 && series.every((one) => one.labels['le'] !== undefined);

export function parseLe(text: string): number {
  return text === '+Inf' || text === 'Inf' ? Infinity : Number(text);
}

function byGroup(series: readonly Series[]): ReadonlyMap<string, readonly Series[]> {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const key = labelsKey(withoutLabels(one.labels, ['le', '__name__']));
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [one]);
    else list.push(one);
  }
  return groups;
}

export function heatGroups(
  cells: readonly Series[],
  quantiles: Readonly<Partial<Record<Layer, readonly Series[]>>>,
  dots: readonly Dot[],
  span: Span,
  stepMs: number,
): readonly HeatGroup[] {
  const groups = [...byGroup(cells)].map(([key, series]): HeatGroup => {
    const labels = withoutLabels(series[0]?.labels ?? {}, ['le', '__name__']);
    const names = Object.keys(labels);
    const cumulative = series.map((one) => ({ le: parseLe(one.labels['le'] ?? ''), times: one.times, values: one.values }));
    return {
      key,
      labels,
      grid: heatmapGrid(cumulative.filter((one) => !Number.isNaN(one.le)), span.from + stepMs, span.to, stepMs),
      lines: (['p50', 'p95', 'p99'] as const).flatMap((layer) => {
        const line = (quantiles[layer] ?? []).find((one) => labelsKey(withoutLabels(one.labels, ['__name__'])) === key);
        return line === undefined ? [] : [{ layer, times: line.times, values: line.values }];
      }),
      dots:
        names.length === 0
          ? dots
          : dots.filter((dot) => labelsKey(nonEmpty(pickLabels(dot.series, names))) === labelsKey(nonEmpty(labels))),
    };
  });
  return groups.sort((a, b) => b.grid.total - a.grid.total);
}

// An empty label and an absent one are the same.
const nonEmpty = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));

const finite = (values: readonly number[]): readonly number[] => values.filter(Number.isFinite);

export function measure(values: readonly number[], by: SortBy): number {
  const known = finite(values);
  if (known.length === 0) return -Infinity;
  switch (by) {
    case 'max':
      return known.reduce((a, b) => Math.max(a, b), -Infinity);
    case 'mean':
      return known.reduce((a, b) => a + b, 0) / known.length;
    case 'last':
      return known[known.length - 1] ?? -Infinity;
    case 'name':
      return 0;
  }
}

export interface Limited<T> {
  readonly shown: readonly T[];
  readonly all: number;
}

export function limitTo<T>(items: readonly T[], limit: number): Limited<T> {
  return { shown: items.slice(0, limit), all: items.length };
}

export function sortSeries(series: readonly Series[], query: Query): Limited<Series> {
  const sign = query.descending ? -1 : 1;
  const ranked = series.map((one) => ({ one, rank: measure(one.values, query.sort), name: labelsText(one.labels) }));
  ranked.sort((a, b) =>
    query.sort === 'name'
      ? -sign * (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
      : sign * (a.rank === b.rank ? 0 : a.rank < b.rank ? -1 : 1) || (a.name < b.name ? -1 : 1),
  );
  return limitTo(ranked.map(({ one }) => one), query.limit ?? MAX_LINES);
}
