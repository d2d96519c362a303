/** Looks at streams one after the other, as a server looks at few at a time. */
import { ApiError, json } from "../../lib/api";
import { draft, set } from "./state";
import { type Probed, proposed, type Stream, seenOf } from "./streams";

const TRIES = 8;
const WAIT_MS = 2000;

/** Look at all streams of the draft that were not seen, and propose what each is for. */
export async function lookAtAll(signal: AbortSignal): Promise<void> {
  for (const stream of draft.peek().streams) {
    if (stream.seen || signal.aborted) continue;
    const found = await look(stream, signal);
    if (signal.aborted) return;
    const now = draft.peek();
    const before = proposed(now.streams);
    const streams = now.streams.map((one) => (one.url === stream.url ? found : one));
    const { record, detect } = proposed(streams);
    // What somebody has chosen meanwhile stays.
    set({
      streams,
      record: now.record === before.record ? record : now.record,
      detect: now.detect === before.detect ? detect : now.detect,
    });
  }
}

async function look({ url, name }: Stream, signal: AbortSignal): Promise<Stream> {
  const { user, password } = draft.peek();
  const body = { url, username: user, password, seconds: 4, picture: true };
  for (let turn = 1; ; turn += 1) {
    try {
      return { url, name, seen: seenOf(await json<Probed>("api/ffprobe", { method: "POST", body, signal })) };
    } catch (error) {
      const busy = error instanceof ApiError && error.status === 503 && turn < TRIES;
      if (!busy) return { url, name, problem: error instanceof Error ? error.message : String(error) };
      await new Promise((done) => setTimeout(done, WAIT_MS));
    }
  }
}
