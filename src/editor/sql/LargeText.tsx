import { changeConfig } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { placeholderOf, useLanguage } from './languages.ts';
import { SqlEditor } from './SqlEditor.tsx';
import { useOwnText } from './useOwnText.ts';

/** A node's text in an editor as large as what is around it. */
export function LargeText({ node, config }: { readonly node: string; readonly config: string }) {
  const text = useDocument((state) => state.document.nodes.find(({ id }) => id === node)?.config[config]);
  const readOnly = useDocument((state) => state.readOnly);
  const language = useLanguage(config, node);
  const keep = useOwnText(node, (written) => void changeConfig(node, config, written === '' ? undefined : written));
  return (
    <SqlEditor
      text={typeof text === 'string' ? text : ''}
      label={config}
      readOnly={readOnly}
      placeholder={placeholderOf(config)}
      language={language}
      large
      onCommit={keep}
    />
  );
}
