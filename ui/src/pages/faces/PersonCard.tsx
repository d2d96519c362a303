import { ImagePlus, Pencil, Trash2 } from "lucide";
import { useRef } from "preact/hooks";
import { Confirm, useOpen } from "../../components/Dialog";
import { Menu } from "../../components/Menu";
import { t } from "../../i18n/i18n";
import { setQuery } from "../../lib/router";
import { toast, toastError } from "../../lib/toasts";
import { pictureOf, register, remove } from "./data";
import { NameForm } from "./NameForm";
import { over } from "./useDragFaces";

interface Props {
  name: string;
  files: string[];
  persons: string[];
  shown: boolean;
}

/** A person in the list; pictures can be dropped on it. */
export function PersonCard({ name, files, persons, shown }: Props) {
  const [naming, openNaming, closeNaming] = useOpen();
  const [deleting, openDeleting, closeDeleting] = useOpen();
  const input = useRef<HTMLInputElement>(null);
  const upload = async (pictures: FileList | null) => {
    try {
      for (const picture of pictures ?? []) await register(name, picture);
      if (pictures?.length) toast(t("faces.uploaded", { n: pictures.length, name }));
    } catch (error) {
      toastError(error);
    }
    if (input.current) input.current.value = "";
  };
  const gone = async () => {
    await remove(name, files);
    if (shown) setQuery({ person: null });
  };
  return (
    <li class={`faces-row${over.value === name ? " over" : ""}`} data-person={name}>
      <button
        type="button"
        class="card faces-person"
        aria-pressed={shown}
        onClick={() => setQuery({ person: name }, { push: true })}
      >
        <span class="faces-portrait">
          {files[0] ? <img src={pictureOf(name, files[0])} alt="" draggable={false} /> : name.slice(0, 1)}
        </span>
        <span class="faces-name">
          <strong class="ellipsis">{name}</strong>
          <span class="soft small">{t("faces.count", { n: files.length })}</span>
        </span>
      </button>
      <Menu
        label={t("faces.more", { name })}
        items={[
          { text: t("faces.upload"), icon: ImagePlus, onSelect: () => input.current?.click() },
          { text: t("faces.rename"), icon: Pencil, onSelect: openNaming },
          { text: t("common.delete"), icon: Trash2, onSelect: openDeleting },
        ]}
      />
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept="image/jpeg,image/png,image/webp"
        aria-label={t("faces.uploadFor", { name })}
        onChange={(event) => void upload(event.currentTarget.files)}
      />
      {naming && <NameForm name={name} persons={persons} onClose={closeNaming} />}
      {deleting && (
        <Confirm
          title={t("faces.deleteAsk", { name })}
          action={t("common.delete")}
          onConfirm={gone}
          onClose={closeDeleting}
        >
          <p>{t("faces.deleteMeans", { n: files.length })}</p>
        </Confirm>
      )}
    </li>
  );
}
