import { ChevronDown } from 'lucide-react';
import { exportTargets } from '../files/exports.ts';
import { exportTo } from '../files/exportTo.ts';
import { saveAsFile } from '../files/documents.ts';
import { Menu } from './Menu.tsx';

/** Configuration for real systems, and the document itself. */
export function ExportMenu() {
  const targets = exportTargets.map((target) => ({
    id: target.id,
    label: target.label,
    note: target.note,
    perform: () => exportTo(target.id),
  }));
  const document = { id: 'document', label: 'Logjam document', note: 'JSON; opens here and runs headless', perform: saveAsFile };
  return (
    <Menu label="Export" className="lj-button" items={[...targets, document]}>
      Export <ChevronDown size={14} aria-hidden="true" />
    </Menu>
  );
}
