import { useState } from 'react';
import { effectiveConfig, type PipelineNode } from '../../pipeline/index.ts';
import { formatRate } from '../format/numbers.ts';
import { changeConfig, intervene, liveValue, slowFactor, type Intervention } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useStatus } from '../stores/liveStore.ts';
import type { SlowNode } from '../stores/slowNodes.ts';

function Do({
  action,
  disabled = false,
  children,
}: {
  readonly action: Intervention;
  readonly disabled?: boolean;
  readonly children: string;
}) {
  return (
    <button type="button" className="lj-button" disabled={disabled} onClick={() => void intervene(action)}>
      {children}
    </button>
  );
}

const busiestFirst = (slow: SlowNode) => [...slow.members].filter((member) => member.state !== 'down').sort((a, b) => b.member - a.member);

/** Pause, resume and seek of all members: they stay in their group. */
function Reading({ node, disabled }: { readonly node: string; readonly disabled: boolean }) {
  return (
    <>
      <div className="lj-row">
        <Do action={{ action: 'consumer.pause', node }} disabled={disabled}>
          Pause reading
        </Do>
        <Do action={{ action: 'consumer.resume', node }} disabled={disabled}>
          Resume reading
        </Do>
      </div>
      <div className="lj-row">
        <Do action={{ action: 'consumer.seek', node, to: 'earliest' }} disabled={disabled}>
          Seek to earliest
        </Do>
        <Do action={{ action: 'consumer.seek', node, to: 'latest' }} disabled={disabled}>
          Seek to latest
        </Do>
      </div>
    </>
  );
}

/** Crash, stop, add, outage, slow: what can happen to a group of consumers. */
export function ConsumerControls({ node, slow }: { readonly node: PipelineNode; readonly slow: SlowNode | undefined }) {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  // The factor depends on the moment as well as on the document.
  useStatus((status) => Math.floor(status.timeUs / 1e6));
  const alive = slow === undefined ? [] : busiestFirst(slow);
  const last = alive[0]?.member ?? 0;
  const none = readOnly || alive.length === 0;
  const factor = slowFactor(document, node.id);
  const out = slow?.condition === 'outage';
  return (
    <section aria-label="Make it happen">
      <h3>Make it happen</h3>
      <div className="lj-row">
        <Do action={{ action: 'member.crash', node: node.id, member: last }} disabled={none}>
          Crash one
        </Do>
        <Do action={{ action: 'member.stop', node: node.id, member: last }} disabled={none}>
          Remove member
        </Do>
        <Do action={{ action: 'member.add', node: node.id }} disabled={readOnly}>
          Add member
        </Do>
      </div>
      <div className="lj-row">
        <Do action={{ action: out ? 'outage.end' : 'outage.start', node: node.id }} disabled={readOnly}>
          {out ? 'Resume it' : 'Stop it'}
        </Do>
        <Do action={{ action: 'slow', node: node.id, factor: factor * 2 }} disabled={readOnly || factor >= 1024}>
          Slow it ×2
        </Do>
        <Do action={{ action: 'slow', node: node.id, factor: 1 }} disabled={readOnly || factor === 1}>
          Usual speed
        </Do>
      </div>
      {effectiveConfig(node)['group.protocol'] !== 'share' && <Reading node={node.id} disabled={none} />}
      {alive.length === 0 && slow !== undefined && (
        <div className="lj-row">
          <Do action={{ action: 'offsets.reset', node: node.id, to: 'earliest' }} disabled={readOnly}>
            Reset offsets to earliest
          </Do>
          <Do action={{ action: 'offsets.reset', node: node.id, to: 'latest' }} disabled={readOnly}>
            To latest
          </Do>
        </div>
      )}
      <p className="lj-muted">
        {factor === 1 ? 'What you do here is recorded in the scenario.' : `Every service takes ${factor} times as long now.`}
      </p>
    </section>
  );
}

/** A producer's rate, changed while it runs. */
export function RateControls({ node }: { readonly node: PipelineNode }) {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  useStatus((status) => Math.floor(status.timeUs / 1e6));
  const [draft, setDraft] = useState<string | null>(null);
  const rate = Number(liveValue(document, node.id, 'workload.rate') ?? effectiveConfig(node)['workload.rate']);
  const value = Number(draft ?? rate);
  const wrong = draft !== null && (draft.trim() === '' || !Number.isFinite(value) || value < 0 || value > 10_000_000);
  const set = (next: number) => void changeConfig(node.id, 'workload.rate', next);
  const keep = () => {
    if (draft !== null && !wrong && value !== rate) set(value);
    if (!wrong) setDraft(null);
  };
  return (
    <section aria-label="Make it happen">
      <h3>Change the rate</h3>
      <div className="lj-row">
        <input
          className="lj-input lj-rate"
          aria-label="Rate, records a second"
          inputMode="decimal"
          aria-invalid={wrong}
          readOnly={readOnly}
          value={draft ?? String(rate)}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => event.key === 'Enter' && keep()}
        />
        <button type="button" className="lj-button" disabled={readOnly} onClick={() => set(rate / 2)}>
          Halve
        </button>
        <button type="button" className="lj-button" disabled={readOnly} onClick={() => set(Math.min(10_000_000, rate * 2))}>
          Double
        </button>
      </div>
      <p className="lj-muted">Now {formatRate(rate)}. What you do to a running producer is recorded in the scenario.</p>
    </section>
  );
}
