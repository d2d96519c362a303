import { type IconNode, LoaderCircle } from "lucide";
import type { ComponentChildren, Ref, TargetedMouseEvent } from "preact";
import { useState } from "preact/hooks";
import { toastError } from "../lib/toasts";
import { Icon } from "./Icon";

export interface ButtonProps {
  children?: ComponentChildren;
  icon?: IconNode;
  /** The name of a button that shows an icon alone; also its tooltip. */
  label?: string;
  kind?: "plain" | "main" | "danger" | "quiet" | "over";
  pressed?: boolean;
  /** Whether the menu that it opens is open. */
  expanded?: boolean;
  disabled?: boolean;
  type?: "button" | "submit";
  class?: string;
  /** A promise keeps the button busy; its error is told at the page's edge. */
  onClick?: (event: TargetedMouseEvent<HTMLElement>) => unknown;
  /** Makes it a link that looks like a button. */
  href?: string;
  download?: boolean | string;
  ref?: Ref<HTMLButtonElement>;
}

export function Button(props: ButtonProps) {
  const {
    children,
    icon,
    label,
    kind = "plain",
    pressed,
    expanded,
    disabled,
    type = "button",
    onClick,
    href,
    download,
    ref,
  } = props;
  const [busy, setBusy] = useState(false);
  const names = ["button", kind, children ? "" : "icon", props.class ?? ""].filter(Boolean).join(" ");
  const content = (
    <>
      {busy ? <Icon icon={LoaderCircle} spin /> : icon && <Icon icon={icon} />}
      {children}
    </>
  );
  const named = children ? {} : { "aria-label": label, title: label };
  if (href !== undefined) {
    return (
      <a class={names} href={href} download={download} title={label} {...named} onClick={onClick}>
        {content}
      </a>
    );
  }
  const click = (event: TargetedMouseEvent<HTMLElement>) => {
    if (busy) return;
    const going = onClick?.(event);
    if (!(going instanceof Promise)) return;
    setBusy(true);
    going.catch(toastError).finally(() => setBusy(false));
  };
  return (
    <button
      ref={ref}
      class={names}
      type={type}
      disabled={disabled}
      title={label}
      {...named}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-haspopup={expanded === undefined ? undefined : "menu"}
      aria-busy={busy || undefined}
      onClick={click}
    >
      {content}
    </button>
  );
}
