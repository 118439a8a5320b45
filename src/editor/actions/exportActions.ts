import { FileCode } from 'lucide-react';
import { exportTargets } from '../files/exports.ts';
import { exportTo } from '../files/exportTo.ts';
import type { Action } from './action.ts';

/** One command an export target. */
export const exportActions: readonly Action[] = exportTargets.map((target) => ({
  id: `export.${target.id}`,
  group: 'Export',
  label: `Export ${target.label}`,
  keywords: ['deploy', 'configuration', target.note],
  icon: FileCode,
  perform: () => exportTo(target.id),
}));
