import { CircleCheck, OctagonAlert, TriangleAlert } from "lucide";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { json, request } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { useQuery } from "../../lib/query";
import { href } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { topic } from "../../lib/socket";
import { ago, fullTime } from "../../lib/time";

interface Problem {
  id: string;
  kind: string;
  severity: "error" | "warning";
  camera: string | null;
  since: number;
  text: string;
  cost: string;
  action: string;
  detail?: string;
}

interface State {
  status: "ok" | "warning" | "error";
  problems: Problem[];
}

const SEEN_BY_PICTURE = /^camera_(covered|blurred|moved|frozen|veiled)$/;

/** Every problem that there is now: what is wrong, what it costs, what to do. */
export function Health() {
  const told = topic<State>("health").value;
  const key = `health ${told?.problems.map(({ id }) => id).join()}`;
  const asked = useQuery(key, (signal) => json<State>("api/health", { signal }), { every: 15_000 });
  const state = asked.data ?? told;
  if (asked.error && !state) return <Trouble error={asked.error} onRetry={asked.refresh} />;
  if (!state) return <Skeleton height={160} />;
  if (!state.problems.length) {
    return (
      <Empty icon={CircleCheck} title={t("system.well")}>
        <p>{t("system.wellMeans")}</p>
      </Empty>
    );
  }
  return (
    <ul class="stack">
      {state.problems.map((one) => (
        <li key={one.id} class={`card system-problem ${one.severity}`}>
          <Icon icon={one.severity === "error" ? OctagonAlert : TriangleAlert} label={t(`system.${one.severity}`)} />
          <div class="stack">
            <h2>{one.text}</h2>
            <p>{one.cost}</p>
            <p class="soft">{one.action}</p>
            {one.detail && <pre class="small system-detail">{one.detail}</pre>}
            <p class="soft small">
              {one.camera && `${cameraName(one.camera)} · `}
              <time title={fullTime(one.since)}>{t("system.since", { time: ago(one.since) })}</time>
            </p>
            <div class="row">
              {one.camera && <Button href={href("", { camera: one.camera })}>{t("system.look")}</Button>}
              {isAdmin.value && one.camera && SEEN_BY_PICTURE.test(one.kind) && (
                <Button
                  onClick={() =>
                    request(`api/${one.camera}/camera_health/accept`, { method: "POST" }).then(asked.refresh)
                  }
                >
                  {t("system.accept")}
                </Button>
              )}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
