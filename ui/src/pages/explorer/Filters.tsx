// Filters as chips: label, operator, value, with suggestions from the server.

import { Autocomplete, Button, Popover, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { fetchLabelNames, fetchLabelValues } from '../../api/labels';
import { MATCH_OPS, matcherText, type Matcher } from '../../base/labels';
import type { Span } from '../../base/range';
import { useAnswer } from '../../query/useAnswer';
import { Icon } from '../../widgets/Icon';
import styles from './Builder.module.css';

interface Props {
  readonly filters: readonly Matcher[];
  readonly selector: (except: number) => string; // What suggestions are asked of.
  readonly span: Span;
  readonly onChange: (filters: readonly Matcher[]) => void;
}

const NEW: Matcher = { label: '', op: '=', value: '' };

export function Filters({ filters, selector, span, onChange }: Props): JSX.Element {
  const [editing, setEditing] = useState<number | null>(null);
  const form = (index: number, start: Matcher): JSX.Element => (
    <FilterForm
      start={start}
      selector={selector(index)}
      span={span}
      onDone={(next) => {
        setEditing(null);
        onChange(index < filters.length ? filters.map((one, at) => (at === index ? next : one)) : [...filters, next]);
      }}
    />
  );
  return (
    <>
      {filters.map((filter, index) => (
        <span key={index} className={styles['group']}>
          <Edit opened={editing === index} onOpened={(open) => setEditing(open ? index : null)} form={() => form(index, filter)}>
            <button type="button" className={styles['chip']} data-kind="filter" onClick={() => setEditing(index)} data-testid="filter">
              {matcherText(filter)}
            </button>
          </Edit>
          <button
            type="button"
            className={styles['remove']}
            aria-label={`Remove filter ${matcherText(filter)}`}
            onClick={() => onChange(filters.filter((_, at) => at !== index))}
          >
            <Icon name="close" size={12} />
          </button>
        </span>
      ))}
      <Edit
        opened={editing === filters.length}
        onOpened={(open) => setEditing(open ? filters.length : null)}
        form={() => form(filters.length, NEW)}
      >
        <button type="button" className={styles['add']} onClick={() => setEditing(filters.length)} data-testid="add-filter">
          <Icon name="add" size={12} /> filter
        </button>
      </Edit>
    </>
  );
}

interface EditProps {
  readonly opened: boolean;
  readonly onOpened: (open: boolean) => void;
  readonly form: () => JSX.Element;
  readonly children: React.ReactNode;
}

function Edit({ opened, onOpened, form, children }: EditProps): JSX.Element {
  return (
    <Popover opened={opened} onChange={onOpened} position="bottom-start" trapFocus returnFocus withinPortal>
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown>{opened && form()}</Popover.Dropdown>
    </Popover>
  );
}

interface FormProps {
  readonly start: Matcher;
  readonly selector: string;
  readonly span: Span;
  readonly onDone: (matcher: Matcher) => void;
}

const MOST_SUGGESTED = 200;

function FilterForm({ start, selector, span, onDone }: FormProps): JSX.Element {
  const [label, setLabel] = useState(start.label);
  const [op, setOp] = useState(start.op);
  const [value, setValue] = useState(start.value);
  const names = useAnswer(['labels', selector], [], (signal) => fetchLabelNames(selector, span, signal));
  const values = useAnswer(
    ['values', label, selector],
    [],
    (signal) => fetchLabelValues(label, selector, span, signal),
    label !== '',
  );
  const inside = { withinPortal: false } as const;
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (label !== '') onDone({ label, op, value });
      }}
    >
      <Autocomplete
        size="xs"
        label="Label"
        data-autofocus
        data={(names.value ?? []).filter((name) => name !== 'le')}
        value={label}
        onChange={setLabel}
        comboboxProps={inside}
        maxDropdownHeight={220}
        data-testid="filter-label"
      />
      <SegmentedControl
        value={op}
        data={MATCH_OPS.map((one) => ({ value: one, label: one }))}
        onChange={(next) => setOp(MATCH_OPS.find((one) => one === next) ?? '=')}
        aria-label="Operator"
      />
      <Autocomplete
        size="xs"
        label={op === '=~' || op === '!~' ? 'Value (a regular expression for all of it)' : 'Value'}
        data={[...new Set(values.value ?? [])]}
        limit={MOST_SUGGESTED}
        value={value}
        onChange={setValue}
        comboboxProps={inside}
        maxDropdownHeight={220}
        error={values.failure?.message ?? names.failure?.message}
        data-testid="filter-value"
      />
      <footer>
        <Button type="submit" disabled={label === ''} data-testid="filter-done">
          Done
        </Button>
      </footer>
    </form>
  );
}
