import { Download, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { t } from "../../i18n/i18n";
import { undoableIn } from "../../lib/query";
import { isAdmin } from "../../lib/session";
import { fullTime } from "../../lib/time";
import { edge, edgeAddress, seconds, useEdge } from "./api";

interface Snapshot {
  path: string;
  size: number;
  mtime: string;
}

const PAGE = 24;
const KEY = "edge archive snapshots";

/** Pictures that somebody has taken. */
export function Snapshots() {
  const { data } = useEdge<Snapshot[]>("archive", "snapshots");
  const [shown, setShown] = useState(PAGE);
  const [open, setOpen] = useState<Snapshot | null>(null);
  if (!data?.length) return null;
  const picture = (one: Snapshot) => edgeAddress("snapshot_image", { path: one.path });
  const time = (one: Snapshot) => fullTime(seconds(one.mtime) ?? 0);
  const remove = (one: Snapshot) => {
    setOpen(null);
    undoableIn<Snapshot[]>(
      KEY,
      (all) => all.filter(({ path }) => path !== one.path),
      t("edge.deleted"),
      () => edge("delete_snapshot", { snapshot_path: one.path }),
    );
  };
  return (
    <>
      <h2>{t("edge.snapshots")}</h2>
      <ul class="edge-grid small-pictures">
        {data.slice(0, shown).map((one) => (
          <li key={one.path} class="card">
            <button
              type="button"
              class="edge-thumb"
              aria-label={t("edge.showSnapshot", { time: time(one) })}
              onClick={() => setOpen(one)}
            >
              <img src={picture(one)} alt="" loading="lazy" />
            </button>
            <p class="edge-caption small">{time(one)}</p>
          </li>
        ))}
      </ul>
      {data.length > shown && <Button onClick={() => setShown(shown + PAGE)}>{t("common.more")}</Button>}
      {open && (
        <Dialog title={time(open)} onClose={() => setOpen(null)} wide>
          <img class="edge-video" src={picture(open)} alt={t("edge.showSnapshot", { time: time(open) })} />
          <div class="dialog-foot">
            <Button icon={Download} href={picture(open)} download>
              {t("common.download")}
            </Button>
            {isAdmin.value && (
              <Button kind="danger" icon={Trash2} onClick={() => remove(open)}>
                {t("common.delete")}
              </Button>
            )}
          </div>
        </Dialog>
      )}
    </>
  );
}
