import { useCallback, useEffect, useRef } from 'react';
import type { ConfigDefinition, ConfigValue } from '../../pipeline/index.ts';
import type { Finding } from '../../pipeline/finding.ts';
import { useView } from '../stores/viewStore.ts';
import type { OpenEditor } from './codeMirror.ts';
import { enlarge } from './codeDialogStore.ts';
import { placeholderOf, useLanguage } from './languages.ts';
import { SqlEditor } from './SqlEditor.tsx';
import { useOwnText } from './useOwnText.ts';

interface Properties {
  readonly row: ConfigDefinition;
  readonly node: string;
  readonly value: string;
  readonly findings: readonly Finding[];
  readonly readOnly: boolean;
  readonly onChange: (value: ConfigValue | undefined) => void;
}

const patienceMs = 3_000;

/** Takes the focus when a finding asks for this field, as soon as the editor is there. */
function useFocusRequest(node: string, name: string) {
  const editor = useRef<OpenEditor | null>(null);
  const request = useView((view) => view.focusedField);
  useEffect(() => {
    if (request === null || request.node !== node || request.config !== name) return;
    const since = performance.now();
    const timer = setInterval(() => {
      if (editor.current === null && performance.now() - since < patienceMs) return;
      clearInterval(timer);
      editor.current?.focus();
    }, 50);
    return () => clearInterval(timer);
  }, [request, node, name]);
  return useCallback((opened: OpenEditor | null) => void (editor.current = opened), []);
}

/** A config that is a text in a language, in an editor of its own, which can be enlarged. */
export function CodeField({ row, node, value, findings, readOnly, onChange }: Properties) {
  const onEditor = useFocusRequest(node, row.name);
  const language = useLanguage(row.name, node);
  const keep = useOwnText(node, (text) => onChange(text === row.default ? undefined : text));
  // What has a place is marked there.
  const whole = findings.filter(({ at }) => at === undefined);
  return (
    <div className="lj-field lj-field-wide lj-code-field">
      <span className="lj-field-name" title={row.help}>
        {row.name}
      </span>
      <SqlEditor
        text={value}
        label={row.name}
        readOnly={readOnly}
        placeholder={placeholderOf(row.name)}
        language={language}
        large={false}
        onEditor={onEditor}
        onCommit={keep}
        onEnlarge={() => enlarge(node, row.name)}
      />
      {whole.map((finding) => (
        <p key={finding.code + finding.message} className={`lj-problem lj-problem-${finding.severity}`}>
          {finding.message} {finding.remedy}
        </p>
      ))}
    </div>
  );
}
