// The spans of a trace by name: how many, how long in all, how long by themselves.

import { useMemo, useState } from 'react';
import { formatDurationNs } from '../../base/format';
import { summarise, type NameSummary, type Trace } from '../../base/traceTree';
import { Icon } from '../../widgets/Icon';
import styles from './SummaryTable.module.css';

interface Props {
  readonly trace: Trace;
  readonly colours: ReadonlyMap<string, string>;
  readonly onPick: (name: string) => void;
}

type Column = 'name' | 'count' | 'totalNs' | 'selfNs';

// Rows before the rest is asked for: the span below should be in sight.
const FEW = 4;

const COLUMNS: readonly (readonly [Column, string])[] = [
  ['name', 'Name'],
  ['count', 'Count'],
  ['totalNs', 'Total'],
  ['selfNs', 'Self'],
];

export function SummaryTable({ trace, colours, onPick }: Props): JSX.Element {
  const [by, setBy] = useState<Column>('totalNs');
  const [descending, setDescending] = useState(true);
  const rows = useMemo(() => {
    const compare = (a: NameSummary, b: NameSummary): number => {
      const [x, y] = [a[by], b[by]];
      return x === y ? 0 : x < y ? -1 : 1;
    };
    return [...summarise(trace)].sort((a, b) => compare(a, b) * (descending ? -1 : 1));
  }, [trace, by, descending]);
  const [all, setAll] = useState(false);
  const shown = all || rows.length <= FEW + 1 ? rows : rows.slice(0, FEW);
  return (
    <section className={styles['summary']} aria-label="Summary by name" data-testid="summary">
      <h4>Summary</h4>
      <table>
        <thead>
          <tr>
            {COLUMNS.map(([column, title]) => (
              <th key={column} scope="col" aria-sort={by === column ? (descending ? 'descending' : 'ascending') : 'none'}>
                <button
                  type="button"
                  onClick={() => {
                    setDescending(by === column ? !descending : column !== 'name');
                    setBy(column);
                  }}
                >
                  {title}
                  {by === column && <Icon name={descending ? 'down' : 'up'} size={11} />}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={`${row.service}/${row.name}`}>
              <td>
                <button type="button" className={styles['name']} onClick={() => onPick(row.name)} title={`${row.service}: show only these`}>
                  <i style={{ background: colours.get(row.service) }} />
                  {row.name}
                  {row.errors > 0 && <span className={styles['errors']}>{row.errors}</span>}
                </button>
              </td>
              <td>{row.count.toLocaleString('en-US')}</td>
              <td>{formatDurationNs(row.totalNs)}</td>
              <td>{formatDurationNs(row.selfNs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button type="button" className={styles['more']} onClick={() => setAll(true)}>
          all {rows.length} names
        </button>
      )}
    </section>
  );
}
