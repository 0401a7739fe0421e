// PromQL as text. Loaded when first needed: the Explorer's first view does not wait for an editor.

import { lazy, Suspense } from 'react';
import styles from './CodeEditor.module.css';

const PromqlEditor = lazy(() => import('./PromqlEditor'));

export interface CodeEditorProps {
  readonly value: string;
  readonly onRun: (code: string) => void;
}

export function CodeEditor(props: CodeEditorProps): JSX.Element {
  return (
    <Suspense fallback={<pre className={styles['frame']}>{props.value}</pre>}>
      <PromqlEditor {...props} />
    </Suspense>
  );
}
