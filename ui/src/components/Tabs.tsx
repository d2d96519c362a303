import { useEffect, useRef } from "preact/hooks";

interface Props<T extends string> {
  label: string;
  value: T;
  tabs: readonly (readonly [value: T, text: string])[];
  onChange: (value: T) => void;
}

/** Parts of a page, of which one is shown; arrows move between them. */
export function Tabs<T extends string>({ label, value, tabs, onChange }: Props<T>) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [value]);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = (tabs.findIndex(([key]) => key === value) + step + tabs.length) % tabs.length;
    onChange((tabs[at] as readonly [T, string])[0]);
    ((event.currentTarget as HTMLElement).children[at] as HTMLElement).focus();
  };
  return (
    <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(([key, text]) => (
        <button
          key={key}
          type="button"
          role="tab"
          aria-selected={key === value}
          tabIndex={key === value ? 0 : -1}
          onClick={() => onChange(key)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
