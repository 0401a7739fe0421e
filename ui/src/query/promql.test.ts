import { describe, expect, it } from 'vitest';
import { entryFor, type MetricEntry } from './catalog';
import { planQuery, quantileText, unitOfQuery } from './promql';
import { EMPTY_QUERY, type Query } from './state';

const histogram: MetricEntry = { ...entryFor([], 'h_seconds'), type: 'histogram' };
const counter = entryFor([], 'c_total');
const gauge: MetricEntry = { ...entryFor([], 'g'), type: 'gauge' };
const wide = { stepMs: 60_000, windowMs: 60_000, raised: false };
const sparse = { stepMs: 10_000, windowMs: 20_000, raised: false };
const make = (more: Partial<Query>): Query => ({ ...EMPTY_QUERY, ...more });

describe('planQuery', () => {
  it('counts the buckets of a histogram in each step', () => {
    const plan = planQuery(make({ metric: 'h_seconds', filters: [{ label: 'name', op: '=', value: 'foo' }] }), histogram, wide);
    expect(plan.query).toBe('sum by (le) (increase(h_seconds_bucket{name="foo"}[1m]))');
    expect(plan.exemplars).toBe('h_seconds_bucket{name="foo"}');
    expect(quantileText(0.95, plan.quantileSource)).toBe(
      'histogram_quantile(0.95, sum by (le) (rate(h_seconds_bucket{name="foo"}[1m])))',
    );
  });
  it('looks back further than a step where scrapes are sparse, and still counts per step', () => {
    const plan = planQuery(make({ metric: 'h_seconds', groupBy: ['region', 'le'] }), histogram, sparse);
    expect(plan.query).toBe('sum by (le, region) (rate(h_seconds_bucket[20s])) * 10');
  });
  it.each([
    [make({ metric: 'c_total' }), counter, 'rate(c_total[1m])'],
    [make({ metric: 'c_total', groupBy: ['job'] }), counter, 'sum by (job) (rate(c_total[1m]))'],
    [make({ metric: 'g' }), gauge, 'g'],
    [make({ metric: 'g', align: 'max', combine: 'max' }), gauge, 'max (max_over_time(g[1m]))'],
    [make({ metric: 'g', groupBy: ['a', 'b'] }), gauge, 'avg by (a, b) (g)'],
  ])('draws lines of others', (query, entry, text) => {
    expect(planQuery(query, entry, wide).query).toBe(text);
  });
  it('runs code as it is written', () => {
    const plan = planQuery(make({ mode: 'code', code: ' sum(up) # all ' }), gauge, wide);
    expect(plan.query).toBe('sum(up) # all');
    expect(plan.quantileSource).toBe('(\nsum(up) # all\n)');
  });
});

describe('unitOfQuery', () => {
  const seconds: MetricEntry = { ...entryFor([], 'h_seconds'), type: 'histogram' };
  it('never gives one metric the unit of another', () => {
    expect(unitOfQuery(make({ metric: 'h_seconds' }), seconds, 'heatmap')).toBe('seconds');
    expect(unitOfQuery(make({ metric: 'h_seconds', mode: 'code', code: 'sum by (le) (h_seconds_bucket)' }), seconds, 'heatmap')).toBe('seconds');
    expect(unitOfQuery(make({ metric: 'h_seconds', mode: 'code', code: 'size_bytes_bucket' }), seconds, 'heatmap')).toBe('none');
    expect(unitOfQuery(make({ metric: 'cpu_seconds_total' }), entryFor([], 'cpu_seconds_total'), 'lines')).toBe('none');
    expect(unitOfQuery(make({ metric: 'cpu_seconds_total', align: 'increase' }), entryFor([], 'cpu_seconds_total'), 'lines')).toBe('seconds');
  });
});
