import { Archive, ArchiveX, Ban, Download, History, Send, Trash2 } from "lucide";
import { Button } from "../../../components/Button";
import { Menu, type MenuItem } from "../../../components/Menu";
import { t } from "../../../i18n/i18n";
import { address, request } from "../../../lib/api";
import type { PagedList } from "../../../lib/paged-list";
import { href } from "../../../lib/router";
import { isAdmin } from "../../../lib/session";
import { toast, undoable } from "../../../lib/toasts";
import type { EventRow } from "../event";

const PAD_S = 5;

interface Props {
  event: EventRow;
  list: PagedList<EventRow>;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

/** What can be done with an event. */
export function Actions({ event, list, onChanged, onClose }: Props) {
  const path = `api/events/${encodeURIComponent(event.id)}`;
  const retain = async () => {
    const keep = !event.retain_indefinitely;
    await request(`${path}/retain`, { method: keep ? "POST" : "DELETE" });
    list.change(event.id, { retain_indefinitely: keep });
    await onChanged();
  };
  const submit = async (wrong: boolean) => {
    await request(wrong ? `${path}/false_positive` : `${path}/plus`, { method: wrong ? "PUT" : "POST" });
    toast(t("explore.submitted"));
    await onChanged();
  };
  const remove = () => {
    const back = list.remove(event.id);
    onClose();
    undoable(t("explore.deleted"), () => request(path, { method: "DELETE" }), back);
  };
  const downloads: MenuItem[] = [
    ...(event.has_clip ? [{ text: t("explore.clip"), href: address(`${path}/clip.mp4`), download: true }] : []),
    ...(event.has_snapshot
      ? [
          { text: t("explore.snapshot"), href: address(`${path}/snapshot.jpg`, { download: 1 }), download: true },
          {
            text: t("explore.cleanSnapshot"),
            href: address(`${path}/snapshot-clean.webp`, { download: 1 }),
            download: true,
          },
        ]
      : []),
  ];
  return (
    <div class="row">
      {event.has_clip && (
        <Button
          icon={History}
          href={href("playback", { camera: event.camera, time: Math.floor(event.start_time - PAD_S) })}
        >
          {t("explore.playback")}
        </Button>
      )}
      {downloads.length > 0 && (
        <Menu label={t("common.download")} icon={Download} kind="plain" items={downloads}>
          {t("common.download")}
        </Menu>
      )}
      {isAdmin.value && (
        <>
          <Button icon={event.retain_indefinitely ? ArchiveX : Archive} onClick={retain}>
            {t(event.retain_indefinitely ? "explore.release" : "explore.retain")}
          </Button>
          {event.has_snapshot && event.end_time && !event.plus_id && (
            <Button icon={Send} onClick={() => submit(false)}>
              {t("explore.submit")}
            </Button>
          )}
          {event.has_snapshot && event.end_time && event.data.box && !event.false_positive && (
            <Button icon={Ban} onClick={() => submit(true)}>
              {t("explore.false")}
            </Button>
          )}
          <Button kind="danger" icon={Trash2} onClick={remove}>
            {t("common.delete")}
          </Button>
        </>
      )}
    </div>
  );
}
