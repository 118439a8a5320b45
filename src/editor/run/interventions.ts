/** What a person does to the running system. Each is carried out by the worker and recorded in the scenario as one undoable step. */
import type { ConfigValue, Fault, PipelineDocument } from '../../pipeline/document.ts';
import { applyChange, type Change } from '../../pipeline/index.ts';
import { configDefinition } from '../../pipeline/kinds/index.ts';
import { setConfig } from '../document/edits.ts';
import type { DistributiveOmit } from '../../workers/protocol.ts';
import { clusterIntervention } from '../scenario/clusterFaultWords.ts';
import { offsetsTarget } from '../scenario/faultWords.ts';
import { readingIntervention } from '../scenario/readingWords.ts';
import { documentStore } from '../stores/documentStore.ts';
import { statusStore } from '../stores/liveStore.ts';
import { announce, toast } from '../toasts/toastStore.ts';
import { askIntervention, underWay } from './session.ts';
import { sessionStore } from './sessionStore.ts';

export type Intervention = DistributiveOmit<Fault, 'atMs'>;

function nameOf(document: PipelineDocument, id: string): string {
  return document.nodes.find((node) => node.id === id)?.name ?? id;
}

/** One intervention in words: `Crash member 1 of search-index`. */
export function interventionWords(document: PipelineDocument, action: Intervention): string {
  const name = nameOf(document, action.node ?? '');
  switch (action.action) {
    case 'member.add':
      return `Add a member to ${name}`;
    case 'member.stop':
      return `Stop member ${action.member} of ${name}`;
    case 'member.crash':
      return `Crash member ${action.member} of ${name}`;
    case 'member.restart':
      return `Restart member ${action.member} of ${name}`;
    case 'outage.start':
      return `Stop ${name}`;
    case 'outage.end':
      return `Resume ${name}`;
    case 'slow':
      return action.factor === 1 ? `Bring ${name} back to its usual speed` : `Slow ${name} ×${action.factor}`;
    case 'offsets.reset':
      return `Reset the offsets of ${name}’s group ${offsetsTarget(action)}`;
    case 'consumer.pause':
    case 'consumer.resume':
    case 'consumer.seek':
      return readingIntervention(document, action);
    case 'config.set':
      return `Set ${action.config} of ${name} to ${String(action.value)}`;
    default:
      return clusterIntervention(document, action);
  }
}

/** Carries an intervention out and records it; a refusal is shown. */
export async function intervene(action: Intervention): Promise<boolean> {
  const { document, readOnly } = documentStore.getState();
  if (readOnly) {
    toast('Another tab edits this document. Take over to change it here.', { tone: 'bad' });
    return false;
  }
  const { fault, refusal } = await askIntervention(action);
  if (fault === null) {
    toast(refusal ?? 'The run refused this.', { tone: 'bad' });
    return false;
  }
  const words = interventionWords(document, action);
  const { apply } = documentStore.getState();
  const change: Change = { type: 'fault.add', fault };
  // The run already has this fault: it must not be taken for an edit that loads the run again.
  const { loaded } = sessionStore.getState();
  if (loaded !== null) sessionStore.setState({ loaded: applyChange(loaded, change).document });
  apply(change, words);
  announce(`${words}.`);
  return true;
}

/** The value a config has now in the run: the last one set live, else the document's; undefined when neither sets it. */
export function liveValue(document: PipelineDocument, id: string, name: string): ConfigValue | undefined {
  const nowMs = statusStore.getState().timeUs / 1000;
  const set = document.scenario.faults.filter(
    (fault) => fault.action === 'config.set' && fault.node === id && fault.config === name && fault.atMs <= nowMs,
  );
  const last = set.at(-1);
  return last?.action === 'config.set' ? last.value : undefined;
}

/** Changes a config: into the running system when it may be changed live and the run is on, else into the document. */
export async function changeConfig(id: string | null, name: string, value: ConfigValue | undefined, gesture?: string): Promise<void> {
  const { document } = documentStore.getState();
  const node = document.nodes.find((candidate) => candidate.id === id);
  const row = node === undefined ? undefined : configDefinition(node.kind, name);
  if (id === null || row?.live !== true || !underWay()) setConfig(id, name, value, gesture);
  else await intervene({ action: 'config.set', node: id, config: name, value: value ?? node?.config[name] ?? row.default });
}

/** How many times as long every service of a node takes now. */
export function slowFactor(document: PipelineDocument, id: string): number {
  const nowMs = statusStore.getState().timeUs / 1000;
  const last = document.scenario.faults.findLast((fault) => fault.action === 'slow' && fault.node === id && fault.atMs <= nowMs);
  return last?.action === 'slow' ? last.factor : 1;
}
