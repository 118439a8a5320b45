import { ChevronRight } from 'lucide-react';
import { useId, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';

interface Properties {
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
  /** What stands below the sentence while it is open. */
  readonly form: () => ReactElement;
}

/** A sentence that opens a form below it. Escape closes it again. */
export function SentenceItem({ isOpen, onToggle, children, form }: Properties): ReactElement {
  const id = useId();
  const close = (event: KeyboardEvent<HTMLLIElement>) => {
    if (event.key !== 'Escape' || !isOpen) return;
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.querySelector('button')?.focus();
    onToggle();
  };
  return (
    // Escape is heard here for whatever field of the form has the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li className="lj-sentence" onKeyDown={close}>
      <button type="button" className="lj-sentence-words" aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} onClick={onToggle}>
        {children}
        <ChevronRight size={14} aria-hidden="true" />
      </button>
      {isOpen && (
        <div id={id} className="lj-sentence-form">
          {form()}
        </div>
      )}
    </li>
  );
}
