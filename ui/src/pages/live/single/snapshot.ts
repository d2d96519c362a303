/** The picture that is seen, as a file. */
import { request } from "../../../lib/api";
import { wall } from "../../../lib/time";
import type { LiveSession } from "../../../player/session";

/** Download what a player shows, in the size of the stream. */
export async function download(camera: string, session: LiveSession | null): Promise<void> {
  const blob = (await session?.snapshot()) ?? (await newest(camera));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${camera}-${stamp(Date.now() / 1000)}.jpg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function newest(camera: string): Promise<Blob> {
  return (await request(`api/${encodeURIComponent(camera)}/latest.jpg?quality=95`)).blob();
}

function stamp(at: number): string {
  const { year, month, day, hour, minute, second } = wall(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}-${two(hour)}${two(minute)}${two(second)}`;
}
