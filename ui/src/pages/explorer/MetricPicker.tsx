// Picks a metric by typing. Categories on the left, the matches on the right, both by keyboard.

import { Popover, Switch } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { categoriesOf, searchCatalog, type MetricEntry } from '../../query/catalog';
import type { Catalog } from '../../query/useCatalog';
import { Icon } from '../../widgets/Icon';
import styles from './MetricPicker.module.css';

interface Props {
  readonly entry: MetricEntry;
  readonly catalog: Catalog;
  readonly onPick: (metric: string) => void;
}

export function MetricPicker({ entry, catalog, onPick }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const { refresh } = catalog;
  useEffect(() => {
    if (open) refresh();
  }, [open, refresh]);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus offset={4}>
      <Popover.Target>
        <button
          type="button"
          className={styles['button']}
          onClick={() => setOpen(!open)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') setOpen(true);
          }}
          aria-haspopup="dialog"
          data-testid="metric"
        >
          {entry.name === '' ? <span className={styles['none']}>Select a metric</span> : <b>{entry.name}</b>}
          {entry.name !== '' && <TypeBadge entry={entry} />}
          <Icon name="down" size={14} />
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} className={styles['drop'] ?? ''}>
        {open && (
          <Picker
            entry={entry}
            catalog={catalog}
            onPick={(metric) => {
              onPick(metric);
              setOpen(false);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function TypeBadge({ entry }: { readonly entry: MetricEntry }): JSX.Element {
  return (
    <span className={styles['badge']} data-type={entry.type}>
      {entry.type}
      {entry.unit !== '' && ` · ${entry.unit}`}
    </span>
  );
}

const ROW_HEIGHT = 46;

function Picker({ entry, catalog, onPick }: Props): JSX.Element {
  const [typed, setTyped] = useState('');
  const [onlyActive, setOnlyActive] = useState(true);
  const [category, setCategory] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(typed);
  const found = useMemo(() => searchCatalog(catalog.entries, wanted, onlyActive), [catalog.entries, wanted, onlyActive]);
  const categories = useMemo(() => categoriesOf(found), [found]);
  const rows = useMemo(() => (category === null ? found : found.filter((one) => one.category === category)), [found, category]);
  const list = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => list.current, estimateSize: () => ROW_HEIGHT, overscan: 6 });

  useEffect(() => {
    if (category !== null && !categories.some((one) => one.name === category)) setCategory(null);
  }, [categories, category]);
  useEffect(() => {
    const chosen = wanted === '' ? rows.findIndex((one) => one.name === entry.name) : 0;
    setAt(Math.max(0, chosen));
    if (chosen > 0) virtual.scrollToIndex(chosen, { align: 'center' });
    else list.current?.scrollTo({ top: 0 });
    // The list is new; where the pointer stood in the old one says nothing.
  }, [rows, wanted, entry.name, virtual]);

  const move = (to: number): void => {
    const next = Math.min(rows.length - 1, Math.max(0, to));
    setAt(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = 7;
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      move(at + step);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      // Typing may be ahead of the list: what Enter picks is what the typed text finds.
      const sure = typed === wanted ? rows[at] : searchCatalog(catalog.entries, typed, onlyActive)[0];
      if (sure !== undefined) onPick(sure.name);
    }
  };

  return (
    <div className={styles['picker']} onKeyDown={onKeyDown} data-testid="metric-picker">
      <div className={styles['search']}>
        <Icon name="search" />
        <input
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          placeholder="Search names, help and types"
          aria-label="Search metrics"
          role="combobox"
          aria-expanded="true"
          aria-controls="metric-list"
          aria-activedescendant={rows[at] === undefined ? undefined : `metric-${at}`}
          spellCheck={false}
          data-testid="metric-search"
        />
        <Switch
          label="Only active"
          checked={onlyActive}
          onChange={(event) => setOnlyActive(event.currentTarget.checked)}
          data-testid="only-active"
        />
      </div>
      <div className={styles['columns']}>
        <div className={styles['categories']} role="group" aria-label="Categories">
          <button type="button" aria-pressed={category === null} onClick={() => setCategory(null)}>
            All <span>{found.length}</span>
          </button>
          {categories.map((one) => (
            <button key={one.name} type="button" aria-pressed={category === one.name} onClick={() => setCategory(one.name)}>
              {one.name} <span>{one.count}</span>
            </button>
          ))}
        </div>
        <div className={styles['list']} ref={list} id="metric-list" role="listbox" aria-label="Metrics">
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const one = rows[item.index];
              if (one === undefined) return null;
              return (
                <div
                  key={one.name}
                  id={`metric-${item.index}`}
                  role="option"
                  aria-selected={item.index === at}
                  className={styles['row']}
                  style={{ transform: `translateY(${item.start}px)`, height: ROW_HEIGHT }}
                  onClick={() => onPick(one.name)}
                  onPointerMove={() => setAt(item.index)}
                  data-testid="metric-option"
                  data-metric={one.name}
                >
                  <div>
                    <span className={styles['name']}>{one.name}</span>
                    <TypeBadge entry={one} />
                    {!one.active && <span className={styles['idle']}>no data in this range</span>}
                  </div>
                  <div className={styles['about']}>{one.help !== '' ? one.help : 'no help text'}</div>
                </div>
              );
            })}
          </div>
          {rows.length === 0 && (
            <p className={styles['empty']}>
              {catalog.loading
                ? 'Asking for the metrics…'
                : catalog.failure !== null
                  ? catalog.failure.message
                  : typed === ''
                    ? 'No metric has data in this time range.'
                    : `No metric matches “${typed}”.`}
              {!catalog.loading && onlyActive && ' Switch off “Only active” to search all that are known.'}
            </p>
          )}
        </div>
      </div>
      <div className={styles['foot']}>
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> to move, <kbd>Enter</kbd> to pick, <kbd>Esc</kbd> to leave
        </span>
        <span>
          {rows.length.toLocaleString('en-US')} of {catalog.entries.length.toLocaleString('en-US')} metrics
        </span>
      </div>
    </div>
  );
}
