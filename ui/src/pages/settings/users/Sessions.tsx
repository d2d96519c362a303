import { Button } from "../../../components/Button";
import { Skeleton, Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { useQuery } from "../../../lib/query";
import { ago, shortTime } from "../../../lib/time";
import { toast } from "../../../lib/toasts";
import { agentName } from "./agent";

interface Session {
  id: string;
  created_at: number;
  used_at: number;
  expires_at: number;
  address: string;
  agent: string;
  current: boolean;
}

/** The open sessions of an account, each of which can be ended. */
export function Sessions({ name }: { name: string }) {
  const path = `api/users/${encodeURIComponent(name)}/sessions`;
  const found = useQuery(`settings/sessions/${name}`, (signal) => json<Session[]>(path, { signal }));
  const end = async (id: string) => {
    await json(`${path}/${encodeURIComponent(id)}`, { method: "DELETE" });
    await found.refresh();
  };
  const endAll = async () => {
    const { ended } = await json<{ ended: number }>(path, { method: "DELETE" });
    toast(t("settings.users.ended", { n: ended }));
    await found.refresh();
  };
  if (found.error && !found.data) return <Trouble error={found.error} onRetry={found.refresh} />;
  if (!found.data) return <Skeleton height={72} />;
  if (!found.data.length) return <p class="soft small">{t("settings.users.noSessions")}</p>;
  return (
    <>
      <ul class="card settings-list">
        {found.data.map((one) => (
          <li key={one.id}>
            <div class="grow">
              <span class="row">
                {agentName(one.agent)}
                {one.current && <span class="badge good">{t("settings.users.thisOne")}</span>}
              </span>
              <span class="small soft">
                {one.address} · {t("settings.users.since", { time: shortTime(one.created_at) })} ·{" "}
                {t("settings.users.used", { ago: ago(one.used_at) })}
              </span>
            </div>
            {!one.current && <Button onClick={() => end(one.id)}>{t("settings.users.end")}</Button>}
          </li>
        ))}
      </ul>
      {found.data.some((one) => !one.current) && (
        <div class="row">
          <Button onClick={endAll}>{t("settings.users.endOthers")}</Button>
        </div>
      )}
    </>
  );
}
