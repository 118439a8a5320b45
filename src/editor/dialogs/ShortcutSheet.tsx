import { actions, labelOf, shortcutWords } from '../actions/index.ts';
import { Dialog } from './Dialog.tsx';

const canvasKeys: readonly (readonly [string, string])[] = [
  ['Arrow keys', 'Walk from node to node along the wires'],
  ['Alt+Arrow keys', 'Move the selected nodes'],
  ['Enter', 'Inspect the node'],
  ['Space, held', 'Drag to move the view'],
  ['Ctrl+Wheel', 'Zoom'],
];

/** Every key there is, from the list of commands. */
export function ShortcutSheet() {
  const keyed = actions.filter((action) => action.shortcuts !== undefined);
  const groups = [...new Set(keyed.map((action) => action.group))];
  return (
    <Dialog name="shortcuts" title="Keyboard shortcuts" wide>
      <div className="lj-shortcuts">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {keyed
                .filter((action) => action.group === group)
                .map((action) => (
                  <div key={action.id}>
                    <dt>{labelOf(action)}</dt>
                    <dd>
                      {action.shortcuts?.map((shortcut) => (
                        <kbd key={shortcut}>{shortcutWords(shortcut)}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>On the canvas</h3>
          <dl>
            {canvasKeys.map(([key, words]) => (
              <div key={key}>
                <dt>{words}</dt>
                <dd>
                  <kbd>{key}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
