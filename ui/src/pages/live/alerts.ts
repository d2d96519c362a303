/** Newest alerts that nobody has looked at. */
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { invalidate, patch, useQuery } from "../../lib/query";
import { listen } from "../../lib/socket";
import { toast, toastError } from "../../lib/toasts";

export interface Alert {
  id: string;
  camera: string;
  start_time: number;
  end_time: number | null;
  thumb_path: string;
  data: { objects: string[] };
}

const KEY = "review/live";
const MOST = 20;
const SOON_MS = 800;

/** Return the newest alerts; they are asked for again whenever one begins, ends or is looked at. */
export function useAlerts(): Alert[] | undefined {
  const { data } = useQuery<Alert[]>(KEY, (signal) =>
    json(`api/review?severity=alert&reviewed=0&limit=${MOST}`, { signal }),
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = listen("reviews", (payload) => {
      if ((payload as { type: string }).type === "update" && !escalated(payload)) return;
      clearTimeout(timer);
      timer = setTimeout(() => invalidate(KEY), SOON_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, []);
  return data;
}

/** Mark alerts as looked at, and take them away at once. */
export function dismiss(ids: string[]): void {
  patch<Alert[]>(KEY, (all) => all.filter(({ id }) => !ids.includes(id)));
  const set = (reviewed: boolean) =>
    json("api/reviews/viewed", { method: "POST", body: { ids, reviewed } }).then(
      () => invalidate("review"),
      (error: unknown) => {
        toastError(error);
        invalidate(KEY); // they are shown again
      },
    );
  void set(true);
  toast(t("live.reviewed", { n: ids.length }), { action: { label: t("common.undo"), run: () => void set(false) } });
}

function escalated(payload: unknown): boolean {
  const { before, after } = payload as { before?: { severity?: string }; after?: { severity?: string } };
  return before?.severity !== after?.severity;
}
