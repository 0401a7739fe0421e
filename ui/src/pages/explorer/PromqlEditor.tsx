// CodeMirror with Prometheus' own PromQL mode: colours, marks at mistakes, completion of names, labels
// and functions from this server. Enter runs; Shift+Enter starts a new line.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { useEffect, useRef } from 'react';
import type { CodeEditorProps } from './CodeEditor';
import styles from './CodeEditor.module.css';

const COLOURS = HighlightStyle.define([
  { tag: tags.variableName, color: 'var(--glint-text)' },
  { tag: [tags.keyword, tags.modifier], color: 'var(--glint-accent)', fontWeight: '600' },
  { tag: tags.function(tags.variableName), color: 'var(--glint-accent)' },
  { tag: [tags.string], color: 'var(--glint-good)' },
  { tag: [tags.number], color: 'var(--glint-spark)' },
  { tag: tags.labelName, color: 'var(--glint-warn)' },
  { tag: tags.comment, color: 'var(--glint-dim)' },
]);

const LOOK = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--glint-text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--glint-mono)', caretColor: 'var(--glint-text)', padding: '3px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--glint-text)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--glint-raised)',
    border: '1px solid var(--glint-border)',
    borderRadius: '6px',
    color: 'var(--glint-text)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--glint-accent-soft)',
    color: 'var(--glint-text)',
  },
});

export default function PromqlEditor({ value, onRun }: CodeEditorProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const run = useRef(onRun);
  run.current = onRun;

  useEffect(() => {
    const promql = new PromQLExtension().setComplete({ remote: { url: '' } });
    const submit = (editor: EditorView): boolean => {
      run.current(editor.state.doc.toString());
      return true;
    };
    const made = new EditorView({
      parent: host.current ?? document.body,
      state: EditorState.create({
        doc: value,
        extensions: [
          promql.asExtension(),
          syntaxHighlighting(COLOURS),
          LOOK,
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'PromQL', 'data-testid': 'promql' }),
          placeholder('sum by (le) (rate(http_request_duration_seconds_bucket[5m]))'),
          keymap.of([...closeBracketsKeymap, ...completionKeymap]),
          Prec.high(
            keymap.of([
              { key: 'Shift-Enter', run: insertNewlineAndIndent },
              { key: 'Mod-Enter', run: submit },
            ]),
          ),
          keymap.of([{ key: 'Enter', run: submit }, ...historyKeymap, ...lintKeymap, ...defaultKeymap]),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // The editor keeps its own text; a change from outside is put in below.
  }, []);

  useEffect(() => {
    const made = view.current;
    if (made === null || made.state.doc.toString() === value) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } });
  }, [value]);

  return (
    <>
      <div ref={host} className={styles['frame']} onBlur={() => {
        const text = view.current?.state.doc.toString() ?? value;
        if (text !== value) run.current(text);
      }} />
      <div className={styles['hint']}>Enter runs, Shift+Enter starts a new line. A result with <code>le</code> is drawn as a heatmap.</div>
    </>
  );
}
