import { sameConfigValue, type ConfigDefinition, type ConfigValue } from '../../pipeline/index.ts';
import { inSentence } from '../document/edits.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { valueText } from './valueWords.ts';

/** The pipeline's own settings, where the guarantee is chosen. */
function showSetting(): void {
  const { select, setInspectorTab } = viewStore.getState();
  select({});
  setInspectorTab('configure');
}

/** Under a config that the pipeline's guarantee fixes: who set it, where that is changed, and what is set here without it. */
export function GovernedNote({
  row,
  set,
  governed,
}: {
  readonly row: ConfigDefinition;
  readonly set: ConfigValue | undefined;
  readonly governed: ConfigValue;
}) {
  const guarantee = useDocument((state) => state.document.guarantee);
  if (guarantee === undefined) return null;
  const without = set ?? row.default;
  return (
    <span className="lj-muted">
      set by the pipeline’s guarantee:{' '}
      <button type="button" className="lj-link" title="Go to the setting" onClick={showSetting}>
        {inSentence(guarantee)}
      </button>
      {!sameConfigValue(without, governed) && ` · without it: ${valueText(without) || 'empty'}`}
    </span>
  );
}
