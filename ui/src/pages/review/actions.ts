/** What is done with review items. */
import { t } from "../../i18n/i18n";
import { request } from "../../lib/api";
import type { PagedList } from "../../lib/paged-list";
import { invalidate } from "../../lib/query";
import { toastError, undoable } from "../../lib/toasts";
import type { ReviewItem } from "./item";

/** Mark items as seen, or not; the page shows it at once. */
export async function markSeen(list: PagedList<ReviewItem>, ids: string[], seen = true): Promise<void> {
  const show = (value: boolean) => {
    for (const id of ids) list.change(id, { has_been_reviewed: value });
  };
  show(seen);
  try {
    await request("api/reviews/viewed", { method: "POST", body: { ids, reviewed: seen } });
    invalidate("review summary");
  } catch (error) {
    show(!seen);
    toastError(error);
  }
}

/** Mark items as seen unless the user takes it back. */
export function markSeenWithUndo(list: PagedList<ReviewItem>, ids: string[]): void {
  void markSeen(list, ids);
  undoable(
    t("review.markedSeen", { n: ids.length }),
    () => Promise.resolve(),
    () => void markSeen(list, ids, false),
  );
}

/** Delete items and their recordings. */
export async function removeItems(list: PagedList<ReviewItem>, ids: string[]): Promise<void> {
  await request("api/reviews/delete", { method: "POST", body: { ids } });
  for (const id of ids) list.remove(id);
  invalidate("review summary");
}
