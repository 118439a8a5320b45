import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
  readonly checked?: boolean;
  readonly perform: () => void;
}

interface Properties {
  readonly label: string;
  readonly className: string;
  readonly title?: string;
  readonly items: readonly MenuItem[];
  readonly children: ReactNode;
}

/** A button with a menu under it: arrows walk, Enter does, Escape closes and gives the focus back. */
export function Menu({ label, className, title, items, children }: Properties) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    frame.current?.querySelector<HTMLElement>('[role^=menuitem]')?.focus();
    const outside = (event: PointerEvent) => {
      if (!(event.target instanceof Node && frame.current?.contains(event.target) === true)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
    if (event.key === 'Tab') setOpen(false);
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const all = [...(frame.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length]?.focus();
  };
  return (
    <div className="lj-menu-frame" ref={frame}>
      <button
        ref={button}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        aria-label={label}
        title={title}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <div className="lj-menu" id={id} role="menu" tabIndex={-1} aria-label={label} data-own-keys onKeyDown={key}>
          {items.map((item) => (
            <button
              key={item.id}
              type="button"
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.checked}
              className="lj-menu-item"
              onClick={() => {
                close();
                item.perform();
              }}
            >
              <span>{item.label}</span>
              {item.note !== undefined && <small>{item.note}</small>}
              {item.checked === true && <span aria-hidden="true">✓</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
