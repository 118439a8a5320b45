import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { Finding } from '../../pipeline/index.ts';
import { useSession } from '../run/sessionStore.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useFindings } from '../stores/findingsStore.ts';
import { viewStore } from '../stores/viewStore.ts';

const icons = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;
const order = { error: 0, warning: 1, info: 2 } as const;

function jump(finding: Finding): void {
  const view = viewStore.getState();
  view.revealInspector();
  if (finding.config !== undefined) view.focusField(finding.node ?? null, finding.config);
  else if (finding.node !== undefined) view.select({ nodes: [finding.node] });
  else if (finding.edge !== undefined) view.select({ edges: [finding.edge] });
  else view.select({});
}

/** Every finding about the design, worst first; a click leads to the field. */
export function FindingsList() {
  const findings = useFindings((state) => state.all);
  const refusals = useSession((state) => state.refusals);
  const nodes = useDocument((state) => state.document.nodes);
  const known = new Set(findings.map((finding) => finding.code + finding.path));
  const all = [...findings, ...refusals.filter((finding) => !known.has(finding.code + finding.path))].sort(
    (a, b) => order[a.severity] - order[b.severity],
  );
  if (all.length === 0) return <p className="lj-muted">No findings: the design can run, and nothing about it looks unsafe.</p>;
  return (
    <ul className="lj-findings">
      {all.map((finding) => {
        const Icon = icons[finding.severity];
        const node = nodes.find((candidate) => candidate.id === finding.node);
        return (
          <li key={finding.code + finding.path + finding.message}>
            <button type="button" className={`lj-finding lj-finding-${finding.severity}`} onClick={() => jump(finding)}>
              <Icon size={16} aria-hidden="true" />
              <span>
                <span className="lj-visually-hidden">{finding.severity}: </span>
                <b>{[node?.name, finding.config].filter(Boolean).join(' · ')}</b> {finding.message}{' '}
                <span className="lj-muted">{finding.remedy}</span>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
