import { useHelp } from './helpStore.ts';
import { rangeWords, valueWords } from './valueWords.ts';

const sources = { kafka: 'Kafka’s own setting', simulation: 'Only the simulation has it' } as const;

/** The help of the field under the pointer or with the focus, in a place of its own so that no field moves. */
export function HelpLine() {
  const row = useHelp();
  if (row === null) return <p className="lj-help lj-muted">Point at a setting, or move to it, to read what it does.</p>;
  const facts = [
    `default ${valueWords(row, row.default)}`,
    rangeWords(row),
    sources[row.source],
    row.fidelity === undefined ? '' : `figure ${row.fidelity}`,
  ];
  return (
    <p className="lj-help">
      <code>{row.name}</code> {row.help} <span className="lj-muted">({facts.filter((fact) => fact !== '').join(' · ')})</span>
    </p>
  );
}
