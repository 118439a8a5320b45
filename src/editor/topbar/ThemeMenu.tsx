import { SunMoon } from 'lucide-react';
import { useView, viewStore } from '../stores/viewStore.ts';
import { themeChoices, type ThemeChoice } from '../theme/theme.ts';
import { Menu } from './Menu.tsx';

const names: Record<ThemeChoice, string> = { system: 'As the system', light: 'Light', dark: 'Dark', contrast: 'High contrast' };

/** Light, dark, high contrast, or whatever the system says. */
export function ThemeMenu() {
  const chosen = useView((view) => view.theme);
  const items = themeChoices.map((choice) => ({
    id: choice,
    label: names[choice],
    checked: choice === chosen,
    perform: () => viewStore.getState().setTheme(choice),
  }));
  return (
    <Menu label="Theme" title="Theme (Shift+D)" className="lj-icon-button lj-bordered" items={items}>
      <SunMoon size={16} aria-hidden="true" />
    </Menu>
  );
}
