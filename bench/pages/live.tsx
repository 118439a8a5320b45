/** The editor's own canvas with many live nodes. */
import { createRoot } from 'react-dom/client';
import '../../src/editor/theme/tokens.css';
import '../../src/editor/shell/base.css';
import './pages.css';
import { Canvas } from '../../src/editor/canvas/Canvas.tsx';
import { changeSpeed, openRun, startSession } from '../../src/editor/run/session.ts';
import { documentStore } from '../../src/editor/stores/documentStore.ts';
import { idleStatus, onRelease, receiveFrame, receiveLayout, statusStore } from '../../src/editor/stores/liveStore.ts';
import { documentOfNodes, layoutOfNodes, prepareFrames } from './manyNodes.ts';
import { nodeCount, startPace } from './pace.ts';

const document_ = documentOfNodes(nodeCount);
documentStore.getState().open(document_, 'bench');
createRoot(document.getElementById('root')!).render(<Canvas />);

const layout = layoutOfNodes(document_);
const fill = prepareFrames(layout);
/** Buffers that are not on the screen, as the worker has them. */
const free = [new ArrayBuffer(layout.length * 8), new ArrayBuffer(layout.length * 8)];
const pace = startPace((tick) => {
  if (tick === 0) {
    onRelease((buffer) => free.push(buffer));
    receiveLayout(layout);
    statusStore.setState({ ...idleStatus, phase: 'running' });
  }
  const buffer = free.pop() ?? new ArrayBuffer(layout.length * 8);
  fill(new Float64Array(buffer), tick);
  receiveFrame(buffer);
});

window.bench = {
  ...pace,
  async saturate() {
    startSession();
    await openRun({ resume: false, play: true });
    await changeSpeed('max');
  },
};
