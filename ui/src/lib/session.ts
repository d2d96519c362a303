/** Who uses the page. */
import { computed, signal } from "@preact/signals";
import { ApiError, json, request } from "./api";
import { sessionLost } from "./session-state";

export interface Profile {
  username: string;
  role: string;
  allowed_cameras: string[];
}

/** null until the server has told. */
export const profile = signal<Profile | null>(null);

export const isAdmin = computed(() => profile.value?.role === "admin");

/** Ask who uses the page; return whether somebody is logged in. */
export async function loadProfile(): Promise<boolean> {
  try {
    const found = await json<Profile>("api/profile");
    // Another user has come: nothing that the page knows is theirs.
    if (profile.peek() && profile.peek()?.username !== found.username) location.reload();
    profile.value = found;
    sessionLost.value = false;
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}

/** Log in.
 *
 * Raises ApiError: 401 name or password are wrong, 429 too many tries.
 */
export async function logIn(user: string, password: string): Promise<void> {
  await request("api/login", { method: "POST", body: { user, password } });
  await loadProfile();
}
