import { DropdownMenu } from 'radix-ui';
import { useEffect, useRef, type ReactElement } from 'react';
import { KindGlyph } from '../../theme/glyphs.tsx';
import { closeMenu, useMenu, type MenuItem, type OpenMenu } from './menuStore.ts';

function Item({ item }: { item: MenuItem }): ReactElement {
  return (
    <DropdownMenu.Item className="lj-menu-item" disabled={item.disabled === true} onSelect={item.perform} textValue={item.label}>
      {item.kind !== undefined && <KindGlyph kind={item.kind} />}
      <span className="lj-menu-label">{item.label}</span>
      {item.hint !== undefined && <span className="lj-menu-hint">{item.hint}</span>}
    </DropdownMenu.Item>
  );
}

function Items({ menu }: { menu: OpenMenu }): ReactElement {
  return (
    <>
      {menu.note !== undefined && (
        <p className="lj-menu-note" role="note">
          {menu.note}
        </p>
      )}
      {menu.sections.map((section, index) => (
        <DropdownMenu.Group key={section.title ?? index} className="lj-menu-section">
          {section.title !== undefined && <DropdownMenu.Label className="lj-menu-title">{section.title}</DropdownMenu.Label>}
          {section.items.map((item, position) => (
            <Item key={`${item.label} ${position}`} item={item} />
          ))}
        </DropdownMenu.Group>
      ))}
    </>
  );
}

/** Shows the open menu at its place. The focus goes back to where it was unless an item moved it on. */
export function PointMenu(): ReactElement | null {
  const menu = useMenu();
  const before = useRef<Element | null>(null);
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (menu === null) return undefined;
    before.current = document.activeElement;
    // Enter takes the first item at once, however the menu was opened.
    const frame = requestAnimationFrame(() => content.current?.querySelector<HTMLElement>('[role=menuitem]:not([data-disabled])')?.focus());
    return () => cancelAnimationFrame(frame);
  }, [menu]);
  if (menu === null) return null;
  return (
    <DropdownMenu.Root key={`${menu.x} ${menu.y} ${menu.label}`} open modal={false} onOpenChange={(open) => !open && closeMenu()}>
      <DropdownMenu.Trigger asChild>
        <span className="lj-menu-anchor" style={{ left: menu.x, top: menu.y }} tabIndex={-1} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          ref={content}
          className="lj-menu"
          aria-label={menu.label}
          align="start"
          // Its height is cut to the room there is, so it must begin where there is more of it.
          side={menu.y > window.innerHeight / 2 ? 'top' : 'bottom'}
          sideOffset={2}
          collisionPadding={8}
          loop
          onKeyDown={(event) => event.stopPropagation()}
          onKeyUp={(event) => event.stopPropagation()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (document.activeElement === document.body && before.current instanceof HTMLElement)
              before.current.focus({ preventScroll: true });
          }}
        >
          <Items menu={menu} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
