import { RefreshCw, ScanFace, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Select } from "../../components/Field";
import { Empty } from "../../components/states";
import { t } from "../../i18n/i18n";
import { href } from "../../lib/router";
import { shortTime } from "../../lib/time";
import { toast } from "../../lib/toasts";
import { percent } from "../../lib/units";
import { move, pictureOf, removeWithUndo, reprocess } from "./data";
import { attemptOf, TRAIN } from "./names";
import { useDragFaces } from "./useDragFaces";

const PAGE = 120;

interface Props {
  /** The person, or `TRAIN`. */
  name: string;
  files: string[];
  persons: string[];
  onDrop: (files: string[], person: string) => void;
}

/** Pictures of a person, or attempts: chosen by a click, moved by dragging or by the list of persons. */
export function Pictures({ name, files, persons, onDrop }: Props) {
  const [marked, setMarked] = useState<string[]>([]);
  const [shown, setShown] = useState(PAGE);
  const chosen = marked.filter((file) => files.includes(file));
  const turn = (file: string) =>
    setMarked(chosen.includes(file) ? chosen.filter((one) => one !== file) : [...chosen, file]);
  const begin = useDragFaces(onDrop);
  const title = name === TRAIN ? t("faces.train") : name;
  return (
    <section class="faces-pictures" aria-labelledby="faces-shown">
      <div class="row apart">
        <h2 id="faces-shown">{title}</h2>
        {files.length > 0 && (
          <Button kind="quiet" onClick={() => setMarked(chosen.length === files.length ? [] : files)}>
            {t(chosen.length === files.length ? "faces.chooseNone" : "faces.chooseAll")}
          </Button>
        )}
      </div>
      {files.length > 0 && <p class="soft small">{t(name === TRAIN ? "faces.trainHow" : "faces.personHow")}</p>}
      {chosen.length > 0 && <Tools name={name} chosen={chosen} persons={persons} onDone={() => setMarked([])} />}
      {!files.length && (
        <Empty icon={ScanFace} title={t(name === TRAIN ? "faces.noAttempts" : "faces.noPictures")}>
          <p>{t(name === TRAIN ? "faces.noAttemptsHow" : "faces.noPicturesHow")}</p>
        </Empty>
      )}
      <ul class="faces-grid">
        {files.slice(0, shown).map((file) => (
          <Picture
            key={file}
            name={name}
            file={file}
            chosen={chosen.includes(file)}
            onTurn={() => turn(file)}
            onBegin={(event) => begin(event, chosen.includes(file) ? chosen : [file])}
          />
        ))}
      </ul>
      {files.length > shown && <Button onClick={() => setShown(shown + PAGE)}>{t("common.more")}</Button>}
    </section>
  );
}

interface PictureProps {
  name: string;
  file: string;
  chosen: boolean;
  onTurn: () => void;
  onBegin: (event: PointerEvent) => void;
}

function Picture({ name, file, chosen, onTurn, onBegin }: PictureProps) {
  const attempt = name === TRAIN ? attemptOf(file) : null;
  const said = attempt
    ? `${attempt.name ?? t("faces.unknown")}, ${percent(attempt.score)}, ${shortTime(attempt.time)}`
    : t("faces.pictureOf", { name });
  return (
    <li class="card">
      <button
        type="button"
        class="faces-picture"
        aria-pressed={chosen}
        aria-label={said}
        onClick={onTurn}
        onPointerDown={onBegin}
      >
        <img src={pictureOf(name, file)} alt="" loading="lazy" draggable={false} />
      </button>
      {attempt && (
        <div class="faces-said small">
          <span class={attempt.name ? "badge good" : "badge"}>
            {attempt.name ?? t("faces.unknown")} {percent(attempt.score)}
          </span>
          <a href={href("explore", { event: attempt.event })}>{shortTime(attempt.time)}</a>
        </div>
      )}
    </li>
  );
}

interface ToolsProps {
  name: string;
  chosen: string[];
  persons: string[];
  onDone: () => void;
}

/** What can be done with the chosen pictures, with keys and fingers too. */
function Tools({ name, chosen, persons, onDone }: ToolsProps) {
  const others = persons.filter((one) => one !== name);
  const [to, setTo] = useState(others[0] ?? "");
  const moveAll = async () => {
    await move(name, chosen, to);
    toast(t("faces.moved", { n: chosen.length, name: to }));
    onDone();
  };
  const deleteAll = () => {
    removeWithUndo(name, chosen);
    onDone();
  };
  return (
    <div class="card faces-tools" role="toolbar" aria-label={t("faces.chosen", { n: chosen.length })}>
      <strong>{t("faces.chosen", { n: chosen.length })}</strong>
      {others.length > 0 && (
        <>
          <Select
            bare
            label={t("faces.moveTo")}
            value={to}
            options={others.map((one) => [one, one] as const)}
            onChange={setTo}
          />
          <Button kind="main" onClick={moveAll}>
            {t("faces.move")}
          </Button>
        </>
      )}
      {name === TRAIN && (
        <Button
          icon={RefreshCw}
          onClick={async () => {
            await reprocess(chosen);
            onDone();
          }}
        >
          {t("faces.again")}
        </Button>
      )}
      <Button kind="danger" icon={Trash2} onClick={deleteAll}>
        {t("common.delete")}
      </Button>
    </div>
  );
}
