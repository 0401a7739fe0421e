// A failed call, shown where its data would be.

import type { Failure } from '../base/result';
import styles from './FailureNote.module.css';
import { Icon } from './Icon';

interface Props {
  readonly failure: Failure;
  readonly title: string;
  readonly quiet?: boolean; // Beside data that is there.
}

export function FailureNote({ failure, title, quiet = false }: Props): JSX.Element {
  return (
    <div className={styles[quiet ? 'quiet' : 'note']} role="alert" data-testid="failure" data-kind={failure.kind}>
      <Icon name="alert" />
      <div>
        <strong>{title}</strong>
        <pre>{failure.message}</pre>
      </div>
    </div>
  );
}
