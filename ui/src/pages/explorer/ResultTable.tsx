// The table of a result, newest first, only the rows on show in the page.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { significant } from '../../base/format';
import type { Cell } from '../../base/csv';
import type { Zone } from '../../base/time';
import { tableOf } from '../../query/table';
import type { Drawn } from '../../query/useRun';
import styles from './ResultTable.module.css';

interface Props {
  readonly drawn: Drawn;
  readonly zone: Zone;
}

const ROW_HEIGHT = 26;

const cellText = (cell: Cell): string =>
  cell === null ? '·' : typeof cell === 'number' ? significant(cell, 6) : cell;

export function ResultTable({ drawn, zone }: Props): JSX.Element {
  const [head, rows] = useMemo(() => {
    const [first = [], ...rest] = tableOf(drawn, zone);
    return [first, rest.reverse()] as const;
  }, [drawn, zone]);
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => ROW_HEIGHT, overscan: 12 });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  return (
    <div ref={scroll} className={styles['scroll']} data-testid="table" tabIndex={0} aria-label="Table of the result">
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} />}
          {items.map((item) => (
            <tr key={item.key} style={{ height: ROW_HEIGHT }}>
              {(rows[item.index] ?? []).map((cell, index) => (
                <td key={index} data-number={typeof cell === 'number' || cell === null || undefined} data-zero={cell === 0 || cell === null || undefined}>
                  {cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
          {after > 0 && <tr style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
