import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Button } from "../../../components/Button";
import { Select } from "../../../components/Field";
import { Skeleton, Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { cameraName, config } from "../../../lib/config";
import { query, setQuery } from "../../../lib/router";
import { clockTime, fullTime, shortTime } from "../../../lib/time";
import { size } from "../../../lib/units";
import type { Deletion } from "./use";

const PAGE = 50;

interface Answer {
  deletions: Deletion[];
  reasons: Record<string, string>;
}

/** What was deleted, and why; older ones are asked for page by page. */
export function Deletions() {
  const camera = query.value.get("camera") ?? "all";
  const reason = query.value.get("reason") ?? "all";
  const list = useSignal<Deletion[] | null>(null);
  const reasons = useSignal<Record<string, string>>({});
  const more = useSignal(false);
  const failed = useSignal<unknown>(null);
  const ask = async (before?: number) => {
    const asked = new URLSearchParams({
      camera,
      reason,
      limit: String(PAGE),
      ...(before ? { before: String(before) } : {}),
    });
    return json<Answer>(`api/storage/deletions?${asked}`);
  };
  useEffect(() => {
    let gone = false;
    ask().then(
      (answer) => {
        if (gone) return;
        failed.value = null;
        list.value = answer.deletions;
        reasons.value = answer.reasons;
        more.value = answer.deletions.length === PAGE;
      },
      (error) => {
        if (!gone) failed.value = error;
      },
    );
    return () => {
      gone = true;
    };
  }, [camera, reason]);
  const older = async () => {
    const last = list.peek()?.at(-1);
    if (!last) return;
    const answer = await ask(last.time);
    const known = new Set(list.peek()?.map(({ id }) => id));
    list.value = [...(list.peek() ?? []), ...answer.deletions.filter(({ id }) => !known.has(id))];
    more.value = answer.deletions.length === PAGE;
  };
  const cameras = Object.keys(config.value?.cameras ?? {}).map((name) => [name, cameraName(name)] as const);
  return (
    <section class="card card-body">
      <div class="row apart">
        <h3>{t("settings.storage.deleted")}</h3>
        <div class="row">
          <Select
            label={t("common.camera")}
            bare
            value={camera}
            options={[["all", t("common.allCameras")], ...cameras]}
            onChange={(to) => setQuery({ camera: to === "all" ? null : to })}
          />
          <Select
            label={t("settings.storage.reason")}
            bare
            value={reason}
            options={[["all", t("settings.storage.anyReason")], ...Object.entries(reasons.value)]}
            onChange={(to) => setQuery({ reason: to === "all" ? null : to })}
          />
        </div>
      </div>
      {failed.value ? <Trouble error={failed.value} /> : null}
      {!list.value && !failed.value && <Skeleton height={160} />}
      {list.value?.length === 0 && <p class="soft small">{t("settings.storage.nothingDeleted")}</p>}
      {list.value && list.value.length > 0 && (
        <ul class="storage-deletions">
          {list.value.map((one) => (
            <li key={one.id}>
              <span class="small soft figures" title={fullTime(one.time)}>
                {shortTime(one.time)}
              </span>
              <span class="storage-what">
                <strong>{one.camera ? cameraName(one.camera) : t("common.all")}</strong>{" "}
                <span class="soft figures">
                  {shortTime(one.start_time)} – {clockTime(one.end_time)}
                </span>
                <br />
                <span class="small">
                  {one.text}
                  {one.detail ? ` (${one.detail})` : ""}
                </span>
              </span>
              <span class="small figures">{size(one.size_bytes)}</span>
            </li>
          ))}
        </ul>
      )}
      {more.value && (
        <div class="row">
          <Button onClick={older}>{t("settings.storage.older")}</Button>
        </div>
      )}
    </section>
  );
}
