import { House, type IconNode, Moon, ShieldCheck, ShieldOff } from "lucide";
import { Icon } from "../../components/Icon";
import { Skeleton } from "../../components/states";
import { isWord, t } from "../../i18n/i18n";
import { patch } from "../../lib/query";
import { isAdmin } from "../../lib/session";
import { shortTime } from "../../lib/time";
import { toastError } from "../../lib/toasts";
import { edge, seconds, useEdge } from "./api";

interface Mode {
  mode: string | null;
  since: string | null;
  by: string | null;
  modes: string[];
}

const ICONS: Record<string, IconNode> = { armed: ShieldCheck, home: House, night: Moon, off: ShieldOff };
const word = (key: string, given: string) => (isWord(key) ? t(key) : given);

/** The mode of all cameras, and how it came. */
export function Modes() {
  const { data, refresh } = useEdge<Mode>("mode", "mode");
  const choose = async (mode: string) => {
    patch<Mode>("edge mode mode", (old) => ({ ...old, mode }));
    try {
      await edge("mode", { mode });
    } catch (error) {
      toastError(error);
    }
    await refresh();
  };
  const since = seconds(data?.since);
  return (
    <section class="card card-body" aria-labelledby="edge-mode">
      <h2 id="edge-mode">{t("edge.mode")}</h2>
      {!data && <Skeleton height={96} />}
      {data && (
        <div class="edge-modes" role="group" aria-labelledby="edge-mode">
          {data.modes.map((mode) => (
            <button
              key={mode}
              type="button"
              aria-pressed={mode === data.mode}
              disabled={!isAdmin.value}
              onClick={() => choose(mode)}
            >
              <Icon icon={ICONS[mode] ?? ShieldCheck} />
              {word(`edge.mode.${mode}`, mode)}
            </button>
          ))}
        </div>
      )}
      <p class="soft small">
        {data?.mode && since !== null
          ? t("edge.modeSince", { time: shortTime(since), by: word(`edge.by.${data.by}`, String(data.by)) })
          : t("edge.modeNone")}
      </p>
    </section>
  );
}
