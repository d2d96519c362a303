import { EllipsisVertical, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { toastError } from "../lib/toasts";
import { Button } from "./Button";
import { Icon } from "./Icon";

export interface MenuItem {
  text: string;
  icon?: IconNode;
  href?: string;
  download?: boolean;
  onSelect?: () => unknown;
}

interface Props {
  label: string;
  items: MenuItem[];
  icon?: IconNode;
  children?: ComponentChildren;
  kind?: "plain" | "quiet" | "over";
  up?: boolean;
}

/** A button that shows a list of things to do. Arrows move in it, Escape closes it. */
export function Menu({ label, items, icon = EllipsisVertical, children, kind = "quiet", up = false }: Props) {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event) => ref.current?.contains(event.target as Node) || setOpen(false);
    ref.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    ref.current?.querySelector<HTMLElement>("button")?.focus();
  };
  const move = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...(ref.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    all.at((all.indexOf(document.activeElement as HTMLElement) + step) % all.length)?.focus();
  };
  return (
    <div class="menu" ref={ref} onKeyDown={open ? move : undefined}>
      <Button kind={kind} icon={icon} label={label} expanded={open} onClick={() => setOpen(!open)}>
        {children}
      </Button>
      {open && (
        <div class={up ? "menu-list up" : "menu-list"} role="menu" aria-label={label}>
          {items.map((item) => {
            const content = (
              <>
                {item.icon && <Icon icon={item.icon} size={18} />}
                {item.text}
              </>
            );
            return item.href ? (
              <a key={item.text} role="menuitem" href={item.href} download={item.download} onClick={close}>
                {content}
              </a>
            ) : (
              <button
                key={item.text}
                type="button"
                role="menuitem"
                onClick={() => {
                  close();
                  const going = item.onSelect?.();
                  if (going instanceof Promise) going.catch(toastError);
                }}
              >
                {content}
              </button>
            );
          })}
        </div>
      )}
    </div>
  );
}
