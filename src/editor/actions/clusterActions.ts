import { Network } from 'lucide-react';
import { effectiveClusterConfig } from '../../pipeline/index.ts';
import { racksOf } from '../../pipeline/racks.ts';
import { brokerDeeds, electUnclean, loseController, preferLeaders } from '../cluster/clusterDeeds.ts';
import { clusterStore } from '../cluster/clusterStore.ts';
import { intervene, interventionWords, type Intervention } from '../run/interventions.ts';
import { documentStore } from '../stores/documentStore.ts';
import type { Action } from './action.ts';

function actionFor(id: string, deed: Intervention, keywords: readonly string[]): Action {
  return {
    id: `cluster.${id}`,
    group: 'Cluster',
    label: interventionWords(documentStore.getState().document, deed),
    keywords: ['fault', 'broker', ...keywords],
    icon: Network,
    predicate: () => !documentStore.getState().readOnly && documentStore.getState().document.nodes.length > 0,
    perform: async () => {
      await intervene(deed);
    },
  };
}

/** One command for each thing that can happen to the cluster as it is drawn now: it has as many brokers and racks as its settings say. */
export function clusterActions(): readonly Action[] {
  const config = effectiveClusterConfig(documentStore.getState().document.cluster);
  const { chosen } = clusterStore.getState();
  const brokers = Array.from({ length: Number(config['brokers']) }, (_, broker) => broker);
  return [
    actionFor('controller', loseController, ['controller', 'quorum']),
    actionFor('prefer', preferLeaders, ['leader', 'election']),
    ...(chosen === null ? [] : [actionFor('unclean', electUnclean(chosen), ['unclean', 'leader', 'election'])]),
    ...racksOf(config).flatMap((rack) => [
      actionFor(`lose.${rack}`, { action: 'zone.loss', rack }, ['zone', 'rack']),
      actionFor(`return.${rack}`, { action: 'zone.return', rack }, ['zone', 'rack']),
    ]),
    ...brokers.flatMap((broker) =>
      Object.entries(brokerDeeds(broker)).map(([name, deed]) => actionFor(`${name}.${broker}`, deed, [name, 'network', 'disk'])),
    ),
  ];
}
