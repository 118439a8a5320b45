import type { KeyboardEvent } from 'react';

interface Properties<Id extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: Id; readonly label: string; readonly count?: number }[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
  /** Id of the element the tabs fill. */
  readonly panel: string;
}

/** Tabs: one stop for Tab, arrows between them. */
export function TabList<Id extends string>({ label, tabs, chosen, onChoose, panel }: Properties<Id>) {
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next.id);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div className="lj-tabs" role="tablist" tabIndex={-1} aria-label={label} data-own-keys onKeyDown={key}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          data-tab={tab.id}
          aria-selected={tab.id === chosen}
          aria-controls={panel}
          tabIndex={tab.id === chosen ? 0 : -1}
          className="lj-tab"
          onClick={() => onChoose(tab.id)}
        >
          {tab.label}
          {tab.count !== undefined && tab.count > 0 && <span className="lj-count"> {tab.count}</span>}
        </button>
      ))}
    </div>
  );
}
