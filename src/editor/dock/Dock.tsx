import { ChevronDown, ChevronUp } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { ClusterTab } from '../cluster/ClusterTab.tsx';
import { FollowTab } from '../follow/FollowTab.tsx';
import { GroupsTab } from '../groups/GroupsTab.tsx';
import { LedgerTab } from '../ledger/LedgerTab.tsx';
import { useSession } from '../run/sessionStore.ts';
import { TabList } from '../shell/TabList.tsx';
import { useDocument } from '../stores/documentStore.ts';
import { useFindings } from '../stores/findingsStore.ts';
import { useEvents } from '../stores/liveStore.ts';
import { useView, viewStore, type DockTab } from '../stores/viewStore.ts';
import { Charts } from './Charts.tsx';
import { EventsList } from './EventsList.tsx';
import { FindingsList } from './FindingsList.tsx';
import { ObjectivesTable } from './ObjectivesTable.tsx';
import { Timeline } from './Timeline.tsx';
import './Dock.css';

/** It brings SQL along, which is large. */
const StreamsTab = lazy(() => import('../streams/StreamsTab.tsx').then((chunk) => ({ default: chunk.StreamsTab })));

function Body({ tab }: { readonly tab: DockTab }) {
  switch (tab) {
    case 'charts':
      return <Charts />;
    case 'cluster':
      return <ClusterTab />;
    case 'groups':
      return <GroupsTab />;
    case 'events':
      return <EventsList />;
    case 'ledger':
      return <LedgerTab />;
    case 'record':
      return <FollowTab />;
    case 'streams':
      return (
        <Suspense fallback={<p className="lj-muted">Loading …</p>}>
          <StreamsTab />
        </Suspense>
      );
    case 'findings':
      return <FindingsList />;
    case 'objectives':
      return <ObjectivesTable />;
  }
}

/** Timeline, and under it charts, cluster, groups, events, ledger, streams, findings and objectives. */
export function Dock() {
  const tab = useView((view) => view.dockTab);
  const collapsed = useView((view) => view.dockCollapsed);
  const events = useEvents((state) => state.total);
  const findings = useFindings((state) => state.all.length);
  const refusals = useSession((state) => state.refusals.length);
  const objectives = useDocument((state) => state.document.scenario.objectives.length);
  const tabs: readonly { readonly id: DockTab; readonly label: string; readonly count?: number }[] = [
    { id: 'charts', label: 'Charts' },
    { id: 'cluster', label: 'Cluster' },
    { id: 'groups', label: 'Groups' },
    { id: 'events', label: 'Events', count: events },
    { id: 'ledger', label: 'Ledger' },
    { id: 'record', label: 'Record' },
    { id: 'streams', label: 'Streams' },
    { id: 'findings', label: 'Findings', count: Math.max(findings, refusals) },
    { id: 'objectives', label: 'Objectives', count: objectives },
  ];
  const { setDockTab, toggle } = viewStore.getState();
  const Chevron = collapsed ? ChevronUp : ChevronDown;
  return (
    <footer className={collapsed ? 'lj-dock lj-dock-collapsed' : 'lj-dock'} aria-label="Dock">
      <Timeline />
      <div className="lj-dock-bar">
        <TabList label="Dock" tabs={tabs} chosen={tab} onChoose={setDockTab} panel="dock-panel" />
        <button
          type="button"
          className="lj-icon-button"
          aria-label={collapsed ? 'Open the dock' : 'Close the dock'}
          aria-expanded={!collapsed}
          onClick={() => toggle('dock')}
        >
          <Chevron size={16} aria-hidden="true" />
        </button>
      </div>
      {!collapsed && (
        // What scrolls must be reachable by the keyboard.
        <div className="lj-dock-body" id="dock-panel" role="tabpanel" aria-label={tabs.find(({ id }) => id === tab)?.label} tabIndex={0}>
          <Body tab={tab} />
        </div>
      )}
    </footer>
  );
}
