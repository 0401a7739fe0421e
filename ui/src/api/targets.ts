// GET /api/v1/targets: what is scraped and how it goes.

import { asArray, asNumber, asRecord, asString, asStringMap, optional, type Check } from '../base/json';
import type { Labels } from '../base/labels';
import { mapResult, type Result } from '../base/result';
import { parseDuration } from '../base/time';
import { getData } from './http';

export type Health = 'up' | 'down' | 'unknown';

export interface Target {
  readonly scrapeUrl: string;
  readonly scrapePool: string;
  readonly labels: Labels;
  readonly health: Health;
  readonly lastError: string;
  readonly lastScrapeMs: number | null;
  readonly lastScrapeSeconds: number;
  readonly intervalMs: number | null;
}

const target: Check<Target> = (value, path) => {
  const record = asRecord(value, path);
  const field = (name: string): string => optional(asString, '')(record[name], `${path}.${name}`);
  const health = field('health');
  const scraped = Date.parse(field('lastScrape'));
  return {
    scrapeUrl: field('scrapeUrl'),
    scrapePool: field('scrapePool'),
    labels: optional(asStringMap, {})(record['labels'], `${path}.labels`),
    health: health === 'up' || health === 'down' ? health : 'unknown',
    lastError: field('lastError'),
    // A target never scraped carries year 1.
    lastScrapeMs: Number.isNaN(scraped) || scraped <= 0 ? null : scraped,
    lastScrapeSeconds: optional(asNumber, 0)(record['lastScrapeDuration'], `${path}.lastScrapeDuration`),
    intervalMs: parseDuration(field('scrapeInterval')),
  };
};

const check: Check<readonly Target[]> = (value, path) =>
  optional(asArray(target), [])(asRecord(value, path)['activeTargets'], `${path}.activeTargets`);

export async function fetchTargets(signal: AbortSignal): Promise<Result<readonly Target[]>> {
  const answer = await getData('/api/v1/targets', [['state', 'active']], check, signal);
  return mapResult(answer, (value) => value.data);
}
