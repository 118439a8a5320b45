import { useEffect, useRef } from 'react';
import type { EditorLanguage, TextProblem } from './language.ts';
import { openEditor, type OpenEditor } from './codeMirror.ts';

export interface CodeAreaProperties {
  /** The text as the document has it. */
  readonly text: string;
  readonly label: string;
  readonly describedBy: string;
  readonly readOnly: boolean;
  readonly placeholder: string;
  readonly language: EditorLanguage;
  /** Begins with the focus. */
  readonly focused: boolean;
  /** Told of the editor when it is there, null when it goes; the same function always. */
  readonly onEditor: (editor: OpenEditor | null) => void;
  readonly onChange: (text: string) => void;
  readonly onCommit: (text: string) => void;
  readonly onRun: (text: string) => void;
  readonly onProblems: (problems: readonly TextProblem[]) => void;
}

/** The text editor itself. What was typed and not yet kept is kept when it goes. */
export function CodeArea(properties: CodeAreaProperties) {
  const { text, readOnly, language, onEditor } = properties;
  const editor = useRef<OpenEditor | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(properties);
  const kept = useRef(text);
  useEffect(() => {
    latest.current = properties;
  });
  useEffect(() => {
    const { label, describedBy, placeholder, focused } = latest.current;
    const commit = (written: string) => {
      if (written === kept.current || latest.current.readOnly) return;
      kept.current = written;
      latest.current.onCommit(written);
    };
    const opened = openEditor(place.current!, {
      text: kept.current,
      label,
      describedBy,
      placeholder,
      readOnly: latest.current.readOnly,
      language: () => latest.current.language,
      onChange: (written) => latest.current.onChange(written),
      onCommit: commit,
      onRun: (written) => latest.current.onRun(written),
      onProblems: (problems) => latest.current.onProblems(problems),
    });
    editor.current = opened;
    onEditor(opened);
    if (focused) opened.focus();
    return () => {
      commit(opened.text());
      editor.current = null;
      onEditor(null);
      opened.close();
    };
  }, [onEditor]);
  useEffect(() => {
    if (text === kept.current) return;
    // Undo, another field or another tab has changed it.
    kept.current = text;
    editor.current?.setText(text);
  }, [text]);
  useEffect(() => editor.current?.setReadOnly(readOnly), [readOnly]);
  useEffect(() => editor.current?.check(), [language]);
  return <div ref={place} className="lj-code" data-own-keys />;
}
