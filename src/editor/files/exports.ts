/** What the designer exports to, as a list for menus and commands. */
import { exportTargets as targets, type ExportTarget } from '../../interchange/exportTargets.ts';

export type ExportTargetId = ExportTarget;

interface Target {
  readonly id: ExportTarget;
  readonly label: string;
  readonly note: string;
}

export const exportTargets: readonly Target[] = (Object.keys(targets) as ExportTarget[]).map((id) => ({
  id,
  label: targets[id].label,
  note: targets[id].summary,
}));
