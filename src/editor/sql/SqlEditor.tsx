import { useCallback, useId, useRef, useState } from 'react';
import { AlertTriangle, Info, Maximize2, WandSparkles } from 'lucide-react';
import { CodeArea } from './CodeArea.tsx';
import type { OpenEditor } from './codeMirror.ts';
import type { EditorLanguage, TextProblem } from './language.ts';
import './code.css';

interface Properties {
  readonly text: string;
  readonly label: string;
  readonly readOnly: boolean;
  readonly placeholder: string;
  readonly language: EditorLanguage;
  /** As high as what is around it, beginning with the focus. */
  readonly large: boolean;
  /** Told of the editor when it is there, null when it goes; the same function always. */
  readonly onEditor?: (editor: OpenEditor | null) => void;
  readonly onCommit: (text: string) => void;
  /** What Ctrl+Enter does besides keeping the text. */
  readonly onRun?: (text: string) => void;
  /** Opens the text in a place with more room; absent where it has it already. */
  readonly onEnlarge?: () => void;
}

/** What is wrong, with a way to its place. */
function Problems({ problems, onGo }: { readonly problems: readonly TextProblem[]; readonly onGo: (problem: TextProblem) => void }) {
  return (
    <ul className="lj-code-problems" aria-label="Problems">
      {problems.map((problem) => {
        const Sign = problem.severity === 'info' ? Info : AlertTriangle;
        return (
          <li key={`${problem.from} ${problem.message}`} className={`lj-problem lj-problem-${problem.severity}`}>
            <button type="button" className="lj-code-problem" onClick={() => onGo(problem)}>
              <Sign size={14} aria-hidden="true" />
              <span>
                <span className="lj-numeral lj-code-place">
                  Line {problem.line}, column {problem.column}
                </span>{' '}
                {problem.message} {problem.remedy}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** A text with highlighting, completions, and what is wrong at its place as it is typed. It is kept on Ctrl+Enter and when the focus leaves. */
export function SqlEditor({ text, label, readOnly, placeholder, language, large, onEditor, onCommit, onRun, onEnlarge }: Properties) {
  const id = useId();
  const place = useRef<OpenEditor | null>(null);
  const opened = useCallback(
    (editor: OpenEditor | null) => {
      place.current = editor;
      onEditor?.(editor);
    },
    [onEditor],
  );
  const [problems, setProblems] = useState<readonly TextProblem[]>([]);
  const [draft, setDraft] = useState<string | null>(null);
  const format = () => {
    const current = place.current;
    if (current === null || language.format === null) return;
    const formatted = language.format(current.text());
    if (formatted !== current.text()) {
      current.setText(formatted);
      onCommit(formatted);
    }
    current.focus();
  };
  const changed = draft !== null && draft !== text;
  return (
    <div className={large ? 'lj-code-editor lj-code-large' : 'lj-code-editor'}>
      <CodeArea
        text={text}
        label={label}
        describedBy={`${id}-keys`}
        readOnly={readOnly}
        placeholder={placeholder}
        language={language}
        focused={large}
        onEditor={opened}
        onChange={setDraft}
        onCommit={(kept) => {
          setDraft(null);
          onCommit(kept);
        }}
        onRun={(written) => onRun?.(written)}
        onProblems={setProblems}
      />
      <div className="lj-code-foot">
        <span id={`${id}-keys`} className="lj-muted">
          {readOnly ? 'Read only.' : onRun !== undefined ? 'Ctrl+Enter asks.' : changed ? 'Ctrl+Enter keeps it.' : 'Ctrl+Space completes.'}
          <span className="lj-visually-hidden"> Escape, then Tab leaves the editor.</span>
        </span>
        {language.format !== null && (
          <button
            type="button"
            className="lj-button lj-code-button"
            disabled={readOnly}
            onClick={format}
            title="Write it as ksqlDB does, a clause a line"
          >
            <WandSparkles size={14} aria-hidden="true" /> Format
          </button>
        )}
        {onEnlarge !== undefined && (
          <button
            type="button"
            className="lj-icon-button lj-bordered lj-code-enlarge"
            aria-label="Enlarge"
            title="Enlarge"
            onClick={onEnlarge}
          >
            <Maximize2 size={14} aria-hidden="true" />
          </button>
        )}
      </div>
      <div aria-live="polite">{problems.length > 0 && <Problems problems={problems} onGo={({ from }) => place.current?.goTo(from)} />}</div>
    </div>
  );
}
