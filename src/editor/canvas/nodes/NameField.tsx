import { useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';
import type { PipelineNode } from '../../../pipeline/document.ts';
import { renameNode } from '../../document/edits.ts';
import { viewStore } from '../../stores/viewStore.ts';
import { focusNode } from '../canvasApi.ts';

/** A node's name while it is edited in place: Enter keeps it, Escape doesn't, leaving the field keeps it. */
export function NameField({ node }: { node: PipelineNode }): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const given = useRef(false);
  useEffect(() => {
    // React Flow hides a node until it has measured it; a hidden field takes no focus.
    const frame = requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.select();
    });
    return () => cancelAnimationFrame(frame);
  }, []);

  const finish = (keep: boolean): void => {
    if (given.current) return;
    given.current = true;
    if (keep && field.current !== null) renameNode(node.id, field.current.value);
    viewStore.getState().rename(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    finish(event.key === 'Enter');
    focusNode(node.id);
  };
  return (
    <input
      ref={field}
      className="lj-node-name-field nodrag nopan nowheel"
      aria-label={`Name of ${node.name}`}
      defaultValue={node.name}
      maxLength={249}
      spellCheck={false}
      onKeyDown={onKeyDown}
      onBlur={() => finish(true)}
    />
  );
}
