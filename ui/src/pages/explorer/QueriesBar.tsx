// Below the queries: add one, run by itself or by hand.

import { Button, Switch } from '@mantine/core';
import { Icon } from '../../widgets/Icon';
import styles from './QueriesBar.module.css';

interface Props {
  readonly canAdd: boolean;
  readonly onAdd: () => void;
  readonly autoRun: boolean;
  readonly onAutoRun: (on: boolean) => void;
  readonly waiting: boolean;
  readonly onRun: () => void;
}

export function QueriesBar({ canAdd, onAdd, autoRun, onAutoRun, waiting, onRun }: Props): JSX.Element {
  return (
    <div className={styles['bar']}>
      <Button variant="subtle" leftSection={<Icon name="add" size={14} />} onClick={onAdd} disabled={!canAdd} data-testid="add-query">
        Add query
      </Button>
      <span className={styles['gap']} />
      <Switch
        label="Auto-run"
        checked={autoRun}
        onChange={(event) => onAutoRun(event.currentTarget.checked)}
        data-testid="auto-run"
      />
      <Button variant={waiting ? 'filled' : 'default'} leftSection={<Icon name="play" size={12} />} onClick={onRun} data-testid="run">
        Run
      </Button>
    </div>
  );
}
