import { Download, FolderInput, Pencil, Play, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog, useOpen } from "../../components/Dialog";
import { Field, Select } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { Menu, type MenuItem } from "../../components/Menu";
import { t } from "../../i18n/i18n";
import { address, fileOf, request } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { invalidate, undoableIn } from "../../lib/query";
import { isAdmin } from "../../lib/session";
import { fullTime } from "../../lib/time";
import type { Case, ExportRow } from "./data";

/** An export: played, downloaded, named, put into a case, deleted. */
export function ExportCard({ row, cases }: { row: ExportRow; cases: Case[] }) {
  const [playing, play, stop] = useOpen();
  const [naming, openNaming, closeNaming] = useOpen();
  const [filing, openFiling, closeFiling] = useOpen();
  const file = address(fileOf(row.video_path));
  const remove = () =>
    undoableIn<ExportRow[]>(
      "exports",
      (rows) => rows.filter(({ id }) => id !== row.id),
      t("exports.deleted"),
      () => request(`api/export/${row.id}`, { method: "DELETE" }),
    );
  const items: MenuItem[] = [
    { text: t("common.download"), icon: Download, href: file, download: true },
    ...(isAdmin.value
      ? [
          { text: t("exports.rename"), icon: Pencil, onSelect: openNaming },
          ...(cases.length ? [{ text: t("exports.toCase"), icon: FolderInput, onSelect: openFiling }] : []),
          { text: t("common.delete"), icon: Trash2, onSelect: remove },
        ]
      : []),
  ];
  return (
    <li class="card exports-card">
      <button
        type="button"
        class="exports-picture"
        disabled={row.in_progress}
        aria-label={t("exports.play", { name: row.name })}
        onClick={play}
      >
        {!row.in_progress && <img src={address(fileOf(row.thumb_path))} alt="" loading="lazy" />}
        {!row.in_progress && (
          <span class="exports-play">
            <Icon icon={Play} />
          </span>
        )}
      </button>
      <div class="exports-text">
        <div class="exports-names">
          <strong class="ellipsis" title={row.name}>
            {row.name}
          </strong>
          <span class="soft small ellipsis">
            {cameraName(row.camera)} · {fullTime(row.date)}
          </span>
        </div>
        {row.in_progress ? (
          <span class="badge">{t("exports.inProgress")}</span>
        ) : (
          <Menu label={t("common.more")} items={items} />
        )}
      </div>
      {playing && (
        <Dialog title={row.name} onClose={stop} wide>
          <video class="exports-video" src={file} controls autoPlay playsInline />
          <div class="dialog-foot">
            <Button icon={Download} href={file} download>
              {t("common.download")}
            </Button>
          </div>
        </Dialog>
      )}
      {naming && <Rename row={row} onClose={closeNaming} />}
      {filing && <IntoCase row={row} cases={cases} onClose={closeFiling} />}
    </li>
  );
}

function Rename({ row, onClose }: { row: ExportRow; onClose: () => void }) {
  const [name, setName] = useState(row.name);
  const save = async () => {
    await request(`api/export/${row.id}/rename`, { method: "PATCH", body: { name: name.trim() } });
    invalidate("exports");
    onClose();
  };
  return (
    <Dialog title={t("exports.rename")} onClose={onClose}>
      <Field label={t("common.name")} value={name} maxLength={256} onText={setName} autoFocus />
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" disabled={!name.trim()} onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </Dialog>
  );
}

function IntoCase({ row, cases, onClose }: { row: ExportRow; cases: Case[]; onClose: () => void }) {
  const [chosen, setChosen] = useState(row.export_case_id ?? "");
  const save = async () => {
    await request("api/exports/reassign", { method: "POST", body: { ids: [row.id], export_case_id: chosen || null } });
    invalidate("exports");
    onClose();
  };
  return (
    <Dialog title={t("exports.toCase")} onClose={onClose}>
      <Select
        label={t("exports.case")}
        value={chosen}
        options={[["", t("common.none")], ...cases.map(({ id, name }) => [id, name] as const)]}
        onChange={setChosen}
      />
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </Dialog>
  );
}
