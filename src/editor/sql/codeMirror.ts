/** CodeMirror put together for the languages of pipelines. It is large, so only this chunk has it, loaded when a text is first shown. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { forceLinting, linter, lintKeymap, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, RangeSetBuilder, StateEffect, type Extension } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import type { CompletionKind } from '../../sql/syntax/completions.ts';
import type { EditorLanguage, TextProblem } from './language.ts';

export interface EditorOptions {
  readonly text: string;
  readonly label: string;
  readonly describedBy: string;
  readonly readOnly: boolean;
  readonly placeholder: string;
  /** Asked anew each time, so that it may know a changed pipeline. */
  readonly language: () => EditorLanguage;
  readonly onChange: (text: string) => void;
  /** The text is to be kept: Ctrl+Enter, or the focus leaves. */
  readonly onCommit: (text: string) => void;
  /** Ctrl+Enter, after the text was kept. */
  readonly onRun: (text: string) => void;
  /** What is wrong, a moment after each change. */
  readonly onProblems: (problems: readonly TextProblem[]) => void;
}

export interface OpenEditor {
  readonly text: () => string;
  readonly setText: (text: string) => void;
  readonly setReadOnly: (readOnly: boolean) => void;
  readonly focus: () => void;
  /** Puts the cursor at an offset and shows it. */
  readonly goTo: (offset: number) => void;
  /** Looks again for what is wrong: the pipeline around the text has changed. */
  readonly check: () => void;
  readonly close: () => void;
}

/** Symbols of the list of completions, by kind. */
const completionTypes: Record<CompletionKind, string> = {
  keyword: 'keyword',
  source: 'class',
  column: 'property',
  field: 'property',
  function: 'function',
  type: 'type',
  property: 'constant',
  topic: 'text',
  parameter: 'variable',
};

const lintDelayMs = 250;
/** How long after Escape the next key is for what is around the editor. */
const leavingMs = 2_000;
const checkAgain = StateEffect.define<null>();

function highlighting(language: () => EditorLanguage): Extension {
  const marks = (view: EditorView): DecorationSet => {
    const builder = new RangeSetBuilder<Decoration>();
    for (const { kind, start, end } of language().highlights(view.state.doc.toString()))
      builder.add(start, end, Decoration.mark({ class: `lj-code-${kind}` }));
    return builder.finish();
  };
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = marks(view);
      }
      update({ docChanged, view }: ViewUpdate) {
        if (docChanged) this.decorations = marks(view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

const completing =
  (language: () => EditorLanguage) =>
  ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const { from, to, items } = language().completions(state.doc.toString(), pos);
    // Without a letter only who asks is offered something, or who has just written a point or an arrow.
    if (items.length === 0 || (from === pos && !explicit && !/(\.|->)$/.test(state.sliceDoc(0, pos)))) return null;
    return {
      from,
      to,
      filter: false,
      options: items.map(({ kind, text, detail }) => ({ label: text, detail, type: completionTypes[kind] })),
    };
  };

function problemElement({ message, remedy }: TextProblem): HTMLElement {
  const element = document.createElement('div');
  const words = document.createElement('p');
  words.textContent = message;
  element.append(words);
  if (remedy !== '') {
    const help = document.createElement('p');
    help.className = 'lj-code-remedy';
    help.textContent = remedy;
    element.append(help);
  }
  return element;
}

function checking({ language, onProblems }: EditorOptions): Extension {
  return linter(
    (view): Diagnostic[] => {
      const problems = language().problems(view.state.doc.toString());
      onProblems(problems);
      return problems.map((problem) => ({
        from: problem.from,
        to: problem.to,
        severity: problem.severity,
        message: `${problem.message} ${problem.remedy}`.trim(),
        renderMessage: () => problemElement(problem),
      }));
    },
    {
      delay: lintDelayMs,
      needsRefresh: ({ transactions }) => transactions.some(({ effects }) => effects.some((one) => one.is(checkAgain))),
    },
  );
}

/**
 * Tab indents; Escape, then Tab leaves the editor. The first Escape is kept from what is around the editor, a second one right after it goes on to it (closes a
 * dialog).
 */
function escapes(): Extension {
  let last = -Infinity;
  return [
    // Whatever else Escape does: CodeMirror notes it by itself only where nothing else takes it.
    EditorView.domEventObservers({
      keydown: ({ key }, view) => {
        if (key === 'Escape') view.setTabFocusMode(leavingMs);
        else last = -Infinity;
      },
    }),
    keymap.of([
      {
        key: 'Escape',
        run: () => {
          const now = Date.now();
          const isSecond = now - last < leavingMs;
          last = isSecond ? -Infinity : now;
          return !isSecond;
        },
      },
    ]),
  ];
}

/** Opens an editor within an element. */
export function openEditor(parent: HTMLElement, options: EditorOptions): OpenEditor {
  const { language, onChange, onCommit, onRun } = options;
  const writable = new Compartment();
  const readOnly = (is: boolean): Extension => [EditorState.readOnly.of(is), EditorView.editable.of(!is)];
  let isSetting = false;
  const commit = (view: EditorView): boolean => {
    onCommit(view.state.doc.toString());
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        closeBrackets(),
        placeholder(options.placeholder),
        EditorView.lineWrapping,
        highlighting(language),
        autocompletion({
          override: [completing(language)],
          icons: false,
          maxRenderedOptions: 60,
          optionClass: ({ type }) => `lj-code-option-${type ?? 'text'}`,
        }),
        checking(options),
        writable.of(readOnly(options.readOnly)),
        EditorView.contentAttributes.of({
          'aria-label': options.label,
          'aria-describedby': options.describedBy,
          'aria-multiline': 'true',
          spellcheck: 'false',
          autocapitalize: 'off',
        }),
        keymap.of([
          {
            key: 'Mod-Enter',
            run: (pressed) => {
              commit(pressed);
              onRun(pressed.state.doc.toString());
              return true;
            },
          },
          { key: 'Tab', run: acceptCompletion },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        escapes(),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged && !isSetting) onChange(state.doc.toString());
        }),
        EditorView.domEventHandlers({ blur: (_event, blurred) => void commit(blurred) }),
      ],
    }),
  });
  forceLinting(view);
  return {
    text: () => view.state.doc.toString(),
    setText: (text) => {
      isSetting = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      isSetting = false;
    },
    setReadOnly: (is) => view.dispatch({ effects: writable.reconfigure(readOnly(is)) }),
    focus: () => view.focus(),
    goTo: (offset) => {
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
      view.focus();
    },
    check: () => view.dispatch({ effects: checkAgain.of(null) }),
    close: () => view.destroy(),
  };
}
