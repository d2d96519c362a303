/** Uploads of the page. They go on while other pages are shown, and after a lost connection. */
import { signal } from "@preact/signals";
import { address } from "../../lib/api";
import { invalidate } from "../../lib/query";
import { FILES } from "./data";

export interface Uploading {
  id: number;
  name: string;
  sent: number;
  total: number;
  failure: string;
  cancel: () => void;
}

const CHUNK = 16 << 20; // bytes of a request: what of it has arrived is kept when it is cut off
const AT_ONCE = 2;
const RETRIES_MS = [0, 1000, 3000, 5000, 10_000, 20_000];

export const uploads = signal<Uploading[]>([]);
const waiting: { id: number; file: File }[] = [];
let running = 0;
let next = 1;

// Closing the window would cut them off.
addEventListener("beforeunload", (event) => {
  if (uploads.peek().some(({ failure }) => !failure)) event.preventDefault();
});

/** Send files, two at once. */
export function upload(files: Iterable<File>): void {
  for (const file of files) {
    const id = next++;
    const shown = { id, name: file.name, sent: 0, total: file.size, failure: "", cancel: () => drop(id) };
    uploads.value = [...uploads.value, shown];
    waiting.push({ id, file });
  }
  void begin();
}

/** Take an upload that has failed out of the list. */
export function drop(id: number): void {
  const at = waiting.findIndex((one) => one.id === id);
  if (at >= 0) waiting.splice(at, 1);
  uploads.value = uploads.value.filter((one) => one.id !== id);
}

function change(id: number, changes: Partial<Uploading>): void {
  uploads.value = uploads.value.map((one) => (one.id === id ? { ...one, ...changes } : one));
}

async function begin(): Promise<void> {
  while (running < AT_ONCE && waiting.length) {
    const { id, file } = waiting.shift() as { id: number; file: File };
    running += 1;
    void send(id, file).finally(() => {
      running -= 1;
      void begin();
    });
  }
}

async function send(id: number, file: File): Promise<void> {
  const { Upload } = await import("tus-js-client");
  if (!uploads.peek().some((one) => one.id === id)) return; // cancelled meanwhile
  await new Promise<void>((done) => {
    const sending = new Upload(file, {
      endpoint: address(`${FILES}/uploads`),
      chunkSize: CHUNK,
      retryDelays: RETRIES_MS,
      metadata: { filename: file.name },
      headers: { "X-CSRF-TOKEN": "1" },
      removeFingerprintOnSuccess: true,
      onProgress: (sent) => change(id, { sent }),
      onSuccess: () => {
        drop(id);
        invalidate("files");
        done();
      },
      onError: (error) => {
        change(id, { failure: said(error) });
        done();
      },
    });
    change(id, {
      cancel: () => {
        void sending.abort(true).catch(() => {});
        drop(id);
        done();
      },
    });
    void sending
      .findPreviousUploads()
      .catch(() => []) // private windows may refuse
      .then(([before]) => {
        if (before) sending.resumeFromPreviousUpload(before);
        sending.start();
      });
  });
}

/** What the server has said, if it is in the error. */
function said(error: Error): string {
  const body = (error as { originalResponse?: { getBody(): string } | null }).originalResponse?.getBody();
  try {
    return (JSON.parse(body ?? "") as { error: { message: string } }).error.message;
  } catch {
    return error.message;
  }
}
