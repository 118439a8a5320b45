import type { ReactElement } from 'react';
import type { Fault, PipelineDocument } from '../../pipeline/document.ts';
import { kindOf } from '../../pipeline/index.ts';
import { endpointWords } from './clusterFaultWords.ts';
import { brokersOf } from './faultChoices.ts';

type NetworkFault = Extract<Fault, { between: readonly string[] }>;
type Side = 'between' | 'and';

/** Everybody who has a connection: brokers, the controller, the clients of nodes, and everybody else. */
export function endpointsOf(document: PipelineDocument): readonly string[] {
  return [
    ...brokersOf(document).map((broker) => `broker:${broker}`),
    'controller',
    ...document.nodes.filter(({ kind }) => kindOf(kind).role !== 'topic').map(({ id }) => `node:${id}`),
    'rest',
  ];
}

interface Properties {
  readonly document: PipelineDocument;
  readonly fault: NetworkFault;
  readonly readOnly: boolean;
  readonly onKeep: (fault: NetworkFault) => void;
}

function Side({ document, fault, readOnly, onKeep, side }: Properties & { readonly side: Side }): ReactElement {
  const here = fault[side];
  const there = fault[side === 'between' ? 'and' : 'between'];
  // Who is named but no longer there stays in the list, to be taken out.
  const ends = [...new Set([...endpointsOf(document), ...here])];
  const toggle = (end: string) => onKeep({ ...fault, [side]: here.includes(end) ? here.filter((other) => other !== end) : [...here, end] });
  return (
    <fieldset className="lj-ends">
      <legend>{side === 'between' ? 'Between' : 'And'}</legend>
      {ends.map((end) => {
        const isOnly = here.length === 1 && here[0] === end;
        return (
          <label key={end}>
            <input
              type="checkbox"
              checked={here.includes(end)}
              disabled={readOnly || isOnly || there.includes(end)}
              onChange={() => toggle(end)}
            />
            {endpointWords(document, end)}
          </label>
        );
      })}
    </fieldset>
  );
}

/** Who is cut off from whom: two lists to tick. Nobody stands in both, and each keeps at least one. */
export function EndpointRows(properties: Properties): ReactElement {
  return (
    <>
      <Side {...properties} side="between" />
      <Side {...properties} side="and" />
    </>
  );
}
