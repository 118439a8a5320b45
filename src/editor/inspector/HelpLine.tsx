import { useHelp } from './helpStore.ts';
import { rangeWords, valueWords } from './valueWords.ts';

const sources = { kafka: 'Kafka’s own setting', simulation: 'Only the simulation has it' } as const;

/** The help of the field with the focus, in a place of its own at the foot so that no field moves; without one it takes no room. */
export function HelpLine() {
  const row = useHelp();
  if (row === null) return null;
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
