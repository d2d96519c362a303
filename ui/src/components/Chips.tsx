interface Props<T extends string> {
  label: string;
  options: readonly (readonly [value: T, text: string])[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}

/** Filters, of which any number is chosen. */
export function Chips<T extends string>({ label, options, chosen, onChange }: Props<T>) {
  const turn = (key: T) => onChange(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]);
  return (
    <div class="chips" role="group" aria-label={label}>
      {options.map(([key, text]) => (
        <button key={key} type="button" class="chip" aria-pressed={chosen.includes(key)} onClick={() => turn(key)}>
          {text}
        </button>
      ))}
    </div>
  );
}
