/** A page that does nothing but count its animation frames. */
import { startPace } from './pace.ts';

window.bench = startPace(() => undefined);
