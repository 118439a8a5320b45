import { expect, test } from 'vitest';
import { commandFor } from './openInBrowser.js';

test('the browser is opened only where there is a display and nobody has said no', () => {
  expect(commandFor('linux', {})).toBeNull();
  expect(commandFor('linux', { DISPLAY: ':0' })).toEqual(['xdg-open']);
  expect(commandFor('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open']);
  expect(commandFor('linux', { DISPLAY: ':0', BROWSER: 'none' })).toBeNull();
  expect(commandFor('darwin', {})).toEqual(['open']);
  expect(commandFor('darwin', { CI: 'true' })).toBeNull();
  expect(commandFor('win32', {})).toEqual(['cmd', '/c', 'start', '']);
});
