/** Starts a trial of settings on footage, and shows it. */
import { json } from "../../../lib/api";
import { href, navigate } from "../../../lib/router";
import type { Nested } from "../keys";
import { lastNight } from "./night";

/** Run `config`, keys of one camera, over the footage from `from` to `to` (epoch seconds; last night if absent).
 *
 * Raises ApiError if the server refuses: mistakes in the settings, nothing recorded, another trial going on.
 */
export async function startTrial(camera: string, config: Nested, range = lastNight(Date.now() / 1000)): Promise<void> {
  const answer = await json<{ job_id: string }>(`api/${encodeURIComponent(camera)}/try`, {
    method: "POST",
    body: { ...range, config },
  });
  navigate(href("settings", { part: "try", camera, try: answer.job_id }));
}
