import { CircleCheck } from "lucide";
import { Icon } from "../../components/Icon";
import { t } from "../../i18n/i18n";
import type { Checked } from "./state";

interface Props {
  checked: Checked | null;
  onJump: (line: number, column: number | null) => void;
}

/** All mistakes of the text, each of which leads to its line. */
export function Problems({ checked, onJump }: Props) {
  if (!checked) return <aside class="config-problems" />;
  const { errors, notices } = checked;
  return (
    <aside class="config-problems" aria-live="polite" aria-label={t("config.problems")}>
      {errors.length === 0 && (
        <p class="config-valid small">
          <Icon icon={CircleCheck} size={18} /> {t("config.valid")}
        </p>
      )}
      <ul>
        {errors.map(({ line, column, path, message, hint }) => (
          <li key={`${line} ${path} ${message}`}>
            <button type="button" class="config-problem" onClick={() => line && onJump(line, column)}>
              <span class="small soft figures">{line ? t("config.line", { n: line }) : path}</span>
              <span>{message}</span>
              {hint && <span class="small soft">{hint}</span>}
            </button>
          </li>
        ))}
        {notices.map(({ line, path, message }) => (
          <li key={`${line} ${path} ${message}`}>
            <button type="button" class="config-problem notice" onClick={() => line && onJump(line, null)}>
              <span class="small soft figures">{line ? t("config.line", { n: line }) : path}</span>
              <span class="small">{message}</span>
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}
