import { Check, Clapperboard, Trash2, X } from "lucide";
import { Button } from "../../components/Button";
import { Confirm, useOpen } from "../../components/Dialog";
import { t } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { useKeys } from "../../lib/keys";
import type { PagedList } from "../../lib/paged-list";
import { invalidate } from "../../lib/query";
import { href, navigate } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { toast } from "../../lib/toasts";
import { markSeenWithUndo, removeItems } from "./actions";
import { placeOf, type ReviewItem, titleOf } from "./item";

const MOST_EXPORTS = 50;

interface Props {
  list: PagedList<ReviewItem>;
  items: ReviewItem[];
  onEnd: () => void;
}

/** What can be done with several items. */
export function SelectionBar({ list, items, onEnd }: Props) {
  const [asks, ask, hide] = useOpen();
  const ids = items.map(({ id }) => id);
  useKeys([{ key: "Escape", does: t("common.clear"), run: onEnd }]);
  const seen = () => {
    // Those that were seen before are no part of it: "Undo" must not take that away.
    const fresh = items.filter((item) => !item.has_been_reviewed && item.end_time).map(({ id }) => id);
    if (fresh.length) markSeenWithUndo(list, fresh);
    onEnd();
  };
  const exported = async () => {
    const wanted = items.slice(0, MOST_EXPORTS).map((item) => ({
      camera: item.camera,
      start_time: item.start_time,
      end_time: item.end_time ?? Date.now() / 1000,
      friendly_name: `${titleOf(item)} · ${placeOf(item)}`.slice(0, 256),
    }));
    const { export_ids } = await json<{ export_ids: string[] }>("api/exports/batch", {
      method: "POST",
      body: { items: wanted },
    });
    invalidate("export");
    toast(t("review.exporting", { n: export_ids.length }), {
      action: { label: t("nav.export"), run: () => navigate(href("export")) },
    });
    onEnd();
  };
  return (
    <div class="card review-selection" role="toolbar" aria-label={t("review.chosen", { n: ids.length })}>
      <strong>{t("review.chosen", { n: ids.length })}</strong>
      <Button icon={Check} onClick={seen}>
        {t("review.markSeen")}
      </Button>
      <Button icon={Clapperboard} onClick={exported}>
        {t("review.export")}
      </Button>
      {isAdmin.value && (
        <Button kind="danger" icon={Trash2} onClick={ask}>
          {t("common.delete")}
        </Button>
      )}
      <Button kind="quiet" icon={X} label={t("common.clear")} onClick={onEnd} />
      {asks && (
        <Confirm
          title={t("review.deleteAsk", { n: ids.length })}
          action={t("common.delete")}
          onConfirm={() => removeItems(list, ids).then(onEnd)}
          onClose={hide}
        >
          <p>{t("review.deleteMeans")}</p>
        </Confirm>
      )}
    </div>
  );
}
