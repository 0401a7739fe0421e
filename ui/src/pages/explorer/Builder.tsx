// The builder: filters, group by, alignment, sort and limit, as one line of chips.

import { Menu, Select } from '@mantine/core';
import { selectorText } from '../../base/labels';
import type { Span } from '../../base/range';
import { formatDurationMs, parseDuration } from '../../base/time';
import type { MetricEntry } from '../../query/catalog';
import { COMBINES, FUNCTIONS, SORTS, type Query } from '../../query/state';
import type { Steps } from '../../query/steps';
import styles from './Builder.module.css';
import { Filters } from './Filters';
import { GroupBy } from './GroupBy';
import { Icon } from '../../widgets/Icon';

interface Props {
  readonly query: Query;
  readonly entry: MetricEntry;
  readonly span: Span;
  readonly stepMs: number | null;
  readonly steps: Steps | null;
  readonly onChange: (part: Partial<Query>) => void;
  readonly onStep: (stepMs: number | null) => void;
}

const STEPS = ['1s', '2s', '5s', '10s', '15s', '30s', '1m', '2m', '5m', '10m', '30m', '1h', '6h', '1d'];
const LIMITS: readonly (number | null)[] = [null, 1, 3, 5, 6, 10, 20, 50, 100];

const ALIGN_NAMES: Readonly<Record<string, string>> = {
  rate: 'rate per second',
  increase: 'increase',
  value: 'latest value',
  avg: 'average over step',
  min: 'minimum over step',
  max: 'maximum over step',
};

export function Builder({ query, entry, span, stepMs, steps, onChange, onStep }: Props): JSX.Element {
  const series = entry.type === 'histogram' ? `${entry.name}_bucket` : entry.name;
  const histogram = entry.type === 'histogram';
  const auto = entry.type === 'counter' ? 'rate' : 'latest value';
  const stepNow = steps === null ? '' : ` (${formatDurationMs(steps.stepMs)})`;
  const chosen = stepMs === null ? 'auto' : formatDurationMs(stepMs);
  return (
    <div className={styles['builder']} data-testid="builder">
      <Field name="Filters">
        <Filters
          filters={query.filters}
          selector={(except) => selectorText(series, query.filters.filter((_, index) => index !== except))}
          span={span}
          onChange={(filters) => onChange({ filters })}
        />
      </Field>
      <Field name="Group by">
        <GroupBy labels={query.groupBy} selector={selectorText(series, query.filters)} span={span} onChange={(groupBy) => onChange({ groupBy })} />
      </Field>
      <Field name="Align">
        {histogram ? (
          <span className={styles['fixed']}>count in each step</span>
        ) : (
          <Select
            w={150}
            aria-label="Alignment function"
            value={query.align}
            data={FUNCTIONS.map((one) => ({ value: one, label: one === 'auto' ? `auto (${auto})` : (ALIGN_NAMES[one] ?? one) }))}
            onChange={(value) => onChange({ align: FUNCTIONS.find((one) => one === value) ?? 'auto' })}
            data-testid="align"
          />
        )}
        <Select
          w={112}
          aria-label="Step"
          value={chosen}
          data={[
            { value: 'auto', label: `auto${stepMs === null ? stepNow : ''}` },
            ...[...new Set(chosen === 'auto' || STEPS.includes(chosen) ? STEPS : [...STEPS, chosen])],
          ]}
          onChange={(value) => onStep(value === null || value === 'auto' ? null : parseDuration(value))}
          data-testid="step"
        />
      </Field>
      {!histogram && (
        <Field name="Combine">
          <Select
            w={96}
            aria-label="Combine series"
            value={query.combine}
            data={[...COMBINES]}
            onChange={(value) => onChange({ combine: COMBINES.find((one) => one === value) ?? 'auto' })}
            data-testid="combine"
          />
        </Field>
      )}
      {(!histogram || query.groupBy.length > 0) && (
        <Field name="Sort & limit">
          <Menu closeOnItemClick={false}>
            <Menu.Target>
              <button type="button" className={styles['chip']} data-testid="sort">
                {histogram ? 'count' : query.sort} {query.descending ? '↓' : '↑'} · {query.limit ?? 'auto'}
                <Icon name="down" size={12} />
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {!histogram && (
                <>
                  <Menu.Label>Sort by</Menu.Label>
                  {SORTS.map((sort) => (
                    <Menu.Item key={sort} fw={sort === query.sort ? 650 : 400} onClick={() => onChange({ sort })}>
                      {sort}
                    </Menu.Item>
                  ))}
                </>
              )}
              <Menu.Item onClick={() => onChange({ descending: !query.descending })}>
                {query.descending ? 'largest first ↓' : 'smallest first ↑'}
              </Menu.Item>
              <Menu.Label>Show at most</Menu.Label>
              <div className={styles['limits']}>
                {LIMITS.map((limit) => (
                  <button key={String(limit)} type="button" aria-pressed={limit === query.limit} onClick={() => onChange({ limit })}>
                    {limit ?? 'auto'}
                  </button>
                ))}
              </div>
            </Menu.Dropdown>
          </Menu>
        </Field>
      )}
    </div>
  );
}

function Field({ name, children }: { readonly name: string; readonly children: React.ReactNode }): JSX.Element {
  return (
    <div className={styles['field']}>
      <span className={styles['label']}>{name}</span>
      {children}
    </div>
  );
}
