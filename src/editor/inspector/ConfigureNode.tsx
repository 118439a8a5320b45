import { governedConfig } from '../../pipeline/index.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { changeConfig, liveValue } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useFindings } from '../stores/findingsStore.ts';
import { ConfigForm } from './ConfigForm.tsx';

const noFindings = [] as const;

/** Settings of one node. */
export function ConfigureNode({ id }: { readonly id: string }) {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  const findings = useFindings((state) => state.byNode.get(id)) ?? noFindings;
  const node = document.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return null;
  const whole = findings.filter((finding) => finding.config === undefined);
  return (
    <>
      <p className="lj-muted lj-summary">{kindOf(node.kind).summary}</p>
      {whole.map((finding) => (
        <p key={finding.code + finding.message} className={`lj-problem lj-problem-${finding.severity}`}>
          {finding.message} {finding.remedy}
        </p>
      ))}
      <ConfigForm
        rows={kindOf(node.kind).config}
        config={node.config}
        node={id}
        findings={findings}
        readOnly={readOnly}
        governed={governedConfig(document.guarantee, node)}
        liveOf={(name) => liveValue(document, id, name)}
        onChange={(name, value) => void changeConfig(id, name, value)}
      />
    </>
  );
}
