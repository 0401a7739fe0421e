// The labels to group by, as chips and a menu of what the series carry.

import { Menu } from '@mantine/core';
import { useState } from 'react';
import { fetchLabelNames } from '../../api/labels';
import type { Span } from '../../base/range';
import { useAnswer } from '../../query/useAnswer';
import { Icon } from '../../widgets/Icon';
import styles from './Builder.module.css';

interface Props {
  readonly labels: readonly string[];
  readonly selector: string;
  readonly span: Span;
  readonly onChange: (labels: readonly string[]) => void;
}

export function GroupBy({ labels, selector, span, onChange }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const names = useAnswer(['labels', selector], [], (signal) => fetchLabelNames(selector, span, signal), open);
  const left = (names.value ?? []).filter((name) => name !== 'le' && !labels.includes(name));
  return (
    <>
      {labels.map((label) => (
        <span key={label} className={styles['group']}>
          <span className={styles['chip']} data-kind="filter">
            {label}
          </span>
          <button
            type="button"
            className={styles['remove']}
            aria-label={`Do not group by ${label}`}
            onClick={() => onChange(labels.filter((one) => one !== label))}
          >
            <Icon name="close" size={12} />
          </button>
        </span>
      ))}
      <Menu opened={open} onChange={setOpen} position="bottom-start">
        <Menu.Target>
          <button type="button" className={styles['add']} data-testid="add-group">
            <Icon name="add" size={12} /> label
          </button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
          {left.map((name) => (
            <Menu.Item key={name} onClick={() => onChange([...labels, name])} data-testid="group-option">
              {name}
            </Menu.Item>
          ))}
          {left.length === 0 && (
            <Menu.Label>{names.loading ? 'Asking…' : (names.failure?.message ?? 'No further labels')}</Menu.Label>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
