import { Switch } from "../../components/Field";
import { t } from "../../i18n/i18n";
import { patch } from "../../lib/query";
import { isAdmin } from "../../lib/session";
import { duration } from "../../lib/time";
import { toastError } from "../../lib/toasts";
import { edge, useEdge } from "./api";

interface Output {
  name: string;
  on: boolean;
  remaining_seconds: number | null;
  error: string | null;
}

/** Sirens, lamps and relays. */
export function Outputs() {
  const { data, refresh } = useEdge<Output[]>("outputs", "outputs");
  if (!data?.length) return null;
  const turn = async (name: string, on: boolean) => {
    patch<Output[]>("edge outputs outputs", (all) => all.map((one) => (one.name === name ? { ...one, on } : one)));
    try {
      await edge(`outputs/${encodeURIComponent(name)}`, { on });
    } catch (error) {
      toastError(error);
    }
    await refresh();
  };
  return (
    <section class="card card-body" aria-labelledby="edge-outputs">
      <h2 id="edge-outputs">{t("edge.outputs")}</h2>
      <ul class="stack">
        {data.map(({ name, on, remaining_seconds: left, error }) => (
          <li key={name}>
            <Switch label={name} checked={on} disabled={!isAdmin.value} onChange={(wanted) => turn(name, wanted)} />
            {on && left !== null && <p class="soft small">{t("edge.outputFor", { time: duration(left) })}</p>}
            {error && <p class="edge-problem small">{error}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
