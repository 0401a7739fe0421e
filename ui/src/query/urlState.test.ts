import { describe, expect, it } from 'vitest';
import { between } from '../base/range';
import { DEFAULT_STATE, EMPTY_QUERY, type ExplorerState } from './state';
import { decodeState, encodeState } from './urlState';

const states: readonly (readonly [string, ExplorerState])[] = [
  ['the default', DEFAULT_STATE],
  [
    'one query with all of it',
    {
      ...DEFAULT_STATE,
      queries: [
        {
          ...EMPTY_QUERY,
          metric: 'my_prom_hist_seconds',
          filters: [
            { label: 'region', op: '=~', value: 'eu-.*|a=b&c' },
            { label: 'odd=label', op: '!=', value: '' },
            { label: 'name', op: '!~', value: '~="\n' },
          ],
          groupBy: ['name', 'version'],
          align: 'rate',
          combine: 'max',
          sort: 'last',
          descending: false,
          limit: 12,
        },
      ],
      range: between(1_700_000_000_000, 1_700_000_900_000),
      refreshMs: 5000,
      zone: 'utc',
      view: 'both',
      y: 'linear',
      colour: 'sqrt',
      hidden: ['p50', 'dots'],
      stepMs: 30_000,
      autoRun: false,
      trace: { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' },
    },
  ],
  [
    'several queries, one of them still empty',
    {
      ...DEFAULT_STATE,
      queries: [
        { ...EMPTY_QUERY, mode: 'code', code: 'sum by (le) (rate(a_bucket[1m]))\n + 1', folded: true },
        EMPTY_QUERY,
        { ...EMPTY_QUERY, metric: 'up' },
      ],
    },
  ],
];

describe('the URL is the state', () => {
  it.each(states)('takes %s there and back', (_, state) => {
    expect(decodeState(`?${encodeState(state)}`)).toEqual(state);
  });

  it('is short where nothing was chosen', () => {
    expect(encodeState({ ...DEFAULT_STATE, queries: [{ ...EMPTY_QUERY, metric: 'up' }] })).toBe('metric=up&range=15m');
  });

  // A link typed or cut by hand opens the page all the same.
  it.each(['', '?range=soon&view=cube&limit=-1&trace=nothex', '?from=5&to=1', '?filter=novalue', '?filter=%25zz=1'])(
    'reads %j as the default',
    (search) => {
      expect(decodeState(search)).toEqual(DEFAULT_STATE);
    },
  );
});
