// The metrics a person picks from: one entry a family, so a histogram is one thing and not its
// _bucket, _count and _sum.

import type { Metadata } from '../api/metadata';

export type MetricType = 'histogram' | 'counter' | 'gauge' | 'summary' | 'unknown';

export interface MetricEntry {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
  readonly category: string; // The first word of the name.
  readonly active: boolean; // Has samples in the range.
}

const NO_METADATA: Metadata = { type: 'unknown', help: '', unit: '' };

function typeOf(declared: string, name: string): MetricType {
  switch (declared) {
    case 'histogram':
    case 'gaugehistogram':
      return 'histogram';
    case 'counter':
    case 'gauge':
    case 'summary':
      return declared;
    case 'info':
    case 'stateset':
      return 'gauge';
    default:
      return /_(total|count|sum|bucket)$/.test(name) ? 'counter' : 'unknown';
  }
}

const categoryOf = (name: string): string => name.split(/[_:.]/).find((word) => word !== '') ?? name;

export function buildCatalog(
  active: readonly string[],
  metadata: ReadonlyMap<string, Metadata>,
): readonly MetricEntry[] {
  const names = new Set(active);
  const entries = new Map<string, MetricEntry>();
  const hidden = new Set<string>();
  const add = (name: string, family: Metadata, type: MetricType, isActive: boolean): void => {
    entries.set(name, { name, type, help: family.help, unit: family.unit, category: categoryOf(name), active: isActive });
  };
  for (const name of names) {
    if (!name.endsWith('_bucket')) continue;
    const base = name.slice(0, -'_bucket'.length);
    const family = metadata.get(base);
    if (family?.type !== 'histogram' && family?.type !== 'gaugehistogram' && !names.has(`${base}_count`)) continue;
    add(base, family ?? NO_METADATA, 'histogram', true);
    for (const suffix of ['_bucket', '_count', '_sum', '_created']) hidden.add(base + suffix);
  }
  for (const name of names) {
    if (hidden.has(name) || entries.has(name)) continue;
    // OpenMetrics names a counter's family without _total.
    const family = metadata.get(name) ?? metadata.get(name.replace(/_(total|created|count|sum)$/, '')) ?? NO_METADATA;
    const type = family.type === 'summary' && /_(count|sum)$/.test(name) ? 'counter' : typeOf(family.type, name);
    add(name, family, name.endsWith('_created') ? 'gauge' : type, true);
  }
  for (const [name, family] of metadata) {
    if (entries.has(name) || hidden.has(name) || entries.has(`${name}_total`)) continue;
    add(name, family, typeOf(family.type, name), false);
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

// How well an entry answers what was typed, larger is better; 0 is not at all. Every word must match.
function score(entry: MetricEntry, words: readonly string[]): number {
  const name = entry.name.toLowerCase();
  const rest = `${entry.help} ${entry.type} ${entry.unit}`.toLowerCase();
  let total = 0;
  for (const word of words) {
    const at = name.indexOf(word);
    if (name === word) total += 100;
    else if (at === 0) total += 60;
    else if (at > 0) total += /[_:.]/.test(name[at - 1] ?? '') ? 40 : 25;
    else if (rest.includes(word)) total += 5;
    else return 0;
  }
  return total + 1 / (1 + name.length);
}

export function searchCatalog(
  entries: readonly MetricEntry[],
  typed: string,
  onlyActive: boolean,
): readonly MetricEntry[] {
  const pool = onlyActive ? entries.filter((entry) => entry.active) : entries;
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return pool;
  return pool
    .map((entry) => ({ entry, rank: score(entry, words) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || (a.entry.name < b.entry.name ? -1 : 1))
    .map(({ entry }) => entry);
}

export interface Category {
  readonly name: string;
  readonly count: number;
}

export function categoriesOf(entries: readonly MetricEntry[]): readonly Category[] {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(entry.category, (counts.get(entry.category) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

// What a metric is when the catalogue does not know it, as when a link names one that is gone.
export function entryFor(entries: readonly MetricEntry[], name: string): MetricEntry {
  return (
    entries.find((entry) => entry.name === name) ?? {
      name,
      type: typeOf('', name),
      help: '',
      unit: '',
      category: categoryOf(name),
      active: false,
    }
  );
}
