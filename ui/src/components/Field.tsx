import type { ComponentChildren, InputHTMLAttributes, LooseInputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

interface Common {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with what was typed. */
  problem?: string | undefined;
}

type InputProps = Common &
  Partial<Omit<LooseInputHTMLAttributes<HTMLInputElement>, "label" | "onInput" | "role">> & {
    onText?: (text: string) => void;
    list?: string | undefined;
  };

/** A line of text with its name. */
export function Field({ label, hint, problem, onText, ...input }: InputProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="input"
        aria-invalid={problem ? true : undefined}
        aria-describedby={hint || problem ? `${id}-more` : undefined}
        onInput={(event) => onText?.(event.currentTarget.value)}
        {...(input as InputHTMLAttributes)}
      />
      <span id={`${id}-more`} class={problem ? "problem" : "hint"}>
        {problem ?? hint}
      </span>
    </div>
  );
}

interface SelectProps<T extends string> extends Common {
  value: T;
  options: readonly (readonly [value: T, text: string])[];
  onChange: (value: T) => void;
  /** Only read to those who do not see. */
  bare?: boolean;
  disabled?: boolean;
}

/** One of a few values. */
export function Select<T extends string>({
  label,
  hint,
  value,
  options,
  onChange,
  bare = false,
  disabled,
}: SelectProps<T>) {
  const id = useId();
  const select = (
    <select
      id={id}
      class="select"
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.value as T)}
      {...(bare ? { "aria-label": label } : {})}
    >
      {options.map(([key, text]) => (
        <option key={key} value={key} selected={key === value}>
          {text}
        </option>
      ))}
    </select>
  );
  if (bare) return select;
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
      </label>
      {select}
      {hint && <span class="hint">{hint}</span>}
    </div>
  );
}

interface SwitchProps {
  label: ComponentChildren;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** On or off, at once. */
export function Switch({ label, checked, disabled, onChange }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
