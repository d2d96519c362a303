import { Copy } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../i18n/i18n";
import { json } from "../lib/api";
import { copy } from "../lib/clipboard";
import { config } from "../lib/config";
import { useQuery } from "../lib/query";
import { profile } from "../lib/session";
import { fullTime } from "../lib/time";
import { toast } from "../lib/toasts";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field, Select, Switch } from "./Field";

/** What a link shows: a span of a camera (an hour at most), an event that has ended, or an export that is complete. */
export type Shared =
  | { camera: string; start_time: number; end_time: number }
  | { event_id: string }
  | { export_id: string };

interface Sharing {
  enabled: boolean;
  roles: string[];
  default_hours: number;
  max_hours: number;
  blur_roles: string[];
}

interface Link {
  url: string | null;
  path: string;
  share: { id: string; state: "preparing" | "ready" | "ended"; expires_at: number; reason: string | null };
}

const HOURS = [1, 6, 24, 72, 168, 720, 8760];
const ASK_MS = 2000;

/** Whether this user may make links. */
export function mayShare(): boolean {
  const sharing = config.value?.sharing as Sharing | undefined;
  return Boolean(sharing?.enabled && profile.value && sharing.roles.includes(profile.value.role));
}

/** Makes a link for people without an account. */
export function ShareDialog({ what, onClose }: { what: Shared; onClose: () => void }) {
  const [link, setLink] = useState<Link | null>(null);
  return (
    <Dialog title={t("share.title")} onClose={onClose}>
      {link ? <Made link={link} onClose={onClose} /> : <Form what={what} onClose={onClose} onMade={setLink} />}
    </Dialog>
  );
}

interface FormProps {
  what: Shared;
  onClose: () => void;
  onMade: (link: Link) => void;
}

function Form({ what, onClose, onMade }: FormProps) {
  const sharing = config.value?.sharing as Sharing;
  const offered = HOURS.filter((one) => one <= sharing.max_hours);
  if (!offered.includes(sharing.default_hours)) offered.unshift(sharing.default_hours);
  const must = sharing.blur_roles.includes(profile.value?.role ?? "");
  const masks = "camera" in what ? hasMasks(what.camera) : true;
  const [title, setTitle] = useState("");
  const [hours, setHours] = useState(String(sharing.default_hours));
  const [blur, setBlur] = useState(must);
  const [cover, setCover] = useState(must && masks);
  const make = async () => {
    const body = { ...what, hours: Number(hours), blur_faces: blur, privacy_masks: cover, ...(title ? { title } : {}) };
    onMade(await json<Link>("api/share", { method: "POST", body }));
  };
  return (
    <>
      <p class="soft">{t("share.about")}</p>
      <Field label={t("share.name")} hint={t("share.nameHint")} value={title} maxLength={200} onText={setTitle} />
      <Select
        label={t("share.hours")}
        value={hours}
        options={offered.map((one) => [String(one), lasting(one)] as const)}
        onChange={setHours}
      />
      <Switch label={t("share.blur")} checked={blur} disabled={must} onChange={setBlur} />
      {masks && <Switch label={t("share.masks")} checked={cover} disabled={must} onChange={setCover} />}
      {(blur || cover) && <p class="soft small">{t("share.covered")}</p>}
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" onClick={make}>
          {t("share.make")}
        </Button>
      </div>
    </>
  );
}

function Made({ link, onClose }: { link: Link; onClose: () => void }) {
  const path = `api/share/${link.share.id}`;
  const [settled, setSettled] = useState(link.share.state !== "preparing");
  const { data } = useQuery(path, (signal) => json<Link["share"]>(path, { signal }), settled ? {} : { every: ASK_MS });
  const { state, reason, expires_at } = data ?? link.share;
  if (state !== "preparing" && !settled) setSettled(true);
  const url = link.url ?? new URL(link.path, location.origin).href;
  const copyLink = async () => {
    await copy(url);
    toast(t("common.copied"));
  };
  return (
    <>
      <Field label={t("share.link")} hint={t("share.once")} value={url} readOnly class="input share-link" />
      <p role="status">
        {state === "preparing" && t("share.preparing")}
        {state === "ready" && t("share.ready", { time: fullTime(expires_at) })}
        {state === "ended" && t("share.ended", { reason: reason ?? "" })}
      </p>
      <div class="dialog-foot">
        <Button icon={Copy} onClick={copyLink}>
          {t("common.copy")}
        </Button>
        <Button kind="main" onClick={onClose}>
          {t("common.close")}
        </Button>
      </div>
    </>
  );
}

function hasMasks(camera: string): boolean {
  const masks = config.value?.cameras[camera]?.privacy_masks;
  return masks !== null && typeof masks === "object" && Object.keys(masks).length > 0;
}

const lasting = (hours: number) =>
  hours < 48 ? t("share.forHours", { n: hours }) : t("share.forDays", { n: Math.round(hours / 24) });
