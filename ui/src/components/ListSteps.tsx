import { ChevronLeft, ChevronRight } from "lucide";
import { t } from "../i18n/i18n";
import type { PagedList, Row } from "../lib/paged-list";
import { Button } from "./Button";

const AHEAD = 5; // rows before the end, when more are asked for

/** Return what shows the row before (-1) or behind (1) the one with this id; more are loaded towards the end. */
export function stepIn<T extends Row>(list: PagedList<T>, id: string, onStep: (id: string) => void) {
  return (by: number) => {
    const rows = list.rows.peek();
    const at = rows.findIndex((row) => row.id === id);
    const other = at < 0 ? undefined : rows[at + by];
    if (other) onStep(other.id);
    if (at + by > rows.length - AHEAD) void list.more();
  };
}

interface Props<T extends Row> {
  list: PagedList<T>;
  id: string;
  step: (by: number) => void;
}

/** Buttons to the row before and the one behind. */
export function ListSteps<T extends Row>({ list, id, step }: Props<T>) {
  const rows = list.rows.value;
  const at = rows.findIndex((row) => row.id === id);
  const last = at < 0 || at >= rows.length - 1;
  return (
    <span class="row">
      <Button kind="quiet" icon={ChevronLeft} label={t("common.previous")} disabled={at < 1} onClick={() => step(-1)} />
      <Button kind="quiet" icon={ChevronRight} label={t("common.next")} disabled={last} onClick={() => step(1)} />
    </span>
  );
}
