/** The record that is followed, and what is known of its way. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { FollowRequest, RecordJourney } from '../../workers/protocol.ts';
import { askFollow } from '../run/questions.ts';
import { viewStore } from '../stores/viewStore.ts';

type Followed =
  | { readonly kind: 'nothing' }
  /** `progress` 0 to 1. */
  | { readonly kind: 'under-way'; readonly request: FollowRequest; readonly progress: number }
  | { readonly kind: 'stopped'; readonly request: FollowRequest; readonly reason: string }
  | { readonly kind: 'followed'; readonly request: FollowRequest; readonly journey: RecordJourney; readonly note: string | null };

const followStore = createStore<{ readonly followed: Followed }>(() => ({ followed: { kind: 'nothing' } }));

const progressEveryMs = 200;

/** Follows a record and shows its way in the dock. A record that is being followed is given up for it. */
export async function followRecord(request: FollowRequest): Promise<void> {
  const show = (followed: Followed): void => followStore.setState({ followed });
  const isCurrent = (): boolean => {
    const { followed } = followStore.getState();
    return followed.kind === 'under-way' && followed.request === request;
  };
  viewStore.getState().setDockTab('record');
  show({ kind: 'under-way', request, progress: 0 });
  const asked = askFollow();
  const timer = setInterval(() => {
    void asked?.followProgress().then((progress) => {
      if (isCurrent() && progress !== null) show({ kind: 'under-way', request, progress });
    }, ignored);
  }, progressEveryMs);
  try {
    const answer = (await asked?.follow(request)) ?? { kind: 'refused', reason: 'Nothing has run yet. Press Space to play.' };
    if (!isCurrent()) return;
    if (answer.kind === 'followed') show({ kind: 'followed', request, journey: answer.journey, note: answer.note });
    else show({ kind: 'stopped', request, reason: answer.kind === 'refused' ? answer.reason : 'Following was stopped.' });
  } catch (error) {
    if (isCurrent()) show({ kind: 'stopped', request, reason: error instanceof Error ? error.message : String(error) });
  } finally {
    clearInterval(timer);
  }
}

const ignored = (): void => undefined;

export function stopFollowing(): void {
  void askFollow()?.stopFollowing().catch(ignored);
}

export function useFollowed(): Followed {
  return useStore(followStore, ({ followed }) => followed);
}
