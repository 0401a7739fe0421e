import { describe, expect, it } from 'vitest';
import type { Metadata } from '../api/metadata';
import { buildCatalog, categoriesOf, entryFor, searchCatalog } from './catalog';

const meta = (type: string, help = '', unit = ''): Metadata => ({ type, help, unit });
const catalog = buildCatalog(
  ['my_prom_hist_seconds_bucket', 'my_prom_hist_seconds_count', 'my_prom_hist_seconds_sum', 'my_prom_hist_seconds_created',
    'http_requests_total', 'up', 'rpc', 'rpc_sum', 'rpc_count', 'a_bucket'],
  new Map([
    ['my_prom_hist_seconds', meta('histogram', 'Time to prom', 'seconds')],
    ['http_requests', meta('counter', 'Requests')],
    ['rpc', meta('summary', 'Calls')],
    ['gone_bytes', meta('gauge', 'Not there', 'bytes')],
  ]),
);
const typeOf = (name: string) => catalog.find((entry) => entry.name === name)?.type;

describe('buildCatalog', () => {
  it('makes one entry of a histogram', () => {
    expect(catalog.filter((entry) => entry.name.startsWith('my_prom')).map((entry) => entry.name)).toEqual(['my_prom_hist_seconds']);
    expect(typeOf('my_prom_hist_seconds')).toBe('histogram');
  });
  it('knows the type of the rest, by metadata or by name', () => {
    expect(typeOf('http_requests_total')).toBe('counter');
    expect(typeOf('http_requests')).toBeUndefined();
    expect(typeOf('rpc')).toBe('summary');
    expect(typeOf('rpc_sum')).toBe('counter');
    expect(typeOf('up')).toBe('unknown');
    // A gauge that happens to be called so is no histogram.
    expect(typeOf('a_bucket')).toBe('counter');
    expect(catalog.find((entry) => entry.name === 'gone_bytes')?.active).toBe(false);
    expect(entryFor(catalog, 'nobody_total').type).toBe('counter');
  });
});

describe('searchCatalog', () => {
  const find = (typed: string, onlyActive = false) => searchCatalog(catalog, typed, onlyActive).map((entry) => entry.name);
  it('puts what was meant first, so Enter selects it', () => {
    expect(find('my_prom_hist')[0]).toBe('my_prom_hist_seconds');
    expect(find('rpc')[0]).toBe('rpc');
    expect(find('prom hist')).toEqual(['my_prom_hist_seconds']);
  });
  it('searches help and type too', () => {
    expect(find('calls')).toEqual(['rpc', 'rpc_sum', 'rpc_count'].sort((a, b) => a.length - b.length));
    expect(find('histogram')).toEqual(['my_prom_hist_seconds']);
    expect(find('nothing like it')).toEqual([]);
  });
  it('hides what has no data, when asked', () => {
    expect(find('bytes')).toEqual(['gone_bytes']);
    expect(find('bytes', true)).toEqual([]);
  });
  it('counts categories', () => {
    expect(categoriesOf(catalog)).toContainEqual({ name: 'rpc', count: 3 });
  });
});
