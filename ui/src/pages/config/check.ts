/** Asks the server what is wrong with a text, one text at a time. */
import { ApiError, json } from "../../lib/api";
import { type Checked, checked } from "./state";

let running: AbortController | null = null;

/** Return what the server says of `text`; null if another text has come meanwhile or the server is busy. */
export async function check(text: string): Promise<Checked | null> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  try {
    const answer = await json<Checked>("api/config/check", {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body: text,
      signal: mine.signal,
    });
    checked.value = answer;
    return answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 503 && running === mine) {
      await new Promise((done) => setTimeout(done, 500));
      return running === mine ? check(text) : null;
    }
    return null;
  }
}
