import { describe, expect, test } from 'vitest';
import { matches, shortcutWords, type KeyPress } from './shortcuts.ts';

const press = (key: string, ...held: string[]): KeyPress => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
});

describe('shortcuts', () => {
  test.each([
    ['Mod+Z', press('z', 'ctrl'), true],
    ['Mod+Z', press('Z', 'ctrl', 'shift'), false],
    ['Mod+Shift+Z', press('Z', 'ctrl', 'shift'), true],
    ['F', press('f'), true],
    ['F', press('F', 'shift'), false],
    ['F', press('f', 'ctrl'), false],
    ['F', press('f', 'alt'), false],
    ['Space', press(' '), true],
    ['?', press('?', 'shift'), true],
    ['[', press('['), true],
    ['+', press('+', 'shift'), true],
    ['Delete', press('Delete'), true],
    ['Delete', press('Delete', 'shift'), false],
  ])('%s against %j', (shortcut, key, expected) => expect(matches(key, shortcut, false)).toBe(expected));

  test('a Mac has Command where others have Control', () => {
    expect(matches(press('z', 'meta'), 'Mod+Z', true)).toBe(true);
    expect(matches(press('z', 'ctrl'), 'Mod+Z', true)).toBe(false);
    expect(shortcutWords('Mod+Shift+Z', true)).toBe('⌘⇧Z');
    expect(shortcutWords('Mod+Shift+Z', false)).toBe('Ctrl+Shift+Z');
  });
});
