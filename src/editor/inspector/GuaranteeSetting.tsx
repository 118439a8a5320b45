import { Table2 } from 'lucide-react';
import { guarantees, guaranteeWords } from '../../pipeline/index.ts';
import { setGuarantee } from '../document/edits.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';

const asConfigured =
  'Every node as it is configured. A guarantee fixes the configs that decide about delivery on all nodes at once; what is set there counts again without it.';

/** The delivery guarantee of the whole pipeline, what it promises and where it ends. */
export function GuaranteeSetting() {
  const guarantee = useDocument((state) => state.document.guarantee);
  const readOnly = useDocument((state) => state.readOnly);
  const isEmpty = useDocument((state) => state.document.nodes.length === 0);
  return (
    <fieldset className="lj-section">
      <legend>Delivery guarantee</legend>
      <select
        className="lj-select"
        aria-label="Delivery guarantee"
        aria-describedby="guarantee-promise"
        disabled={readOnly}
        value={guarantee ?? ''}
        onChange={(event) => setGuarantee(guarantees.find((name) => name === event.target.value) ?? null)}
      >
        <option value="">As configured</option>
        {guarantees.map((name) => (
          <option key={name} value={name}>
            {guaranteeWords[name].label}
          </option>
        ))}
      </select>
      <p id="guarantee-promise" className="lj-muted lj-guarantee-promise">
        {guarantee === undefined ? asConfigured : guaranteeWords[guarantee].promise}
      </p>
      <button type="button" className="lj-button" disabled={isEmpty} onClick={() => viewStore.getState().show('matrix')}>
        <Table2 size={14} aria-hidden="true" /> Compare them in this pipeline …
      </button>
    </fieldset>
  );
}
